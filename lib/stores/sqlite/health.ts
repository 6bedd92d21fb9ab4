import { statSync } from 'node:fs';
import type { Stores } from '../stores.ts';
import type { Connection } from './connection.ts';

/** Milliseconds for which a write that succeeded proves that writing works: anybody may ask, as often as they like. */
const provenFor = 250;

/**
 * Writes a row, so that a full disk is not reported as ready; takes the write lock at least, so that a file which another
 * process has locked is not either; and checks that the path still is the open file, since writes to a removed one are lost.
 */
export function healthOf(db: Connection, path: string | undefined): Stores['health'] {
  const write = db.statement('INSERT OR REPLACE INTO probe (id, at) VALUES (1, ?)');
  const opened = path === undefined ? undefined : inodeOf(path);
  let provenAt = Number.NEGATIVE_INFINITY;

  async function prove(): Promise<void> {
    const now = performance.now();
    const isDue = now - provenAt > provenFor;
    await db.transaction('relaxed', () => isDue && write.run(Date.now()));
    if (isDue) provenAt = now;
  }

  return async () => {
    try {
      await prove();
      if (path !== undefined && inodeOf(path) !== opened) throw new Error('the database file was removed or replaced');
      return [{ store: 'sqlite', ok: true }];
    } catch (error) {
      return [{ store: 'sqlite', ok: false, problem: reasonOf(error) }];
    }
  };
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

/** What SQLite says: "database or disk is full", "database is locked". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
