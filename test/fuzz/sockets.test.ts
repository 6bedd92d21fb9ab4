import { ok } from 'node:assert/strict';
import test from 'node:test';
import { newSeed } from './fuzz.ts';
import { fuzzSockets, socketsName } from './sockets.ts';
import { split, splitters } from './splitters.ts';

const cases = 1000;

test(`${cases} connections with requests that are none, or not quite, are answered or refused`, async (t) => {
  const seed = newSeed();
  t.diagnostic(`npm run fuzz -- --cases ${cases * 100} --seed ${seed} "${socketsName}"`);
  await fuzzSockets({ cases, seed });
});

const head = (...lines: readonly string[]): string =>
  ['POST /a HTTP/1.1', ...lines].map((line) => `${line}\r\n`).join('');
const hidden = 'GET /hidden HTTP/1.1\r\n\r\n';

/** What smugglers send: services take different requests out of it. */
const smuggled: Readonly<Record<string, string>> = {
  'both lengths': `${head('Content-Length: 4', 'Transfer-Encoding: chunked')}\r\n0\r\n\r\n${hidden}`,
  'two lengths': `${head('Content-Length: 0', `Content-Length: ${hidden.length}`)}\r\n${hidden}`,
  'a coding that looks chunked': `${head('Transfer-Encoding: xchunked')}\r\n0\r\n\r\n${hidden}`,
  'an underscore': `${head(`Content_Length: ${hidden.length}`)}\r\n${hidden}`,
  'a line feed alone': `${head('A: b\nContent-Length: 4')}\r\nbody${hidden}`,
  'a folded line': `${head(`A: b\r\n\tContent-Length: ${hidden.length}`)}\r\n${hidden}`,
};
for (const [what, bytes] of Object.entries(smuggled)) {
  test(`services split ${what} differently: what is forwarded is held against them`, () => {
    const ways = new Set(splitters.map((how) => split(bytes, how).join()));
    ok(ways.size > 1, [...ways].join('\n'));
  });
}
