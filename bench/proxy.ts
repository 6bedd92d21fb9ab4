import { setTimeout as wait } from 'node:timers/promises';
import { compare, type Effort } from './compare.ts';
import { dataFolder, isBuilt, launchGateway } from './contenders/gateway.ts';
import { startContenders, startScript } from './contenders/index.ts';
import { median } from './load.ts';
import { residentMemory } from './process.ts';
import { printTable } from './table.ts';

/** A signed-in GET through the gateway beside its rivals; then cold start and memory at rest of the gateway. */
export async function benchProxy(effort: Effort): Promise<void> {
  const upstream = await startScript(1, './upstream.ts');
  const { up, missing } = await startContenders(upstream.url);
  try {
    await compare('A signed-in GET of 1 kB, through a proxy', up, effort);
    for (const one of missing) console.log(`left out: ${one}`);
  } finally {
    await Promise.all(up.map((one) => one.stop()));
  }
  await printStart(upstream.url, effort.starts);
  await upstream.stop();
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
