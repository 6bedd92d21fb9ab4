import { setTimeout as wait } from 'node:timers/promises';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { openRedis } from '../../lib/stores/redis/index.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Effort } from '../compare.ts';
import { dataFolder, launchGateway } from '../contenders/gateway.ts';
import type { Measured } from '../load.ts';
import { printTable } from '../table.ts';
import { addCrowded, changePassword, type Ending, signOutEverywhere } from './crowded.ts';
import { type Pair, startUpstream } from './instances.ts';
import { cookieSigner } from './people.ts';
import type { StoreUrls } from './servers.ts';
import { loadSpread } from './spread.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Those before it are signed out by other measurements. */
const firstLive = 1_000;

const numbered = (of: number) => of.toLocaleString('en');
const rate = ({ perSecond, p99 }: Measured): string =>
  `${numbered(Math.round(perSecond))} requests/s, p99 ${p99.toFixed(1)} ms`;

/** Requests of one session beside requests spread over many, at one gateway. */
export async function printSpread({ one, cookieOf }: Pair, sizes: readonly number[], effort: Effort): Promise<void> {
  const { seconds, connections } = effort;
  const rows: string[][] = [];
  for (const size of [1, ...sizes]) {
    const cookies = Array.from({ length: size }, (_, at) => cookieOf(firstLive + at));
    const load = () => loadSpread({ url: one.url, cookies, seconds, connections });
    // What is remembered by then is what a gateway in use remembers.
    for (let warm = 0; warm < (effort.rounds > 1 ? 3 : 1); warm++) await load();
    rows.push([`requests over ${numbered(size)} live sessions`, rate(await load())]);
  }
  printTable('One gateway, signed-in requests', ['', 'measured'], rows);
}

/** What a gateway answers while another one on the same stores is killed. Ends the other one. */
export async function printSurvivor({ one, other, cookieOf }: Pair, { seconds, connections }: Effort): Promise<void> {
  const load = () => loadSpread({ url: one.url, cookies: [cookieOf(firstLive)], seconds, connections });
  await load();
  const before = await load();
  const killed = wait(seconds * 200).then(() => void process.kill(other.pid, 'SIGKILL'));
  const during = await load();
  await killed;
  const after = await load();
  printTable(
    'One gateway while its neighbour is killed',
    ['', 'measured'],
    [
      ['before', rate(before)],
      ['the seconds in which it is killed', rate(during)],
      ['the seconds after', rate(after)],
    ],
  );
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const shown = ({ took, waits }: Ending): string =>
  `${took.toFixed(0)} ms; a bystander waits p99 ${percentile(waits, 0.99).toFixed(1)} ms, at most ${Math.max(...waits).toFixed(1)} ms`;

/** What it costs everybody when one user with many sessions changes the password, or signs out everywhere. */
export async function printCrowded(place: StoreUrls, secretKey: string, count: number): Promise<void> {
  const rows = [
    ...(await crowdedRows('MongoDB and Redis', secretKey, {
      env: { GATEWARDEN_MONGODB_URL: place.mongodbUrl, GATEWARDEN_REDIS_URL: place.redisUrl },
      fill: () => fillServers(place, count),
    })),
    ...(await crowdedRows('SQLite', secretKey, { env: {}, fill: (folder) => fillFile(folder, count) })),
  ];
  printTable(`A user with ${numbered(count)} sessions`, ['', 'measured'], rows);
}

async function fillServers({ mongodbUrl, redisUrl }: StoreUrls, count: number): Promise<void> {
  const mongo = await openMongo({ url: mongodbUrl });
  const redis = await openRedis({ url: redisUrl, log: quiet });
  await addCrowded({ records: mongo.records, sessions: redis.sessions }, count, Date.now());
  await Promise.all([mongo.close(), redis.close()]);
}

async function fillFile(dataDir: string, count: number): Promise<void> {
  const stores = await openSqlite({ dataDir });
  await addCrowded(stores, count, Date.now());
  await stores.close();
}

type Filling = Readonly<{ env: NodeJS.ProcessEnv; fill(folder: string): Promise<void> }>;

async function crowdedRows(where: string, secretKey: string, { env, fill }: Filling) {
  const folder = await dataFolder();
  const upstream = await startUpstream();
  await fill(folder.path);
  const gateway = await launchGateway(upstream.url, folder.path, { ...env, GATEWARDEN_SECRET_KEY: secretKey });
  try {
    const cookieOf = cookieSigner(secretKey);
    const password = await changePassword(gateway, cookieOf);
    const everywhere = await signOutEverywhere(gateway, cookieOf);
    return [
      [`${where}: change of the password`, shown(password)],
      [`${where}: sign-out everywhere`, shown(everywhere)],
    ];
  } finally {
    await gateway.stop();
    upstream.stop();
    await folder.remove();
  }
}
