import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '../errors.ts';
import { makeDataFolder } from './data-folder.ts';
import { randomBase62 } from './random.ts';
import { makeSecretKey, problemOfSecretKey } from './secret-key.ts';

const remedy = 'or give the key as GATEWARDEN_SECRET_KEY';

/**
 * Loads the secret keys, newest first: those of the settings, else the ones in `dataDir/secret_key`, a comma-separated list
 * like the setting. Creates the file when missing (mode 0600, atomically; of processes that start together one creates it).
 *
 * Rejects with `SettingsError` when the file cannot be created or read, is readable by other users, or has no valid key.
 */
export async function loadSecretKeys(settings: {
  readonly secretKey: readonly string[] | undefined;
  readonly dataDir: string;
}): Promise<readonly string[]> {
  if (settings.secretKey) return settings.secretKey;
  const path = join(settings.dataDir, 'secret_key');
  return (await keysIn(path)) ?? (await makeKeyFile(settings.dataDir, path));
}

/** What `makeDataFolder` throws is a rejection. */
const makeFolder = async (path: string): Promise<void> => makeDataFolder(path);

async function makeKeyFile(dataDir: string, path: string): Promise<readonly string[]> {
  await makeFolder(dataDir).catch(refuse(`DATA_DIR: "${dataDir}" cannot be made`));
  await writeOnce(dataDir, path).catch(refuse(`DATA_DIR: no secret key can be written to "${dataDir}"`));
  const keys = await keysIn(path);
  if (!keys) throw new SettingsError([`DATA_DIR: "${path}" went away while it was being made`]);
  return keys;
}

/** Writes a temporary file and links it into place: readers see the whole key, and an existing file stays. */
async function writeOnce(dataDir: string, path: string): Promise<void> {
  const draft = `${path}.${randomBase62(12)}`;
  await writeDurably(draft, `${makeSecretKey()}\n`);
  try {
    await link(draft, path).catch(unless('EEXIST'));
  } finally {
    await unlink(draft);
  }
  await syncFolder(dataDir);
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and its file systems do not need this.
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

async function keysIn(path: string): Promise<readonly string[] | undefined> {
  const text = await readFile(path, 'utf8')
    .catch(unless('ENOENT'))
    .catch(refuse(`DATA_DIR: "${path}" cannot be read`));
  if (text === undefined) return undefined;
  await refuseSharedFile(path);
  const keys = text
    .trim()
    .split(',')
    .map((key) => key.trim());
  const problem = keys.map(problemOfSecretKey).find(Boolean);
  if (problem) throw new SettingsError([`DATA_DIR: "${path}" holds no good secret key: ${problem}`]);
  return Object.freeze(keys);
}

async function refuseSharedFile(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const seen = (mode & 0o777).toString(8).padStart(4, '0');
  throw new SettingsError([
    `DATA_DIR: "${path}" may be used by others (mode ${seen}): allow its owner alone (chmod 600), ${remedy}`,
  ]);
}

function unless(code: string) {
  return (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error;
    return undefined;
  };
}

function refuse(what: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw new SettingsError([`${what} (${error.code ?? error.message}): make it writable for this user, ${remedy}`], {
      cause: error,
    });
  };
}
