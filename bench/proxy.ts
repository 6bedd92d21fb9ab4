import { setTimeout as wait } from 'node:timers/promises';
import { dataFolder, isBuilt, launchGateway } from './contenders/gateway.ts';
import { type Contender, startContenders, startScript } from './contenders/index.ts';
import { load, type Measured, median } from './load.ts';
import { residentMemory } from './process.ts';
import { printTable } from './table.ts';

export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly starts: number;
}

export const fullEffort: Effort = { rounds: 5, seconds: 5, connections: 32, starts: 5 };
export const smokeEffort: Effort = { rounds: 1, seconds: 1, connections: 8, starts: 1 };

/** A signed-in GET through the gateway beside its rivals; then cold start and memory at rest of the gateway. */
export async function benchProxy(effort: Effort): Promise<void> {
  const upstream = await startScript(1, './upstream.ts');
  const { up, missing } = await startContenders(upstream.url);
  try {
    await warmUp(up, effort);
    printThroughput(await compare(up, effort), missing);
  } finally {
    await Promise.all(up.map((one) => one.stop()));
  }
  await printStart(upstream.url, effort.starts);
  await upstream.stop();
}

async function warmUp(contenders: readonly Contender[], { seconds, connections }: Effort): Promise<void> {
  for (const { url, headers } of contenders) await load({ url: `${url}/`, headers, seconds, connections });
}

type Results = ReadonlyMap<string, readonly Measured[]>;

/** Interleaved: whatever else the machine does in a round, it does to everybody. */
async function compare(contenders: readonly Contender[], { rounds, seconds, connections }: Effort): Promise<Results> {
  const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, url, headers } of contenders) {
      results.get(name)?.push(await load({ url: `${url}/`, headers, seconds, connections }));
    }
  }
  return results;
}

function printThroughput(results: Results, missing: readonly string[]): void {
  const rates = [...results].map(([name, runs]) => ({ name, runs, rate: median(runs.map((run) => run.perSecond)) }));
  const ours = rates.find(({ name }) => name.startsWith('gatewarden'))?.rate ?? Number.NaN;
  const rows = rates.map(({ name, runs, rate }) => [
    name,
    Math.round(rate).toLocaleString('en'),
    median(runs.map((run) => run.p50)).toFixed(2),
    median(runs.map((run) => run.p99)).toFixed(2),
    (ours / rate).toFixed(2),
  ]);
  printTable('A signed-in GET of 1 kB', ['proxy', 'requests/s', 'p50 ms', 'p99 ms', 'gatewarden ÷ this'], rows);
  for (const one of missing) console.log(`left out: ${one}`);
}

async function printStart(upstream: string, starts: number): Promise<void> {
  const times: number[] = [];
  const memory: number[] = [];
  for (let at = 0; at < starts; at++) {
    const folder = await dataFolder();
    const gateway = await launchGateway(upstream, folder.path);
    times.push(gateway.firstAnswer);
    await wait(1000);
    memory.push(residentMemory(gateway.pid));
    await gateway.stop();
    await folder.remove();
  }
  printTable(
    `Starting, with an empty store (${isBuilt() ? 'built' : 'from the sources'})`,
    ['', 'median'],
    [
      ['start to first answer', `${Math.round(median(times))} ms`],
      ['resident memory, one second later', `${Math.round(median(memory))} MB`],
    ],
  );
}
