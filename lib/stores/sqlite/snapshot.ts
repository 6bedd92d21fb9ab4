import { DatabaseSync } from 'node:sqlite';
import type { Records } from '../records/records.ts';
import { type Connection, connection } from './connection.ts';
import { recordReader } from './record-reader.ts';

/**
 * Reads the file through a connection of its own, in one read transaction: what others write meanwhile is not seen. A database
 * in memory has one connection only, so each page is read when it is asked for.
 */
export async function snapshotOf(db: Connection, path: string | undefined): ReturnType<Records['snapshot']> {
  if (path === undefined) return { ...recordReader(db), consistent: false, close: async () => undefined };
  const own = await db.read(() => connection(new DatabaseSync(path, { readOnly: true, timeout: 1000 })));
  // The view begins with the first read of the transaction.
  await own.read(() => {
    own.statement('BEGIN').run();
    own.statement('SELECT count(*) FROM sqlite_schema').get();
  });
  return { ...recordReader(own), consistent: true, close: async () => own.close() };
}
