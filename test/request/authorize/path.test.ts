import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { readPath } from '../../../lib/request/authorize/path.ts';

const sensitive = (target: string, encodedSlashes: 'judge' | 'refuse' = 'refuse') => {
  const read = readPath(target, { caseSensitive: true, encodedSlashes });
  return read.ok ? read.readings.map((reading) => reading.path).sort() : read.detail;
};

const readings: readonly (readonly [string, readonly string[]])[] = [
  ['/', ['/']],
  ['/a/b', ['/a/b']],
  ['/a?b=/../%00;x', ['/a']],
  ['/A', ['/A']],
  ['http://host/a?b', ['/a']],
  ['http://host', ['/']],
  ['HTTPS://host?b', ['/']],
  ['*', ['*']],
  ['/%61%2D', ['/a-']],
  ['/caf%C3%a9', ['/caf\u00e9']],
  ['/100%25', ['/100%']],
  ['/a%2520b', ['/a%20b', '/a b']],
  ['/%2561', ['/%61', '/a']],
  ['/100%2525', ['/100%25', '/100%']],
  ['/%252561', ['/%2561', '/%61', '/a']],
  ['/100%25%2541', ['/100%%41', '/100%A']],
  ['/a/', ['/a', '/a/']],
  ['/a//b', ['/a/b', '/a//b']],
  ['/a//b/', ['/a/b', '/a/b/', '/a//b', '/a//b/']],
  ['//a/b', ['/a/b', '//a/b', '/b']],
  ['/a;x=1/b', ['/a', '/a/b', '/a;x=1/b']],
  ['/a%3bx/b', ['/a', '/a/b', '/a;x/b']],
  ['/a%3fb/c', ['/a', '/a?b/c']],
  ['/a%23b/c', ['/a', '/a#b/c']],
  ['/a./b', ['/a./b', '/a/b']],
  ['/a%20/b', ['/a /b', '/a/b']],
  ['/.well-known/x', ['/.well-known/x']],
  ['/a/.../b'.replace('...', '..b'), ['/a/..b/b']],
];

for (const [target, expected] of readings) {
  test(`${target} reads as ${expected.join(' and ')}`, () => deepEqual(sensitive(target), [...expected].sort()));
}

const slashes: readonly (readonly [string, readonly string[]])[] = [
  ['/a%2fb', ['/a\u0000b', '/a/b']],
  ['/@scope%2Fname', ['/@scope\u0000name', '/@scope/name']],
  ['/a%5cb', ['/a\\b', '/a/b']],
  ['/a%2fb%5cc', ['/a\u0000b\\c', '/a/b/c']],
  ['/a%252fb', ['/a%2fb', '/a\u0000b', '/a/b']],
];
for (const [target, expected] of slashes) {
  test(`${target} reads as data and as a separator`, () => deepEqual(sensitive(target, 'judge'), [...expected].sort()));
}

test('the case is kept and folded, unless all behind tell them apart', () => {
  const read = readPath('/Admin');
  deepEqual(read.ok && read.readings, [
    { path: '/Admin', folded: false },
    { path: '/admin', folded: true },
  ]);
});

const folds: readonly (readonly [string, string])[] = [
  ['/%E2%84%AAeys', '/keys'],
  ['/a%C5%BFsets', '/assets'],
];
for (const [target, expected] of folds) {
  test(`${target} folds to ${expected}`, () => {
    const read = readPath(target);
    equal(read.ok && read.readings.some((reading) => reading.folded && reading.path === expected), true);
  });
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['', /no path/],
  ['a', /no path/],
  ['ftp://a/b', /no path/],
  ['?a', /no path/],
  ['/.', /dot segment/],
  ['/..', /dot segment/],
  ['/./admin', /dot segment/],
  ['/a/../admin', /dot segment/],
  ['/a/..', /dot segment/],
  ['/a/...', /dot segment/],
  ['/%2e%2e/', /dot segment/],
  ['/%2E/', /dot segment/],
  ['/a/.%2e/b', /dot segment/],
  ['/..;/admin', /dot segment/],
  ['/..;x=1/admin', /dot segment/],
  ['/..%3bx/admin', /dot segment/],
  ['/..%20/admin', /dot segment/],
  ['/..%20.;x/admin', /dot segment/],
  ['/%20./admin', /dot segment/],
  ['/..%23/admin', /dot segment/],
  ['/..%3f/admin', /dot segment/],
  ['/a#b', /number sign/],
  ['/a\\b', /backslash/],
  ['/a%5cb', /backslash/],
  ['/a%5Cb', /backslash/],
  ['/a%2fb', /encoded slash/],
  ['/a%2Fb', /encoded slash/],
  ['/a%00', /control/],
  ['/a%0d%0ab', /control/],
  ['/a%7f', /control/],
  ['/a%c2%85', /control/],
  ['/%252e%252e/', /dot segment/],
  ['/%25%32%65', /dot segment/],
  ['/%25252e/x', /dot segment/],
  ['/%25252525', /too often/],
  ['/%2525252561', /too often/],
  ['/%25u002e', /%uXXXX/],
  ['/a%2500', /control/],
  ['/a%250d', /control/],
  ['/%25ff', /not UTF-8/],
  ['/a%252fb', /encoded slash/],
  ['/a%255cb', /encoded backslash/],
  ['/%', /begins no escape/],
  ['/%2', /begins no escape/],
  ['/%zz', /begins no escape/],
  ['/%u002e', /begins no escape/],
  ['/%c0%ae', /not UTF-8/],
  ['/%e0%80%ae', /not UTF-8/],
  ['/%ff', /not UTF-8/],
  ['/%ed%a0%80', /not UTF-8/],
  ['/caf\u00e9', /must be encoded/],
  ['/a b', /must be encoded/],
  ['/a\tb', /must be encoded/],
  ['/a\u0000b', /must be encoded/],
  ['/a\u007f', /must be encoded/],
];

for (const [target, detail] of refused) {
  test(`${JSON.stringify(target)} is refused: ${detail.source}`, () => {
    const read = readPath(target);
    equal(read.ok, false);
    equal(!read.ok && detail.test(read.detail), true, read.ok ? '' : read.detail);
  });
}

test('an encoded slash that is judged hides no dot segment', () => {
  for (const target of [
    '/a%2f..%2fadmin',
    '/..%2fadmin',
    '/a%2f..',
    '/a%5c..%5cadmin',
    '/..%5cadmin',
    '/a%252f..%252fb',
  ])
    equal(readPath(target, { encodedSlashes: 'judge' }).ok, false, target);
});

test('where a mounted guard decides, a path that can be decoded twice is refused', () => {
  for (const target of ['/%2561dmin', '/a%2520b']) equal(readPath(target, { decodings: 1 }).ok, false, target);
  equal(readPath('/100%25', { decodings: 1 }).ok, true);
});

test('a path that can be read in very many ways is refused', () => {
  equal(sensitive('//a%23b%3fc;d./e//f%20/'), 'The path can be read in too many ways.');
});

/** A step too many per character, and these would take hours. */
const long: readonly (readonly [string, string])[] = [
  ['dots', '.'],
  ['dots and spaces before a letter', '.%20'],
  ['slashes', '/'],
  ['slashes and dots', '/.'],
  ['params', ';'],
  ['params and slashes', ';/'],
  ['escapes', '%61'],
  ['upper case', 'A/'],
  ['percent signs', '%25'],
  ['letters', 'a'],
];

for (const [name, unit] of long) {
  test(`a megabyte of ${name} costs a bounded number of steps for each character`, () => {
    const read = readPath(`/a${unit.repeat(1_000_000 / unit.length)}x`);
    equal(typeof read.ok, 'boolean');
  });
}
