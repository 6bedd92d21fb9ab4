import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from 'gatewarden';
import { type LocalOptions, settingsOf } from '../environment.ts';
import { usage } from '../exit.ts';
import { databaseOf, noStore, storeExists } from '../local.ts';
import type { Output } from '../output.ts';
import type { Globals } from '../shared-options.ts';
import { writeWhole } from '../whole-file.ts';

/**
 * `backup`: copies the SQLite file as it is at one moment, while gateways run on it. Asks before it replaces a file, or wants
 * `--yes`. Exit code 5 where everything durable is in MongoDB.
 */
export async function backup(file: string, options: LocalOptions, { yes }: Globals, out: Output): Promise<void> {
  const { settings } = settingsOf(options, 'command');
  if (settings.mongodbUrl !== undefined) throw inMongo();
  if (!storeExists(settings)) throw noStore(settings.dataDir);
  await mayWrite(file, databaseOf(settings.dataDir), yes);
  const { backUpDatabase } = await import('#gate');
  await writeWhole(file, (_, draft) => backUpDatabase(settings.dataDir, draft));
  const { size } = await stat(file);
  for (const text of leftOut(settings)) out.note(text);
  out.one({ file, bytes: String(size) }, { file, bytes: size });
}

const inMongo = () =>
  usage(
    'Users and everything durable are in MongoDB, and this copies SQLite: use `mongodump` or your provider’s snapshots, see docs/backup.md.',
  );

async function mayWrite(file: string, database: string, yes: boolean): Promise<void> {
  const there = await realpath(file).catch(() => undefined);
  if (there === undefined) return;
  if (there === (await realpath(database))) throw usage('The file is the database itself: name another one.');
  const { sure } = await import('../prompts.ts');
  await sure(`Replace ${file}?`, yes);
}

/** What else must be kept. */
function leftOut({ dataDir, secretKey, redisUrl }: Settings): string[] {
  const key = `The secret key is not in it: keep ${join(dataDir, 'secret_key')} too.`;
  const sessions = 'Sessions are in Redis, and are not in it.';
  return [...(secretKey === undefined ? [key] : []), ...(redisUrl === undefined ? [] : [sessions])];
}
