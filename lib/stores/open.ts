import { join } from 'node:path';
import { SettingsError, StoreUnavailableError } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { combinedBus } from '../invalidation/combined.ts';
import { localBus } from '../invalidation/local.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from './stores.ts';

/** The stores of an installation, and how its instances tell each other what has changed. */
export interface Opened {
  readonly stores: Stores;
  readonly bus: InvalidationBus;
  /** Where Redis keeps the sessions: the class of connect-redis's store that express-session is to extend. */
  readonly expressStore?: Awaited<ReturnType<typeof openRedis>>['expressStore'] | undefined;
  /** How long the request path may believe what it has read, in milliseconds. */
  readonly cacheLifetime: number;
}

type Part = Pick<Stores, 'health' | 'describe' | 'close'>;

/** Milliseconds. With Redis, or with a database file that reports changes, cached records are invalidated by messages. */
const cacheLifetimeWithChannel = 15_000;
/**
 * Milliseconds. MongoDB alone publishes no changes: cached records are at most this old, and open sockets are decided on again
 * this often. Together that is less than the second within which a change takes effect.
 */
const cacheLifetimeWithoutChannel = 400;

/** Opened stores that only this process uses, as in tests. */
export const ofOneProcess = (stores: Stores): Opened => ({
  stores,
  bus: localBus(),
  cacheLifetime: cacheLifetimeWithChannel,
});

/**
 * Opened stores that an app supplies (`gatewarden({ stores })`). Other processes may share them, and publish no changes, as
 * with MongoDB alone.
 */
export const suppliedStores = (stores: Stores): Opened => ({
  stores,
  bus: localBus(),
  cacheLifetime: cacheLifetimeWithoutChannel,
});

/**
 * Opens MongoDB and Redis where the settings name them, and SQLite for what is left: its file, or with `memory` none.
 * Drivers are loaded only when used. Rejects when one cannot be opened (MongoDB and Redis with `StoreUnavailableError`, and
 * with `SettingsError` for a URL that cannot be meant); those that were are closed again.
 */
export async function openStores(settings: Settings, log: Log, options: { memory?: boolean } = {}): Promise<Opened> {
  const { mongodbUrl, redisUrl, dataDir } = settings;
  const { memory = false } = options;
  const opened: Part[] = [];
  const keep = <T extends Part>(part: T): T => {
    opened.push(part);
    return part;
  };
  try {
    const mongo = mongodbUrl === undefined ? undefined : keep(await reached('mongodb', () => openMongo(mongodbUrl)));
    const redis =
      redisUrl === undefined ? undefined : keep(await reached('redis', () => openRedis(settings, redisUrl, log)));
    const sqlite = mongo && redis ? undefined : keep(await openSqlite(memory ? { memory } : { dataDir }));
    return joined({ mongo, redis, sqlite }, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

const openMongo = async (url: string) => (await import('./mongo/index.ts')).openMongo({ url });
const openRedis = async ({ redisPrefix: prefix }: Settings, url: string, log: Log) =>
  (await import('./redis/index.ts')).openRedis({ url, prefix, log });
const openSqlite = async (place: { dataDir: string } | { memory: boolean }) =>
  (await import('./sqlite/index.ts')).openSqlite(place);

/** The path of the SQLite file in a data directory. */
export async function databaseFile(dataDir: string): Promise<string> {
  const { databaseName } = await import('./sqlite/index.ts');
  return join(dataDir, databaseName);
}

/**
 * Copies the SQLite file in a data directory, which may be in use, to `target`: a file that is not there, or is empty. Rejects
 * with an `Error` that names the reason.
 */
export async function backUpDatabase(dataDir: string, target: string): Promise<void> {
  const { backUp } = await import('./sqlite/backup.ts');
  backUp(await databaseFile(dataDir), target);
}

/** A server that is not there is an outage, at the start as later. What the stores say of it holds no password. */
async function reached<T>(store: 'mongodb' | 'redis', open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    if (error instanceof TypeError) throw new SettingsError([`${store.toUpperCase()}_URL: ${error.message}`]);
    throw new StoreUnavailableError(store, { cause: error });
  }
}

type Engines = Readonly<{
  mongo: Awaited<ReturnType<typeof openMongo>> | undefined;
  redis: Awaited<ReturnType<typeof openRedis>> | undefined;
  sqlite: Awaited<ReturnType<typeof openSqlite>> | undefined;
}>;

function joined({ mongo, redis, sqlite }: Engines, parts: readonly Part[]): Opened {
  const durable = mongo ?? sqlite;
  const quick = redis ?? sqlite;
  if (durable === undefined || quick === undefined) throw new TypeError('no store is left for something');
  const stores: Stores = {
    records: durable.records,
    audit: durable.audit,
    sessions: quick.sessions,
    attempts: quick.attempts,
    health: async () => (await Promise.all(parts.map(timedHealth))).flat(),
    sweep: async (limit) => (await sqlite?.sweep?.(limit)) ?? 0,
    describe: () => ({ ...sqlite?.describe(), ...mongo?.describe(), ...redis?.describe() }),
    close: () => closeAll(parts),
  };
  return {
    stores,
    bus: busOf(redis?.bus, mongo === undefined ? sqlite?.bus : undefined),
    expressStore: redis?.expressStore,
    cacheLifetime: mongo && !redis ? cacheLifetimeWithoutChannel : cacheLifetimeWithChannel,
  };
}

async function timedHealth(part: Part): ReturnType<Stores['health']> {
  const startedAt = performance.now();
  const entries = await part.health();
  const took = performance.now() - startedAt;
  return entries.map((one) => ({ ...one, took }));
}

/** Messages through Redis, and those of processes without Redis that work on the same file, as the command does. */
function busOf(channel: InvalidationBus | undefined, file: InvalidationBus | undefined): InvalidationBus {
  if (channel !== undefined && file !== undefined) return combinedBus(channel, file);
  return channel ?? file ?? localBus();
}

async function closeAll(parts: readonly Part[]): Promise<void> {
  await Promise.allSettled(parts.map((part) => part.close()));
}
