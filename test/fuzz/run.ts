import { parseArgs } from 'node:util';
import { fuzz, newSeed } from './fuzz.ts';
import { fuzzSockets, socketsName } from './sockets.ts';
import { subjects } from './subjects.ts';

/*
 * npm run fuzz                                 a million texts for each reader, and requests over sockets: minutes
 * npm run fuzz -- --cases 10000                fewer of them, or more
 * npm run fuzz -- --seconds 60                 at most so long for each
 * npm run fuzz -- --seed 42 Host Cookie        these two, with the texts of before
 */

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { cases: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const numbers = { cases: Number(values.cases ?? 1_000_000), seed: Number(values.seed ?? newSeed()) };
const limit = values.seconds === undefined ? undefined : Number(values.seconds) * 1000;

const names = [...subjects.map(({ name }) => name), socketsName];
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0 || Object.values(numbers).some((one) => !Number.isInteger(one)) || Number.isNaN(limit ?? 0)) {
  console.error(
    `npm run fuzz -- [--cases N] [--seconds N] [--seed N] [${names.map((name) => `"${name}"`).join(' | ')}]…`,
  );
  process.exit(5);
}

let failed = false;
async function tell(name: string, run: () => unknown): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const started = performance.now();
  try {
    await run();
    console.log(`${name}: good, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  } catch (error) {
    failed = true;
    console.error(`${name}:`, error);
  }
}

console.log(`${numbers.cases.toLocaleString('en')} texts for each, seed ${numbers.seed}`);
for (const subject of subjects) await tell(subject.name, () => fuzz(subject, { ...numbers, limit }));
await tell(socketsName, () => fuzzSockets({ ...numbers, cases: Math.ceil(numbers.cases / 100), limit }));
process.exitCode = failed ? 1 : 0;
