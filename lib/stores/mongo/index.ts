import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { apiTokenStoreOver } from '../records/facades/api-tokens.ts';
import { factStoreOver } from '../records/facades/facts.ts';
import { userStoreOver } from '../records/facades/users.ts';
import { allKinds } from '../records/kinds/index.ts';
import type { Stores } from '../stores.ts';
import { type Address, addressIn } from './address.ts';
import { apiTokenStore } from './api-tokens.ts';
import { auditStore } from './audit.ts';
import { connect } from './connect.ts';
import { type Database, databaseOn } from './database.ts';
import { ensureIndexes } from './indexes.ts';
import { keyStore } from './keys.ts';
import { mayPass, problemOf, reasonOf } from './reasons.ts';
import { serverClock } from './records/clock.ts';
import { mongoRecords } from './records/index.ts';
import { refreshTokenStore } from './refresh-tokens.ts';
import { transferStore } from './transfer.ts';
import { userStore } from './users.ts';

/** The stores in MongoDB: all but sessions and attempts. */
export type MongoStores = Pick<
  Stores,
  | 'records'
  | 'users'
  | 'tokens'
  | 'refreshTokens'
  | 'keys'
  | 'facts'
  | 'audit'
  | 'transfer'
  | 'health'
  | 'describe'
  | 'close'
>;

const longestPause = 1_000;

/**
 * Opens the stores in MongoDB or a compatible server, in collections `gatewarden_…` of the database that the URL names, by
 * default `gatewarden`. Retries for `patience` milliseconds (default 15,000), since the server may be starting too. Rejects
 * with an `Error` that names hosts and reason, never the password.
 */
export async function openMongo(options: { url: string; patience?: number }): Promise<MongoStores> {
  const { url, patience = 15_000 } = options;
  const address = addressIn(url);
  if (address === undefined)
    throw new Error('the URL of MongoDB is none: it has the form mongodb://host:27017/database');
  const end = Date.now() + patience;
  for (let pause = 100; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await tryOpen(url, address);
    } catch (error) {
      if (!mayPass(error) || Date.now() + pause > end) throw unusable(address, error);
      await wait(pause);
    }
  }
}

const unusable = (address: Address, error: unknown) =>
  new Error(address.withoutSecrets(`MongoDB at ${address.hosts} cannot be used: ${reasonOf(error)}`));

async function tryOpen(url: string, address: Address): Promise<MongoStores> {
  const connection = await connect(url, address);
  try {
    return await prepared(connection, address);
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}

async function prepared(connection: Connection, address: Address): Promise<MongoStores> {
  const { stores, db } = await storesOn(connection, address);
  try {
    await ensureIndexes(db.collections);
    return stores;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** The stores on an open connection, and the connection. */
export async function storesOn(
  connection: Connection,
  address: Address,
): Promise<{ stores: MongoStores; db: Database }> {
  const db = databaseOn(connection);
  const clock = await serverClock(connection);
  const [users, tokens] = [userStore(db), apiTokenStore(db)];
  const records = mongoRecords(db, allKinds, clock);
  const stores: MongoStores = {
    records,
    users: userStoreOver(records),
    tokens: apiTokenStoreOver(records),
    refreshTokens: refreshTokenStore(db),
    keys: keyStore(db),
    facts: factStoreOver(records),
    audit: auditStore(db),
    transfer: transferStore(db, { users, tokens }),
    health: () => healthOf(connection),
    describe: () => ({ users: `mongodb (${address.hosts}/${address.database})` }),
    async close() {
      clock.stop();
      await connection.close();
    },
  };
  return { stores, db };
}

async function healthOf(connection: Connection): ReturnType<Stores['health']> {
  try {
    if (connection.db === undefined) throw new Error('the connection is closed');
    await connection.db.command({ ping: 1 });
    return [{ store: 'mongodb', ok: true }];
  } catch (error) {
    return [{ store: 'mongodb', ok: false, problem: problemOf(error) }];
  }
}
