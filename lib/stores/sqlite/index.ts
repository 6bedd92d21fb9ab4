import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { InvalidationBus } from '../../invalidation/bus.ts';
import type { Stores } from '../stores.ts';
import { attemptStore } from './attempts.ts';
import { auditStore } from './audit.ts';
import { type Connection, connection } from './connection.ts';
import { healthOf } from './health.ts';
import { currentLayout, type Layout, newerIn } from './migrations.ts';
import { openFile, openMemory } from './open.ts';
import { sqliteRecords } from './records.ts';
import { sessionStore } from './sessions.ts';
import { snapshotOf } from './snapshot.ts';
import { toldBus } from './told.ts';
import { toldRows, toldSweeper } from './told-rows.ts';

/** The name of the database in the data directory. */
export const databaseName = 'gatewarden.db';

/** The stores in SQLite, and the channel between the processes that share the file. */
export interface SqliteStores extends Stores {
  readonly bus: InvalidationBus;
}

/**
 * Opens all stores in one SQLite database: `dataDir`/gatewarden.db (default `./.gatewarden`), or in memory until `close()`.
 * Rejects with an `Error` that names path and reason when the file cannot be used; it is then left as it was.
 */
export async function openSqlite(options: SqliteOptions = {}): Promise<SqliteStores> {
  const { memory = false, dataDir = '.gatewarden', now } = options;
  if (memory) return storesIn(openMemory(), undefined, now).stores;
  const path = join(dataDir, databaseName);
  return storesIn(await openFile(path), path, now).stores;
}

export type SqliteOptions = Readonly<{
  dataDir?: string;
  memory?: boolean;
  /** The store's clock, in milliseconds since the epoch. Default: that of this machine. */
  now?: (() => number) | undefined;
}>;

/** How long rows that tell of changes are kept, in milliseconds: a process that slept longer invalidates everything. */
const toldKept = 10 * 60_000;

/** The stores on an open database, and the connection. */
export function storesIn(
  database: DatabaseSync,
  path: string | undefined,
  now: () => number = Date.now,
  layout: Layout = currentLayout,
): { stores: SqliteStores; db: Connection } {
  const db = connection(database, () => newerIn(database, layout));
  const writer = randomUUID();
  const bus = toldBus(db, writer);
  const place = path === undefined ? 'sqlite (memory)' : `sqlite (${path})`;
  const records = sqliteRecords({ db, now, told: toldRows(db, writer, now), snapshot: () => snapshotOf(db, path) });
  const sweepTold = toldSweeper(db);
  const stores: SqliteStores = {
    records,
    sessions: sessionStore(db),
    attempts: attemptStore(db),
    audit: auditStore(db),
    health: healthOf(db, path),
    bus,
    sweep: (limit) => db.write('relaxed', () => sweepTold(now() - toldKept, limit)),
    describe: () => ({ users: place, sessions: place }),
    async close() {
      bus.close();
      db.close();
    },
  };
  return { stores, db };
}
