import { join } from 'node:path';
import { SettingsError, StoreUnavailableError } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
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

/** With the channel of Redis, or a database file that tells of changes, caches are dropped when something changes. */
const cacheLifetimeWithChannel = 60_000;
/**
 * MongoDB alone tells nobody. What is remembered is as old as this at most, and an open socket is looked at as often: both
 * together are within the second that is promised.
 */
const cacheLifetimeWithoutChannel = 400;

/** Stores that one process alone works on, as those of a test are. */
export const ofOneProcess = (stores: Stores): Opened => ({
  stores,
  bus: localBus(),
  cacheLifetime: cacheLifetimeWithChannel,
});

/**
 * Stores that an app brings (`gatewarden({ stores })`). Other processes may share them and nobody tells of their changes,
 * as with MongoDB alone.
 */
export const broughtStores = (stores: Stores): Opened => ({
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
    const redis = redisUrl === undefined ? undefined : keep(await reached('redis', () => openRedis(redisUrl, log)));
    const sqlite = mongo && redis ? undefined : keep(await openSqlite(memory ? { memory } : { dataDir }));
    return joined({ mongo, redis, sqlite }, opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

const openMongo = async (url: string) => (await import('./mongo/index.ts')).openMongo({ url });
const openRedis = async (url: string, log: Log) => (await import('./redis/index.ts')).openRedis({ url, log });
const openSqlite = async (place: { dataDir: string } | { memory: boolean }) =>
  (await import('./sqlite/index.ts')).openSqlite(place);

/** The path of the SQLite file in a data directory. */
export async function databaseFile(dataDir: string): Promise<string> {
  const { databaseName } = await import('./sqlite/index.ts');
  return join(dataDir, databaseName);
}

/** A server that is not there is an outage, at the start as later. What the stores say of it holds no password. */
async function reached<T>(store: 'mongodb' | 'redis', open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof TypeError) throw new SettingsError([`${store.toUpperCase()}_URL: ${error.message}`]);
    throw new StoreUnavailableError(store, { cause: error });
  }
}

type Engines = Readonly<{
  mongo: Awaited<ReturnType<typeof openMongo>> | undefined;
  redis: Awaited<ReturnType<typeof openRedis>> | undefined;
  sqlite: Stores | undefined;
}>;

function joined({ mongo, redis, sqlite }: Engines, parts: readonly Part[]): Opened {
  const durable = mongo ?? sqlite;
  const quick = redis ?? sqlite;
  if (durable === undefined || quick === undefined) throw new TypeError('no store is left for something');
  const stores: Stores = {
    users: durable.users,
    tokens: durable.tokens,
    refreshTokens: durable.refreshTokens,
    keys: durable.keys,
    facts: durable.facts,
    audit: durable.audit,
    transfer: durable.transfer,
    sessions: quick.sessions,
    attempts: quick.attempts,
    health: async () => (await Promise.all(parts.map((part) => part.health()))).flat(),
    onForeignChange: (listener) => sqlite?.onForeignChange(listener) ?? (() => undefined),
    describe: () => ({ ...sqlite?.describe(), ...mongo?.describe(), ...redis?.describe() }),
    close: () => closeAll(parts),
  };
  return {
    stores,
    bus: redis?.bus ?? localBus(),
    expressStore: redis?.expressStore,
    cacheLifetime: mongo && !redis ? cacheLifetimeWithoutChannel : cacheLifetimeWithChannel,
  };
}

async function closeAll(parts: readonly Part[]): Promise<void> {
  await Promise.allSettled(parts.map((part) => part.close()));
}
