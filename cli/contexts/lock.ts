import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, exit } from '../exit.ts';

/** How long to wait for another command, in milliseconds: longer than one waits for a server, twice. */
const patience = 30_000;

const busy = 5;

/**
 * Runs `act` while no other process runs one with the same lock file. Node has no `flock`; the lock of an empty SQLite file
 * is one of the operating system, which frees it when its process ends, however it ends.
 */
export async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  const lock = await acquired(path);
  try {
    return await act();
  } finally {
    lock.close();
  }
}

async function acquired(path: string): Promise<{ close(): void }> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const lock = await attempt(path);
    if (lock) return lock;
    await wait(20 + Math.random() * 30);
  }
  throw new CommandError(
    exit.failed,
    'locked',
    `Another gatewarden command has held ${path} for ${patience / 1000} s.`,
    [],
    'Wait for it to end, or end it, and repeat the command.',
  );
}

/** Returns `undefined` while another process has the lock, and when the file was removed or replaced meanwhile. */
async function attempt(path: string): Promise<{ close(): void } | undefined> {
  const before = await inodeOf(path);
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    if (before === (await stat(path)).ino) return database;
  } catch (error) {
    const isBusy = error instanceof Error && 'errcode' in error && error.errcode === busy;
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isBusy && !isGone) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

async function inodeOf(path: string): Promise<number> {
  await using file = await open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
  return (await file.stat()).ino;
}
