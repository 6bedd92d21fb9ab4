import type { Effort } from './compare.ts';
import { median } from './load.ts';
import { fill } from './scale/fill.ts';
import { openSubject, type Subject } from './scale/installation.ts';
import { memoryPerSocket, type Pair, revocations, startOnce, startPair } from './scale/instances.ts';
import { printCrowded, printSpread, printSurvivor } from './scale/live.ts';
import { type Cost, callsOf, lookUps, type Sized } from './scale/look-ups.ts';
import { memoryPerSession } from './scale/memory.ts';
import { newSecretKey } from './scale/people.ts';
import { missingServers, type Servers, type StoreUrls, startServers } from './scale/servers.ts';
import { printTable } from './table.ts';

/** How much is measured: a thousand users beside a million for publication, hundreds to prove that it runs. */
type Extent = Readonly<{
  small: number;
  big: number;
  /** Look-ups of a kind in a round. */
  times: number;
  /** Requests whose store calls are counted. */
  cached: number;
  revoked: number;
  sockets: number;
  /** Sessions that an instance remembers at once; its cache has room for more. */
  remembered: number;
  /** Over so many live sessions requests are spread. */
  spread: readonly number[];
  /** Sessions of one user. */
  crowded: number;
}>;

const smoke: Extent = {
  small: 500,
  big: 2_000,
  times: 20,
  cached: 50,
  revoked: 5,
  sockets: 20,
  remembered: 200,
  spread: [200],
  crowded: 300,
};
const full: Extent = {
  ...{ small: 1_000, big: 1_000_000, times: 300, cached: 10_000 },
  ...{ revoked: 200, sockets: 500, remembered: 10_000, spread: [20_000, 200_000], crowded: 10_000 },
};

/** One installation's data, in its own databases of the servers. */
type Stocked = Readonly<{ place: StoreUrls; size: number; bytesPerSession: number }>;

const secretKey = newSecretKey();

/**
 * What it costs to have many users and sessions in MongoDB and Redis: look-ups with few and with many, on the same servers
 * in the same run; what a cached request asks of the stores; how soon a revocation is known to another instance; memory.
 */
export async function benchScale(effort: Effort, size?: number): Promise<void> {
  const missing = missingServers();
  if (missing.length > 0) return console.log(`\nleft out: scale, for ${missing.join(' and ')} is not here`);
  const plan = effort.rounds > 1 ? full : smoke;
  const extent = { ...plan, big: size ?? plan.big };
  const servers = await startServers();
  try {
    await measure(servers, extent, effort);
  } finally {
    await servers.stop();
  }
}

async function measure(servers: Servers, extent: Extent, effort: Effort): Promise<void> {
  const now = Date.now();
  const stocked = async (name: string, number: number, size: number): Promise<Stocked> => {
    const place = servers.place(name, number);
    const { seconds, bytesPerSession } = await fill(place, size, now);
    console.log(`${size.toLocaleString('en')} users and sessions were written in ${seconds.toFixed(1)} s`);
    return { place, size, bytesPerSession };
  };
  const small = await stocked('small', 0, extent.small);
  const big = await stocked('big', 1, extent.big);
  await measureLookUps(small, big, now, extent, effort);
  await measureInstances(small, big, extent, effort);
}

async function measureLookUps(small: Stocked, big: Stocked, now: number, extent: Extent, effort: Effort) {
  const subjects: Subject[] = [];
  const open = async ({ place, size }: Stocked): Promise<Sized> => {
    const subject = await openSubject(place, secretKey, now);
    subjects.push(subject);
    return { subject, size };
  };
  try {
    const [few, many] = [await open(small), await open(big)];
    printCosts(await lookUps(few, many, effort.rounds, extent.times), extent);
    const { first, following } = await callsOf(many, extent.cached);
    const perSession = await memoryPerSession(many, Math.min(extent.remembered, extent.big));
    printTable(
      'Signed-in requests of one session',
      ['', 'measured'],
      [
        ['store calls of the first', String(first)],
        [`store calls of the ${extent.cached.toLocaleString('en')} that follow, all together`, String(following)],
        ['memory of an instance for each session that it remembers', `${perSession.toFixed(1)} kB`],
        ['memory of Redis for each session', `${(big.bytesPerSession / 1000).toFixed(1)} kB`],
      ],
    );
  } finally {
    await Promise.all(subjects.map((subject) => subject.close()));
  }
}

function printCosts(costs: readonly Cost[], { small, big }: Extent): void {
  const rows = costs.map((cost) => [
    cost.name,
    cost.small.toFixed(2),
    cost.big.toFixed(2),
    (cost.big / cost.small).toFixed(2),
  ]);
  const [few, many] = [small.toLocaleString('en'), big.toLocaleString('en')];
  printTable(`${few} beside ${many} users and sessions`, ['', `${few}: ms`, `${many}: ms`, 'ratio'], rows);
}

async function measureInstances(small: Stocked, big: Stocked, extent: Extent, effort: Effort): Promise<void> {
  const starts = { small: [] as Start[], big: [] as Start[] };
  for (let at = 0; at < effort.starts; at++) {
    starts.small.push(await startOnce(small.place, secretKey));
    starts.big.push(await startOnce(big.place, secretKey));
  }
  const pair = await startPair(big.place, secretKey);
  try {
    await printInstances(starts, pair, extent);
    await printSpread(pair, extent.spread, effort);
    await printSurvivor(pair, effort);
  } finally {
    await pair.stop();
  }
  await printCrowded(small.place, secretKey, extent.crowded);
}

type Start = Awaited<ReturnType<typeof startOnce>>;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** `p50 · p99`. */
const spread = (values: readonly number[]): string =>
  `${percentile(values, 0.5).toFixed(1)} · ${percentile(values, 0.99).toFixed(1)} ms`;

async function printInstances(starts: { small: Start[]; big: Start[] }, pair: Pair, extent: Extent): Promise<void> {
  const took = await revocations(pair, extent.revoked);
  const perSocket = await memoryPerSocket(pair, extent.small - 1, extent.sockets);
  const both = (of: (start: Start) => number): string =>
    [starts.small, starts.big].map((some) => Math.round(median(some.map(of)))).join(' · ');
  const sizes = `${extent.small.toLocaleString('en')} · ${extent.big.toLocaleString('en')} users`;
  printTable(
    'Gateways on the same stores',
    ['', 'measured'],
    [
      [`signed out at one, refused at another, p50 · p99 of ${took.length}`, spread(took.map(({ asked }) => asked))],
      ['the same, from the answer to the sign-out on', spread(took.map(({ answered }) => answered))],
      [`start to first answer, ${sizes}`, `${both((start) => start.firstAnswer)} ms`],
      [`resident memory a second later, ${sizes}`, `${both((start) => start.memory)} MB`],
      ['memory for each open WebSocket, both its ends', `${perSocket.toFixed(1)} kB`],
    ],
  );
}
