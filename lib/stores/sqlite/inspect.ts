import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { applicationId, formerApplicationId } from './layout.ts';
import { newerIn, versionOf } from './migrations.ts';

const magic = 'SQLite format 3\0';

/** The integrity check of a larger file would delay the start; damage shows when the page is read. */
const wholeCheckBytes = 64 * 1024 * 1024;

/**
 * Checks an existing file before anything is written to it. Returns the reason why it cannot be used, or `undefined`.
 * Throws while another process has it locked.
 */
export function problemWith(path: string): string | undefined {
  if (statSync(path).size === 0) return undefined;
  if (!hasHeader(path)) return 'it is not an SQLite database';
  const database = new DatabaseSync(withoutTraces(path), { readOnly: true, timeout: 1000 });
  try {
    return foreign(database) ?? damage(database, statSync(path).size);
  } catch (error) {
    if (isBusy(error)) throw error;
    return `it is damaged (${error instanceof Error ? error.message : 'unreadable'})`;
  } finally {
    database.close();
  }
}

/** The result codes BUSY (5) and LOCKED (6), with their extended forms. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  const code = Number(error.errcode) & 0xff;
  return code === 5 || code === 6;
}

function hasHeader(path: string): boolean {
  const head = Buffer.alloc(magic.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, magic.length, 0);
  } finally {
    closeSync(file);
  }
  return head.toString('latin1') === magic;
}

/** Opens it without creating files beside it when no other process has it open (there is no write-ahead log). */
function withoutTraces(path: string): URL {
  const url = pathToFileURL(path);
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1');
  return url;
}

function foreign(database: DatabaseSync): string | undefined {
  const id = database.prepare('PRAGMA application_id').get()?.application_id;
  if (id === formerApplicationId) return 'it was written by Gatewarden 0.1.0, whose files this version cannot read';
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  const isNew = tables === 0 && versionOf(database) === 0;
  if (id !== applicationId && !isNew) return 'it is the database of another application';
  return newerIn(database);
}

function damage(database: DatabaseSync, size: number): string | undefined {
  if (size > wholeCheckBytes) return undefined;
  const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  return found === 'ok' ? undefined : `it is damaged (${found})`;
}
