import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { usage } from './exit.ts';

/**
 * Writes a file that only its owner may read (mode 0600), under a temporary name until it is whole and on disk: an interrupted
 * command leaves the file that was there.
 */
export async function writeWhole(
  path: string,
  write: (file: FileHandle, draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  const file = await open(draft, 'wx', 0o600).catch((error: Error) => {
    throw usage(`The file cannot be written: ${error.message}`);
  });
  try {
    await write(file, draft);
    await file.sync();
    await file.close();
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and its file systems do not need this.
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}
