import { createClient } from 'redis';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openRedis } from '../../lib/stores/redis/index.ts';
import { sessionOf, userOf } from './people.ts';
import type { StoreUrls } from './servers.ts';

/** So many records go to a server at once, so many times side by side. */
const batch = 1_000;
const lanes = 4;

export interface Filled {
  readonly seconds: number;
  /** Bytes that Redis took for each session. */
  readonly bytesPerSession: number;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Fills the stores with `size` users, one session each, through the verbs of the stores. */
export async function fill(place: StoreUrls, size: number, now: number): Promise<Filled> {
  const startedAt = performance.now();
  await fillUsers(place.mongodbUrl, size, now);
  const bytesPerSession = await fillSessions(place.redisUrl, size, now);
  return { seconds: (performance.now() - startedAt) / 1000, bytesPerSession };
}

/** Calls `write` with the numbers of every batch. */
async function inBatches(size: number, write: (numbers: readonly number[]) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < size) {
      const first = next;
      next = Math.min(size, first + batch);
      await write(Array.from({ length: next - first }, (_, at) => first + at));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function fillUsers(url: string, size: number, now: number): Promise<void> {
  const stores = await openMongo({ url });
  try {
    await inBatches(size, async (numbers) => {
      const added = await stores.records.addMany(
        userKind,
        numbers.map((n) => userOf(n, now)),
      );
      if (added.some(({ kind }) => kind !== 'added')) throw new Error('a user could not be added');
    });
  } finally {
    await stores.close();
  }
}

async function fillSessions(url: string, size: number, now: number): Promise<number> {
  const stores = await openRedis({ url, log: quiet });
  const client = await createClient({ url }).connect();
  const memory = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  try {
    const before = await memory();
    await inBatches(size, (numbers) => Promise.all(numbers.map((n) => stores.sessions.create(sessionOf(n, now)))));
    return ((await memory()) - before) / size;
  } finally {
    client.destroy();
    await stores.close();
  }
}
