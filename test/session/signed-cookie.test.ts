import { equal } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { signedSessionId } from '../../lib/session/signed-cookie.ts';

const id = 'a1B2'.repeat(10);
const sign = (value: string, secret: string) =>
  createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '');
const signed = (value = id, secret = 'new') => `s:${value}.${sign(value, secret)}`;
const signature = sign(id, 'new');

describe('a signed session cookie', () => {
  const cases: [title: string, value: string, id: string | undefined][] = [
    ['of the newest secret', signed(), id],
    ['of an older secret', signed(id, 'old'), id],
    ['of another secret', signed(id, 'foreign'), undefined],
    ['without its mark', signed().slice(2), undefined],
    ['with another id', signed().replace('a1', 'a2'), undefined],
    ['cut short', signed().slice(0, -1), undefined],
    ['with something behind', `${signed()}A`, undefined],
    ['with padding behind', `${signed()}=`, undefined],
    ['without a signature', `s:${id}.`, undefined],
    ['without a dot', `s:${id}`, undefined],
    ['with another last character', signed().slice(0, -1) + (signature.endsWith('A') ? 'B' : 'A'), undefined],
    ['of a short id', signed('abc'), undefined],
    ['of an empty id', signed(''), undefined],
    ['of an id with a dot', signed(`${id}.${id}`), undefined],
    ['of an id with NUL', signed(`${id}\0`), undefined],
    ['of a very long id', signed('a'.repeat(5000)), undefined],
    ['with a signature of 43 characters in more bytes', `s:${id}.${'é'.repeat(43)}`, undefined],
    ['that is empty', '', undefined],
  ];
  for (const [title, value, expected] of cases) {
    it(`${title} ${expected ? 'names its session' : 'names nothing'}`, () => {
      equal(signedSessionId(value, ['new', 'old']), expected);
    });
  }
});
