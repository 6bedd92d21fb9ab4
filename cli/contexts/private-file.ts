import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CommandError, exit } from '../exit.ts';

/** The longest file that is read, in bytes. */
const longest = 64 * 1024;

/** The error for a file that must be looked at by a person; exit code 5. */
export const badFile = (path: string, what: string, hint: string): CommandError =>
  new CommandError(exit.usage, 'bad_file', `${path} ${what}.`, [], hint);

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/**
 * Reads a file that only its owner should read; `undefined` when it is not there. `warn` is told of a mode that lets others
 * read it. Exit code 5 for a symbolic link, for what is no file, and for one that cannot be read.
 */
export async function readPrivate(path: string, warn: (text: string) => void): Promise<string | undefined> {
  const file = await opened(path);
  if (file === undefined) return undefined;
  await using _ = file;
  const stats = await file.stat();
  if (!stats.isFile() || stats.size > longest)
    throw badFile(path, 'is not a file of ours', `Look at it, and remove it: rm ${path}`);
  const mode = exposure(stats);
  if (mode) warn(`${path} ${mode}: chmod 600 ${path}`);
  return await file.readFile('utf8');
}

// Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP')
      throw badFile(path, 'is a symbolic link, which is not followed', 'Put the file itself there.');
    throw badFile(path, `cannot be read (${code})`, `See who may read it: ls -l ${path}`);
  }
}

/** What is wrong with who may read a file or a folder; `undefined` when only this user may. Windows has no such modes. */
export function exposure({ mode, uid }: Stats): string | undefined {
  if (process.platform === 'win32') return undefined;
  if ((mode & 0o077) !== 0) return `can be read or changed by others (mode ${(mode & 0o777).toString(8)})`;
  const own = process.getuid?.();
  return uid === own ? undefined : 'belongs to another user';
}
