import type { Connection } from 'mongoose';
import type { Stores } from '../contracts.ts';
import type { Address } from './address.ts';
import { apiTokenStore } from './api-tokens.ts';
import { auditStore } from './audit.ts';
import { connect } from './connect.ts';
import { type Database, databaseOn } from './database.ts';
import { factStore } from './facts.ts';
import { ensureIndexes } from './indexes.ts';
import { keyStore } from './keys.ts';
import { problemOf } from './reasons.ts';
import { refreshTokenStore } from './refresh-tokens.ts';
import { userStore } from './users.ts';

/** What MongoDB holds: all but sessions and counters. */
export type MongoStores = Pick<
  Stores,
  'users' | 'tokens' | 'refreshTokens' | 'keys' | 'facts' | 'audit' | 'health' | 'describe' | 'close'
>;

/**
 * Stores in MongoDB, or what speaks its protocol; the collections are called `gatewarden_…`, in the database that the URL
 * names, else `gatewarden`. Waits at most `patience` milliseconds (default 15,000) for the server. Rejects with an `Error`
 * that names the hosts and the reason, and never the password.
 */
export async function openMongo(options: { url: string; patience?: number }): Promise<MongoStores> {
  const { connection, address } = await connect(options.url, options.patience ?? 15_000);
  const { stores, db } = storesOn(connection, address);
  try {
    await ensureIndexes(db.collections);
    return stores;
  } catch (error) {
    await stores.close();
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new Error(address.withoutSecrets(`MongoDB at ${address.hosts} cannot be used: ${reason}`));
  }
}

/** The stores on an open connection, and what they share. */
export function storesOn(connection: Connection, address: Address): { stores: MongoStores; db: Database } {
  const db = databaseOn(connection);
  const stores: MongoStores = {
    users: userStore(db),
    tokens: apiTokenStore(db),
    refreshTokens: refreshTokenStore(db),
    keys: keyStore(db),
    facts: factStore(db),
    audit: auditStore(db),
    health: () => healthOf(connection),
    describe: () => ({ users: `mongodb (${address.hosts}/${address.database})` }),
    close: () => connection.close(),
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
