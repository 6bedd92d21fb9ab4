import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readPath } from '../../lib/request/authorize/path.ts';
import { type Besieged, besieged } from './fronts.ts';
import { ask, codeIn, proxies } from './questions.ts';
import { bearerOf, requestOf, send } from './raw.ts';

let site: Besieged;
/** Somebody who may do everything: what is refused is refused for its spelling alone. */
let root: string;
before(async () => {
  site = await besieged({ rules: 'admin * /**', trustedProxies: ['127.0.0.0/8'] });
  root = await bearerOf(site.gate, 'root', 'admin');
});
after(() => site[Symbol.asyncDispose]());

const refused: Readonly<Record<string, readonly string[]>> = {
  'a dot segment': [
    '/a/../b',
    '/a/./b',
    '/..',
    '/.',
    '/a/%2e%2e/b',
    '/a/.%2E',
    '/a%2f..%2fb',
    '/a%5c..%5cb',
    '/%252e%252e/a',
  ],
  'a dot segment with dots or spaces behind it': ['/a/.../b', '/a/..%20/b', '/a/%20./b', '/a/..%20./b', '/a/..%2520/b'],
  'a dot segment with params': ['/a/..;/b', '/a/..;x=1/b', '/a/..%3bx/b', '/a/.;/b', '/a/..%253bx/b'],
  'a raw number sign': ['/a#b', '/#', '/a/#/../b'],
  'a raw backslash': ['/a\\b', '/\\a', '/a/..\\b'],
  'an encoded NUL': ['/a%00', '/%00', '/a%2500'],
  'control characters': ['/a%0d%0ab', '/a%09', '/a%7f', '/a%c2%85', '/a%250a', '/a%1b'],
  'malformed escapes': ['/a%', '/a%2', '/a%zz', '/%u0061', '/a%-1'],
  'an escape of the form %uXXXX, encoded': ['/%25u0061', '/%2525u002e'],
  'bytes that are not UTF-8': ['/a%ff', '/%c0%ae', '/%c0%af', '/%e0%80%ae', '/%ed%a0%80', '/a%25ff', '/%f5%80%80%80'],
  'more readings than 16': ['//a%23b%3fc;d./e//f%20/'],
  'what a fourth decoding would change': ['/%25252561', '/a%25252520'],
  'what only some reading puts below our pages': [
    '//_gatewarden/x',
    '/%5fgatewarden',
    '/_GateWarden/x',
    '/_gatewarden;x',
    '/_gatewarden%2fx',
    '/x;/../_gatewarden',
  ],
};

for (const [what, targets] of Object.entries(refused)) {
  it(`${what} is refused as ambiguous, for an admin too, and is told by its code`, async () => {
    for (const target of targets) {
      const heard = await send(site.gateway, requestOf(target, [root]));
      deepEqual([target, heard.statuses, codeIn(heard.text), heard.received], [target, [400], 'ambiguous_path', []]);
      for (const proxy of proxies) {
        const { status, code, user } = await ask(site.gateway, proxy, { target, lines: [root] });
        deepEqual([target, proxy, status, code, user], [target, proxy, 400, 'ambiguous_path', undefined]);
      }
      // Express serves what is mounted by its own reading.
      if (what.includes('our pages')) continue;
      const inExpress = await send(site.protect, requestOf(target, [root]));
      deepEqual(
        [target, inExpress.status, codeIn(inExpress.text), inExpress.received],
        [target, 400, 'ambiguous_path', []],
      );
    }
  });
}

describe('two hosts in one request', () => {
  const twice: readonly (readonly [what: string, bytes: () => Buffer])[] = [
    ['two Host headers', () => requestOf('/a', ['Host: localhost', 'Host: localhost', root])],
    ['two Host headers, in two cases', () => requestOf('/a', ['Host: localhost', 'HOST: evil.example', root])],
    ['a target with another host', () => requestOf('http://evil.example/a', [root])],
    ['a target with another port', () => requestOf('http://localhost:81/a', [root])],
    ['a target with another scheme’s port', () => requestOf('https://localhost/a', [root])],
  ];
  for (const [what, bytes] of twice) {
    it(`as ${what} are refused as ambiguous`, async () => {
      for (const front of [site.gateway, site.protect]) {
        const heard = await send(front, bytes());
        deepEqual([heard.statuses, codeIn(heard.text), heard.received], [[400], 'ambiguous_path', []], front.name);
      }
    });
  }
});

const passing = [
  ...[
    '/a%23b',
    '/a%2523b',
    '/a;x=1/b',
    '//a',
    '/a//b/',
    '/A/b',
    '/a%2fb',
    '/a%5cb',
    '/a%2520b',
    '/100%25',
    '/100%25%2541',
  ],
  ...['/a.b/..c/d..e', '/.well-known/x', '/a%3fb', '/caf%C3%A9', '/a?../%00#', '/%E2%84%AA', '/a.', '/a%20'],
];
it('what has several readings passes where every one is permitted, in the very bytes that came', async () => {
  for (const target of passing) {
    const { statuses, received } = await send(site.gateway, requestOf(target.replace('#', ''), [root]));
    deepEqual([target, statuses, received.map(({ url }) => url)], [target, [200], [target.replace('#', '')]]);
  }
});

it('readings are counted before the case: as many as may be, each in two cases, are no more', () => {
  const kept = (target: string) => {
    const read = readPath(target, { encodedSlashes: 'judge' });
    return read.ok ? [read.readings.filter(({ folded }) => !folded).length, read.readings.length] : read.detail;
  };
  deepEqual(kept('/A//B/d./%3f%23e'), [16, 32]);
  equal(kept('//A//B/d./%3f%23e'), 'The path can be read in too many ways.');
});

it('encoded slashes are all data or all separators: their number makes no more readings', () => {
  const of = (target: string) => {
    const read = readPath(target, { caseSensitive: true, encodedSlashes: 'judge' });
    return read.ok ? read.readings.length : read.detail;
  };
  equal(of('/a%2fb'), 2);
  equal(of(`/a${'%2fb'.repeat(40)}`), 2);
});
