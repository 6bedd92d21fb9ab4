import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { answerHeadWriter, privately, setsOneOf } from '../../gateway/proxy/headers-out.ts';

const source = {
  address: '127.0.0.1',
  peer: '127.0.0.1',
  trusted: false,
  forwarded: false,
  proto: 'https',
  host: 'wiki.example.com',
  hostname: 'wiki.example.com',
  admin: false,
} as const;
const ours = new Set(['gatewarden', '__host-gatewarden']);

for (const [cookie, sets] of [
  ['gatewarden=x; Path=/', true],
  ['gatewarden = x', true],
  ['\tGateWarden=x', true],
  ['__Host-gatewarden=x; Secure', true],
  ['gatewarden=', true],
  ['gatewarden', true],
  ['=gatewarden=x', true],
  [' = gatewarden=x', true],
  ['==gatewarden=x', true],
  ['gatewarden2=x', false],
  ['a=gatewarden=x', false],
  ['a=1; gatewarden=x', false],
] as const) {
  test(`the upstream’s cookie ${JSON.stringify(cookie)} ${sets ? 'is dropped' : 'passes'}`, () => {
    equal(setsOneOf(cookie, ours), sets);
  });
}

test('names keep the upstream’s spelling, in whatever order they came', () => {
  const write = answerHeadWriter();
  const passing = { shared: true, cookieNames: ours, setCookie: undefined, trailers: false, noLength: false, source };
  for (const [first, second] of [
    ['X-One', 'x-TWO'],
    ['x-ONE', 'X-Two'],
  ]) {
    const raw = [second, 'b', first, 'a', '2', 'c'].map((text) => Buffer.from(String(text)));
    // An object has what looks like an index first.
    const written = write({ '2': 'c', 'x-one': 'a', 'x-two': 'b' }, raw, { ...passing, serviceWorkers: false });
    deepEqual(written, ['2', 'c', first, 'a', second, 'b']);
  }
});

for (const [given, told] of [
  [undefined, 'private'],
  ['public', 'private'],
  ['max-age=60', 'private, max-age=60'],
  ['public, max-age=60', 'private, max-age=60'],
  ['s-maxage=60,max-age=5', 'private, max-age=5'],
  ['PUBLIC, S-MaxAge="60"', 'private'],
  ['private', 'private'],
  ['private="set-cookie, x", max-age=1', 'private, max-age=1'],
  ['no-store', 'no-store'],
  ['no-cache="a, public"', 'private, no-cache="a, public"'],
  ['no-cache', 'private, no-cache'],
] as const) {
  test(`Cache-Control ${given ?? 'that is absent'} becomes ${told} where somebody had to sign in`, () => {
    equal(privately(given), told);
  });
}
