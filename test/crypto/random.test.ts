import { equal, match, notEqual } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { makeToken, randomBase62, tokenIsWellFormed } from '../../lib/crypto/random.ts';

const token = makeToken('gwt_');

test('random text has the length asked for and only letters and digits', () => {
  for (const length of [0, 1, 22, 200]) match(randomBase62(length), new RegExp(`^[0-9A-Za-z]{${length}}$`));
});

test('every letter and digit is drawn about as often as the next', () => {
  const seen = new Map<string, number>();
  for (const one of randomBase62(62_000)) seen.set(one, (seen.get(one) ?? 0) + 1);
  equal(seen.size, 62);
  // 1,000 expected of each; 7 standard deviations either way.
  equal([...seen.values()].filter((count) => count < 780 || count > 1220).length, 0);
});

test('a token is its prefix, 30 random characters and 6 of checksum', () => {
  match(token, /^gwt_[0-9A-Za-z]{36}$/);
  notEqual(makeToken('gwt_'), token);
});

test('the checksum is the CRC-32 of the random part in base62, zero-padded', () => {
  // CRC-32 of thirty zeros is 2011552642.
  equal(tokenIsWellFormed(`gwt_${'0'.repeat(30)}2C8GjS`, 'gwt_'), true);
});

for (const prefix of ['gwt_', 'gwr_', 'gws_'] as const) {
  test(`what was made as ${prefix} is well formed as that and nothing else`, () => {
    const made = makeToken(prefix);
    const as = (['gwt_', 'gwr_', 'gws_'] as const).filter((one) => tokenIsWellFormed(made, one));
    equal(as.join(), prefix);
  });
}

const malformed: [title: string, token: string][] = [
  ['nothing', ''],
  ['the prefix alone', 'gwt_'],
  ['one character less', token.slice(0, -1)],
  ['one character more', `${token}0`],
  ['a space at the end', `${token.slice(0, -1)} `],
  ['a character outside of base62', `${token.slice(0, 10)}-${token.slice(11)}`],
  ['another case of the prefix', `GWT_${token.slice(4)}`],
];
for (const [title, text] of malformed) {
  test(`a token is refused without a look-up: ${title}`, () => equal(tokenIsWellFormed(text, 'gwt_'), false));
}

test('every single mistyped character is noticed', () => {
  const alphabet = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 39 }), fc.constantFrom(...alphabet), (at, typed) => {
      const mistyped = token.slice(0, at) + typed + token.slice(at + 1);
      return tokenIsWellFormed(mistyped, 'gwt_') === (mistyped === token);
    }),
  );
});
