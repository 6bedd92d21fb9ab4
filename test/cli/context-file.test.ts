import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type ContextRecord, recordIn, recordText } from '../../cli/contexts/record.ts';

const text = fc.string({ minLength: 1 });
const moment = fc.integer();
const session = fc.record({
  kind: fc.constant('session' as const),
  ...{ server: text, user: fc.string(), accessToken: text, refreshToken: text, expiresAt: moment },
});
const token = fc.record({
  kind: fc.constant('token' as const),
  server: text,
  user: fc.string(),
  token: text,
  name: text,
});
const record = fc.record(
  {
    ...{ server: text, clientId: text, clientSecret: text, signIn: fc.oneof(session, token) },
    clientToken: fc.record({ server: text, token: text, expiresAt: moment }),
  },
  { requiredKeys: [] },
);

/** Without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what is written of a context is what is read', () => {
  fc.assert(fc.property(record, (one: ContextRecord) => deepEqual(plain(recordIn(recordText(one))), plain(one))));
});

test('any text is a context, a damaged one or a newer one, and never an exception', () => {
  const isOne = (given: string) => {
    const read = recordIn(given);
    return read === 'damaged' || read === 'newer' || typeof read === 'object';
  };
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), isOne));
});

test('a file that was cut off anywhere is damaged', () => {
  const whole = recordText({
    server: 'https://a',
    signIn: { kind: 'token', server: 'https://a', user: 'ada', token: 'x' },
  });
  for (let length = 0; length < whole.length - 2; length += 1) equal(recordIn(whole.slice(0, length)), 'damaged');
});
