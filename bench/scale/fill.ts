import { deepStrictEqual } from 'node:assert/strict';
import mongoose from 'mongoose';
import { createClient } from 'redis';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import type { UserRecord } from '../../lib/stores/records/users.ts';
import { openRedis } from '../../lib/stores/redis/index.ts';
import { sessionIdOf, sessionOf, userIdOf, userOf } from './people.ts';
import type { StoreUrls } from './servers.ts';

/** So many records go to a server at once, so many times side by side. */
const batch = 2_000;
const lanes = 4;

export interface Filled {
  readonly seconds: number;
  /** Bytes that Redis took for each session. */
  readonly bytesPerSession: number;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Fills the stores with `size` users, one session each. The first two of both are written by the stores themselves; the
 * others go through the drivers, in the form of the first, once the second has proved that it comes out the same.
 */
export async function fill(place: StoreUrls, size: number, now: number): Promise<Filled> {
  const startedAt = performance.now();
  await fillUsers(place.mongodbUrl, size, now);
  const bytesPerSession = await fillSessions(place.redisUrl, size, now);
  return { seconds: (performance.now() - startedAt) / 1000, bytesPerSession };
}

/** Calls `write` with the bounds of every batch of `from` up to `end`. */
async function inBatches(from: number, end: number, write: (first: number, last: number) => Promise<unknown>) {
  let next = from;
  const lane = async () => {
    while (next < end) {
      const first = next;
      next = Math.min(end, first + batch);
      await write(first, next);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const range = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, at) => first + at);

type Raw = Readonly<Record<string, unknown>> & Readonly<{ _id: string }>;

async function fillUsers(url: string, size: number, now: number): Promise<void> {
  const stores = await openMongo({ url });
  for (const n of [0, 1]) await stores.users.insert(userOf(n, now));
  await stores.close();
  const client = await mongoose.mongo.MongoClient.connect(url, { maxPoolSize: lanes });
  const users = client.db().collection<Raw>('gatewarden_users');
  const [first, second] = await Promise.all([0, 1].map((n) => users.findOne({ _id: userOf(n, now).nameKey })));
  if (!first || !second) throw new Error('the users that the store wrote are not there');
  const likeTheFirst = (n: number): Raw => inPlaceOf(first, userOf(0, now), userOf(n, now));
  deepStrictEqual(likeTheFirst(1), second);
  await inBatches(2, size, (from, to) => users.insertMany(range(from, to).map(likeTheFirst), { ordered: false }));
  await client.close();
}

/** The same document of another user: whatever it holds of the one is of the other. */
function inPlaceOf(document: Raw, one: UserRecord, other: UserRecord): Raw {
  const own = (['id', 'username', 'nameKey', 'email'] as const).map((name) => [one[name], other[name]] as const);
  const changed = new Map<unknown, unknown>(own);
  const fields = Object.entries(document).map(([name, value]) => [name, changed.get(value) ?? value]);
  return { ...Object.fromEntries(fields), _id: other.nameKey };
}

const keysOf = (n: number) => ({
  session: `gatewarden:session:${sessionIdOf(n)}`,
  list: `gatewarden:sessions-of:${userIdOf(n)}`,
});

async function fillSessions(url: string, size: number, now: number): Promise<number> {
  const stores = await openRedis({ url, log: quiet });
  for (const n of [0, 1]) await stores.sessions.create(sessionOf(n, now));
  await stores.close();
  // Thousands of commands are under way: the last of them waits for all the others.
  const client = await createClient({ url, commandOptions: { timeout: undefined } }).connect();
  const memory = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const kept = async (n: number) => ({
    session: await client.get(keysOf(n).session),
    list: await client.zRangeWithScores(keysOf(n).list, 0, -1),
  });
  const first = await kept(0);
  const life = String(await client.pTTL(keysOf(0).session));
  const listLife = String(await client.pTTL(keysOf(0).list));
  const [listed] = first.list;
  const lastSeenAt = listed?.score ?? 0;
  const nameOf = (n: number): string => (listed?.value ?? '').replace(sessionIdOf(0), sessionIdOf(n));
  const textOf = (n: number): string =>
    (first.session ?? '').replace(sessionIdOf(0), sessionIdOf(n)).replace(userIdOf(0), userIdOf(n));
  deepStrictEqual({ session: textOf(1), list: [{ value: nameOf(1), score: lastSeenAt }] }, await kept(1));

  function write(n: number) {
    const { session, list } = keysOf(n);
    return [
      client.sendCommand(['SET', session, textOf(n), 'PX', life]),
      client.sendCommand(['ZADD', list, String(lastSeenAt), nameOf(n)]),
      client.sendCommand(['PEXPIRE', list, listLife]),
    ];
  }
  const before = await memory();
  await inBatches(2, size, (from, to) => Promise.all(range(from, to).flatMap(write)));
  const taken = (await memory()) - before;
  await client.close();
  return taken / Math.max(1, size - 2);
}
