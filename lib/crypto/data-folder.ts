import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Creates the data directory (mode 0700) if it does not exist. A new or empty one gets a `.gitignore` that ignores everything
 * in it: the secret key and the database must not be committed with the project around them.
 * @throws the error of the file system when it cannot be created
 */
export function makeDataFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (readdirSync(path).length > 0) return;
  try {
    writeFileSync(join(path, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // Another process has created the file, or the folder is not writable, which is reported when it is first used.
  }
}
