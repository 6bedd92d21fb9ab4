import { equal, match, notEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeUserCode, readUserCode } from '../../lib/accounts/devices/user-codes.ts';

describe('a user code', () => {
  it('is eight consonants in two groups, another each time', () => {
    const codes = Array.from({ length: 200 }, makeUserCode);
    for (const code of codes) match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    equal(new Set(codes).size, 200);
    equal(new Set(codes.join('')).size, 21, 'every letter occurs');
  });

  const spellings = [
    'WDJB-MJHT',
    'wdjbmjht',
    ' WdJb mJhT ',
    'w-d-j-b-m-j-h-t',
    'WDJB–MJHT',
    'WDJB\u2011MJHT\n',
    'wdjb\u3000mjht',
  ];
  for (const typed of spellings) {
    it(`is read from ${JSON.stringify(typed)}`, () => equal(readUserCode(typed), 'WDJB-MJHT'));
  }

  const others: readonly unknown[] = [
    ...['', 'WDJB-MJH', 'WDJB-MJHTT', 'WDJB-MJHA', 'WDJB-MJH1', 'WDJB_MJHT', 'WDJB\u0000MJHT'],
    // LATIN SMALL LETTER LONG S and KELVIN SIGN become S and K in another case.
    ...['WDJB-MJH\u017f', 'WDJB-MJH\u212a', 'ＷＤＪＢＭＪＨＴ'],
    ...[undefined, null, 12345678, ['WDJB-MJHT'], { toString: () => 'WDJB-MJHT' }, `WDJB${' '.repeat(100)}MJHT`],
  ];
  for (const typed of others) {
    it(`is not ${JSON.stringify(typed)?.slice(0, 40)}`, () => equal(readUserCode(typed), undefined));
  }

  it('is read from what is made', () => {
    const code = makeUserCode();
    equal(readUserCode(code.toLowerCase()), code);
    notEqual(code, makeUserCode());
  });
});
