import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Stores } from '../stores.ts';
import { apiTokenStore } from './api-tokens.ts';
import { attemptStore } from './attempts.ts';
import { auditStore } from './audit.ts';
import { type Connection, connection } from './connection.ts';
import { factStore } from './facts.ts';
import { foreignChanges } from './foreign-change.ts';
import { keyStore } from './keys.ts';
import { openFile, openMemory } from './open.ts';
import { refreshTokenStore } from './refresh-tokens.ts';
import { sessionStore } from './sessions.ts';
import { transferStore } from './transfer.ts';
import { userStore } from './users.ts';

/** The name of the database in the data directory. */
export const databaseName = 'gatewarden.db';

/**
 * All stores in one SQLite database: `dataDir`/gatewarden.db (default `./.gatewarden`), or in memory, gone with `close()`.
 * Rejects with an `Error` that names the path and the reason when it cannot be used; the file is then left as it was.
 */
export async function openSqlite(options: { dataDir?: string; memory?: boolean } = {}): Promise<Stores> {
  if (options.memory === true) return storesIn(openMemory(), undefined).stores;
  const path = join(options.dataDir ?? '.gatewarden', databaseName);
  return storesIn(await openFile(path), path).stores;
}

/** The stores on an open database, and the connection they share. */
export function storesIn(database: DatabaseSync, path: string | undefined): { stores: Stores; db: Connection } {
  const db = connection(database);
  const changes = foreignChanges(db);
  const place = path === undefined ? 'sqlite (memory)' : `sqlite (${path})`;
  const stores: Stores = {
    users: userStore(db),
    sessions: sessionStore(db),
    tokens: apiTokenStore(db),
    refreshTokens: refreshTokenStore(db),
    keys: keyStore(db),
    facts: factStore(db),
    attempts: attemptStore(db),
    audit: auditStore(db),
    transfer: transferStore(db),
    health: healthOf(db, path),
    onForeignChange: changes.listen,
    describe: () => ({ users: place, sessions: place }),
    async close() {
      changes.stop();
      db.close();
    },
  };
  return { stores, db };
}

/**
 * Reads a page as one that might write, so that a database that somebody else holds is not called ready, and makes sure that
 * the file is still the one that is open: a removed one keeps nothing.
 */
function healthOf(db: Connection, path: string | undefined): Stores['health'] {
  const ask = db.statement('SELECT count(*) AS n FROM (SELECT 1 FROM facts LIMIT 1)');
  const opened = path === undefined ? undefined : statSync(path).ino;
  return async () => {
    try {
      await db.transaction('relaxed', () => ask.get());
      if (path !== undefined && inodeOf(path) !== opened) throw new Error('the database file was removed or replaced');
      return [{ store: 'sqlite', ok: true }];
    } catch (error) {
      return [{ store: 'sqlite', ok: false, problem: error instanceof Error ? error.message : 'unknown' }];
    }
  };
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;
