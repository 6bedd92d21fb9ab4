import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { SettingsError } from '../../errors.ts';
import type { AnyKind } from '../records/kind.ts';
import { allKinds } from '../records/kinds/index.ts';
import type { Stores } from '../stores.ts';
import { type Address, addressIn } from './address.ts';
import { auditStore } from './audit.ts';
import { connect, withPatience } from './connect.ts';
import { databaseOn } from './database.ts';
import { healthOf } from './health.ts';
import { ensureIndexes } from './indexes.ts';
import { mayPass, reasonOf } from './reasons.ts';
import { serverClock } from './records/clock.ts';
import { mongoRecords, recordCollections } from './records/index.ts';
import { migrateRecords } from './records/migrate.ts';
import { kindVersions, NewerStoreError } from './records/versions.ts';

/** The stores in MongoDB: all but sessions and attempts. */
export type MongoStores = Pick<Stores, 'records' | 'audit' | 'health' | 'describe' | 'close'>;

export interface OpenOptions {
  readonly url: string;
  /** Milliseconds. Default 15,000. */
  readonly patience?: number;
  /** Default: every kind of this version. */
  readonly kinds?: readonly AnyKind[];
}

const longestPause = 1_000;

/**
 * Opens the stores in MongoDB or a compatible server, in collections `gatewarden_…` of the database that the URL names, by
 * default `gatewarden`. Retries for `patience` milliseconds, since the server may be starting too; waits without limit until
 * indexes are built and records migrated. Rejects with an `Error` that names hosts and reason, never the password;
 * with `SettingsError` when a newer Gatewarden has used it.
 */
export async function openMongo(options: OpenOptions): Promise<MongoStores> {
  const { url, patience = 15_000, kinds = allKinds } = options;
  const address = addressIn(url);
  if (address === undefined)
    throw new Error('the URL of MongoDB is none: it has the form mongodb://host:27017/database');
  const end = Date.now() + patience;
  for (let pause = 100; ; pause = Math.min(pause * 2, longestPause)) {
    try {
      return await tryOpen(url, address, kinds);
    } catch (error) {
      if (!mayPass(error) || Date.now() + pause > end) throw unusable(address, error);
      await wait(pause);
    }
  }
}

function unusable(address: Address, error: unknown): Error {
  const problem = address.withoutSecrets(`MongoDB at ${address.hosts} cannot be used: ${reasonOf(error)}`);
  // Waiting does not help: another program or another database does.
  return error instanceof NewerStoreError ? new SettingsError([`MONGODB_URL: ${problem}`]) : new Error(problem);
}

async function tryOpen(url: string, address: Address, kinds: readonly AnyKind[]): Promise<MongoStores> {
  const connection = await connect(url, address);
  try {
    const { stores, db, collectionOf } = await storesOn(connection, address, kinds);
    const versions = kindVersions(db, kinds);
    const outdated = await versions.claim();
    await withPatience(url, address, (patient) => ensureIndexes(patient, db.collections));
    for (const kind of outdated) {
      await migrateRecords(kind, collectionOf(kind));
      await versions.noteMigrated(kind);
    }
    return stores;
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}

/** The stores on an open connection, and the connection. */
export async function storesOn(connection: Connection, address: Address, kinds = allKinds) {
  const db = databaseOn(connection);
  const clock = await serverClock(connection);
  const collectionOf = recordCollections(db, kinds);
  const records = mongoRecords(db, collectionOf, clock);
  const stores: MongoStores = {
    records,
    audit: auditStore(db),
    health: healthOf(connection),
    describe: () => ({ users: `mongodb (${address.hosts}/${address.database})` }),
    close: () => connection.close(),
  };
  return { stores, db, collectionOf };
}
