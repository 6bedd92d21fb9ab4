import { SettingsError } from '../../errors.ts';
import type { Commands } from './commands.ts';
import { schemaVersion } from './scripts.ts';

/** The version of the keys in Redis and of what they hold. */
const knownVersion = 1;

/**
 * Notes the version in a Redis that holds none. Rejects with `SettingsError` when a newer Gatewarden has written there, and
 * when what is noted is no version.
 */
export async function checkSchema(commands: Commands, prefix: string, place: string): Promise<void> {
  const found = await commands.run(schemaVersion, `${prefix}schema`, knownVersion);
  const version = Number(found);
  if (Number.isSafeInteger(version) && version > 0 && version <= knownVersion) return;
  const problem = Number.isSafeInteger(version)
    ? `was written by a newer version of Gatewarden (its schema is ${version}, this version knows ${knownVersion})`
    : 'holds a schema version that is no number';
  throw new SettingsError([`REDIS_URL: redis at ${place}, with the prefix "${prefix}", ${problem}`]);
}
