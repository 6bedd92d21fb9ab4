import test from 'node:test';
import { newSeed } from './fuzz.ts';
import { fuzzSockets, socketsName } from './sockets.ts';

const cases = 1000;

test(`${cases} connections with requests that are none, or not quite, are answered or refused`, async (t) => {
  const seed = newSeed();
  t.diagnostic(`npm run fuzz -- --cases ${cases * 100} --seed ${seed} "${socketsName}"`);
  await fuzzSockets({ cases, seed });
});
