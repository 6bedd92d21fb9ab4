import { lstat, mkdtemp, open, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { randomBase62 } from '../crypto/random.ts';
import { SettingsError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';

/** Rejects with `SettingsError` where something is to be kept in a `DATA_DIR` that cannot be written. */
export async function checkDataDir({ dataDir, mongodbUrl, redisUrl, secretKey }: Settings): Promise<void> {
  if (mongodbUrl !== undefined && redisUrl !== undefined && secretKey !== undefined) return;
  const problem = await problemOfDataDir(dataDir);
  if (problem !== undefined) throw new SettingsError([problem]);
}

/**
 * What would keep a start from writing to the data directory, as a sentence; undefined when nothing does. It is tried, since
 * permission bits do not tell of read-only file systems, quotas or root: a file in the directory, or, where there is
 * none yet, a directory in the nearest one above it. Either is removed again at once.
 */
export async function problemOfDataDir(dataDir: string): Promise<string | undefined> {
  const path = resolve(dataDir);
  try {
    const nearest = await nearestAbove(path);
    await (nearest === path ? tryFile(path) : tryDirectory(nearest));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `DATA_DIR: "${dataDir}" cannot be written (${code}): make it a directory that this user may write to`;
  }
}

/** The path itself where something is there, else the nearest directory above it. */
async function nearestAbove(path: string): Promise<string> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined) return nearestAbove(dirname(path));
  // Of a link, what it leads to: a link to nothing can be no directory, and none can be made in its place.
  if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(path), { code: 'ENOTDIR' });
  return path;
}

const trial = '.gatewarden-check-';

async function tryFile(directory: string): Promise<void> {
  const path = join(directory, trial + randomBase62(12));
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write('0');
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

async function tryDirectory(above: string): Promise<void> {
  await rmdir(await mkdtemp(join(above, trial)));
}
