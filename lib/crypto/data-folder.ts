import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes the data directory where it is not there (mode 0700). A new or empty one gets a `.gitignore` that covers all of
 * it: the secret key and the database must not be committed with the project that they stand in.
 * @throws the error of the file system when it cannot be made
 */
export function makeDataFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (readdirSync(path).length > 0) return;
  try {
    writeFileSync(join(path, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch {
    // Another process that starts with it was first, or the folder cannot be written to: whoever needs it says so.
  }
}
