import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { makeDataFolder } from '../../crypto/data-folder.ts';
import { patience } from './connection.ts';
import { isBusy, problemWith } from './inspect.ts';
import { migrate } from './migrations.ts';

const startTimeout = 5000;

/** Opens a database in memory, which lives as long as the connection. */
export function openMemory(): DatabaseSync {
  const database = new DatabaseSync(':memory:', { timeout: patience.usual });
  migrate(database);
  return database;
}

/**
 * Opens the database file, with a write-ahead log and the current schema. Creates it when missing: the directory with mode
 * 0700, the file with 0600. Rejects with an `Error` that names file and reason; the file is then left as it was.
 */
export async function openFile(path: string): Promise<DatabaseSync> {
  reachable(path);
  const patience = Date.now() + startTimeout;
  for (;;) {
    try {
      return opened(path);
    } catch (error) {
      // Another starting process may have it locked; the busy timeout does not cover the switch to WAL.
      if (!isBusy(error) || Date.now() > patience) throw unusable(path, error);
      await wait(50);
    }
  }
}

function opened(path: string): DatabaseSync {
  const problem = existsSync(path) ? problemWith(path) : undefined;
  if (problem !== undefined) throw new Error(`${problem}. It was left as it is.`);
  return prepared(path);
}

function reachable(path: string): void {
  const directory = dirname(path);
  try {
    makeDataFolder(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`the data directory ${directory} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
  try {
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw unusable(path, error);
  }
}

function prepared(path: string): DatabaseSync {
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: patience.usual });
  try {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
    if (mode !== 'wal') throw new Error('its file system does not support the write-ahead log');
    database.exec('PRAGMA journal_size_limit = 67108864');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Before the first write, since SQLite creates the write-ahead log with the mode of the file. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'it, or something above it, is not a directory',
  EEXIST: 'it is not a directory',
  EISDIR: 'it is a directory',
  ENOSPC: 'the disk is full',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

const unusable = (path: string, error: unknown) =>
  new Error(`${path} cannot be used: ${reasonOf(error)}`, { cause: error });
