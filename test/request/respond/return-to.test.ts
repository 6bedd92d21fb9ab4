import { equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { returnTo } from '../../../lib/request/respond/return-to.ts';

const kept = [
  '/',
  '/a',
  '/a/',
  '/a/b?c=d&e=//f#g',
  '/a?next=https://b/../c',
  '/a;b=1',
  '/caf%C3%A9',
  '/@a',
  '/.well-known/x',
  '/a..b',
  '/a#/b',
  '/100%25',
];
for (const next of kept) test(`${next} is kept`, () => equal(returnTo(next), next));

const dropped: readonly unknown[] = [
  '',
  'a',
  '//e',
  '///e',
  '/\\e',
  '\\\\e',
  '/a\\b',
  '/%5ce',
  '/%5Ce',
  '/%2fe',
  '/%2F/e',
  '/%09/e',
  '/\t/e',
  '/a\r\nX: y',
  '/%0d%0a',
  'https:e',
  'https://e',
  'http:/e',
  'javascript:alert(1)',
  'data:x',
  '@e',
  'user@e',
  '?//e',
  '#a',
  ' /a',
  '/ a',
  '/a ',
  '/ok/../..//e',
  '/a/../b',
  '/./e',
  '/..',
  '/.%2e/e',
  '/%2e%2e/',
  '/..;/e',
  '/%252fe',
  '/%25%35%63e',
  '/%',
  '/%zz',
  '/%ff',
  '/\u2215e',
  '/\uff0fe',
  '/\u3002e',
  '/\u0000',
  '/caf\u00e9',
  '/a//b',
  `/${'a'.repeat(2048)}`,
  undefined,
  null,
  1,
  {},
  ['/a'],
  { toString: () => '/a' },
];
for (const next of dropped)
  test(`${String(JSON.stringify(next)).slice(0, 40)} is dropped`, () => equal(returnTo(next, '/home'), '/home'));

const pieces = [
  '/',
  '//',
  '\\',
  '.',
  '..',
  '%2f',
  '%5c',
  '%2e',
  '%09',
  '\t',
  '\n',
  '@',
  ':',
  ';',
  '?',
  '#',
  'e.example',
  'https:',
  'a',
  ' ',
  '%',
  '25',
  '\u2215',
  '\uff0f',
  '\ufeff',
];
const hostile = fc.oneof(
  fc.string(),
  fc.webUrl(),
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => `/${parts.join('')}`),
);

test('whatever is asked for, a browser stays on this site, once decoded and resolved too', () => {
  fc.assert(
    fc.property(hostile, (next) => {
      const path = returnTo(next);
      const base = 'https://own.example/x/y';
      const there = new URL(path, base);
      const again = new URL(there.pathname + there.search, base);
      const decoded = new URL(decodeURIComponent(there.pathname), base);
      return [there, again, decoded].every((url) => url.origin === 'https://own.example') && path.startsWith('/');
    }),
    { numRuns: 20_000 },
  );
});

test('what is kept is kept to the letter, and safe in a header', () => {
  fc.assert(
    fc.property(hostile, (next) => {
      const path = returnTo(next, '/fallback');
      return (path === next || path === '/fallback') && /^[\x21-\x7e]+$/.test(path);
    }),
    { numRuns: 5_000 },
  );
});
