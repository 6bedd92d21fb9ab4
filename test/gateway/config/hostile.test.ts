import { deepEqual, match, ok } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import test, { after } from 'node:test';
import { folder, problemsOf, routeWith } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

/** Texts of about a length that cost a parser or a check more than others. */
const shapes: Readonly<Record<string, (length: number) => string>> = {
  'lists in lists': (length) => '['.repeat(length),
  'maps in maps': (length) => '{ a: '.repeat(length / 5),
  'items of items': (length) => '- '.repeat(length / 2),
  anchors: (length) => '&a '.repeat(length / 3),
  'distinct keys': (length) => Array.from({ length: length / 8 }, (_, at) => `k${at}: 1`).join('\n'),
  'aliases of a list': (length) => `a: &a [${'1,'.repeat(length / 4)}]\nroutes: [${'*a,'.repeat(length / 6)}]`,
  'routes that are no maps': (length) => `routes: [${'a,'.repeat(length / 2)}]`,
  'hosts that are none': (length) => `routes: [{ host: [${'/,'.repeat(length / 2)}], upstream: "http://a" }]`,
  'hosts of one name': (length) => `routes: [{ host: [${'a,'.repeat(length / 2)}], upstream: "http://a" }]`,
  'targets of one address': (length) => `routes: [{ host: a, upstream: [${'http://a,'.repeat(length / 9)}] }]`,
  'unknown keys of a route': (length) => routeWith(...Array.from({ length: length / 14 }, (_, at) => `timout${at}: 1`)),
  'rules without sense': (length) => routeWith('rules: |', ...Array.from({ length: length / 9 }, () => '  a b')),
  'rules that cover each other': (length) =>
    routeWith('rules: |', ...Array.from({ length: length / 22 }, (_, at) => `  user GET /a/${at}`)),
  'tests without sense': (length) => routeWith('tests:', ...Array.from({ length: length / 10 }, () => '  - a b')),
  'headers without sense': (length) => routeWith(`strip: [${'"a b",'.repeat(length / 6)}]`),
  'a long word': (length) => routeWith(`rules: ${'a'.repeat(length)}`),
};

const [short, long] = [8_000, 64_000];
/** Eight times the length is eight times the work, or 64 times where it is quadratic. */
const bound = 24;

function leastTime(text: string): number {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    problemsOf(text);
    return performance.now() - started;
  });
  return Math.min(...times);
}

for (const [name, shape] of Object.entries(shapes))
  test(`the work for ${name} grows with the length of the file, not faster`, () => {
    problemsOf(shape(short));
    const ratio = leastTime(shape(long)) / Math.max(leastTime(shape(short)), 2);
    ok(ratio < bound, `${ratio.toFixed(1)} times the work for 8 times the length`);
  });

test('values nested deeply are refused before a parser takes a stack frame for each level', () => {
  for (const text of ['['.repeat(200_000), '{ a: '.repeat(40_000), '? '.repeat(100_000), '- '.repeat(100_000)])
    match(problemsOf(text).join('\n'), /^1:\d+: values are nested more than 32 levels deep$/);
});

test('aliases cannot make a small file a large one', () => {
  const levels = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]`);
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n${routeWith()}`;
  deepEqual(
    problemsOf(bomb)
      .at(-1)
      ?.replace(/^\d+:\d+: /, ''),
    'aliases repeat more than 10000 values',
  );
});

test('hundreds of thousands of problems of one value are counted, and no stack overflows', () => {
  const texts = [
    `routes: [{ host: [${'"",'.repeat(200_000)}], upstream: "http://a" }]`,
    routeWith(`headers: { set: {${Array.from({ length: 50_000 }, (_, at) => `"${at} x": a`).join(',')}} }`),
  ];
  for (const text of texts) ok(problemsOf(text).length > 0);
});
