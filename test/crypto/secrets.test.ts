import { deepEqual, doesNotMatch, equal, notDeepEqual, notEqual, strictEqual, throws } from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { equalSecrets } from '../../lib/crypto/constant-time.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { keyring } from '../../lib/crypto/keyring.ts';
import { secretBox } from '../../lib/crypto/secret-box.ts';
import { makeSecretKey, problemOfSecretKey } from '../../lib/crypto/secret-key.ts';

const [older, newer] = [makeSecretKey(), makeSecretKey()];
const boxOf = (...secrets: string[]) => secretBox(keyring(secrets).derive('test'));

test('a digest is SHA-256 as base64url (FIPS 180-2, "abc")', () => {
  equal(
    sha256('abc'),
    Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'),
  );
});

test('secrets are equal when they are the same text, and only then', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => equalSecrets(a, b) === (a === b) && equalSecrets(a, a)));
});

test('a key is derived with HKDF-SHA-256, its use as the label', () => {
  const expected = Buffer.from(hkdfSync('sha256', Buffer.from(newer, 'base64url'), '', 'gatewarden/csrf', 32));
  deepEqual(keyring([newer]).derive('csrf'), [expected]);
});

test('every use has keys of its own, and one use the same array every time', () => {
  const ring = keyring([newer, older]);
  notDeepEqual(ring.derive('csrf'), ring.derive('setup'));
  strictEqual(ring.derive('csrf'), ring.derive('csrf'));
});

test('the order of the secrets is the order of the keys', () => {
  const ring = keyring([newer, older]);
  deepEqual(ring.derive('csrf'), [...keyring([newer]).derive('csrf'), ...keyring([older]).derive('csrf')]);
});

const unusable: [title: string, secrets: string[]][] = [
  ['no secret', []],
  ['31 bytes', [Buffer.alloc(31, 7).toString('base64url')]],
  ['one good and one short', [newer, 'c2hvcnQtc2VjcmV0']],
  ['ordinary base64', [`${newer.slice(0, 40)}+/`]],
  ['a passphrase', ['correct horse battery staple correct horse']],
];
for (const [title, secrets] of unusable) {
  test(`a keyring is not made of ${title}, and the error does not repeat it`, () => {
    throws(
      () => keyring(secrets),
      (error: Error) => {
        for (const secret of secrets) doesNotMatch(error.message, new RegExp(secret.replaceAll('+', '\\+')));
        return error instanceof TypeError;
      },
    );
  });
}

test('a made secret key is a good one', () => equal(problemOfSecretKey(makeSecretKey()), undefined));

test('what was sealed is opened again, whatever the text', () => {
  const box = boxOf(newer);
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => box.open(box.seal(text)) === text));
});

test('the same text is sealed differently every time', () => {
  const box = boxOf(newer);
  notEqual(box.seal('again'), box.seal('again'));
});

test('after a rotation the older key still opens, and the newer one seals', () => {
  const rotated = boxOf(newer, older);
  equal(rotated.open(boxOf(older).seal('kept')), 'kept');
  equal(boxOf(newer).open(rotated.seal('fresh')), 'fresh');
  equal(boxOf(older).open(rotated.seal('fresh')), undefined);
});

test('one changed character opens nothing', () => {
  const box = boxOf(newer);
  const sealed = box.seal('a signing key');
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'ABab01-_.'), (at, other) => {
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      return box.open(changed) === (changed === sealed ? 'a signing key' : undefined);
    }),
  );
});

for (const text of [
  '',
  'v1.',
  'v1.AAAA',
  'v2.AAAA',
  'not sealed',
  `${boxOf(newer).seal('x')}=`,
  `${boxOf(newer).seal('x')}\n`,
]) {
  test(`what no box sealed is not opened: ${JSON.stringify(text.slice(0, 12))} of ${text.length}`, () => {
    equal(boxOf(newer).open(text), undefined);
  });
}

test('a box is not made without a key, nor of a short one', () => {
  throws(() => secretBox([]), TypeError);
  throws(() => secretBox([Buffer.alloc(16)]), TypeError);
});
