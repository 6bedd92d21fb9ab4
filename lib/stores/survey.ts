import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareSecretKey, secretKeyFact } from '../crypto/key-check.ts';
import { keyring, loadSecretKeys } from '../crypto/keyring.ts';
import { SettingsError, StoreUnavailableError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import { checkDataDir } from './data-dir.ts';
import { databaseFile, openStores } from './open.ts';
import { type FactStore, factsIn } from './records/facts.ts';
import { adminsKind } from './records/kinds/admins.ts';
import type { Stores } from './stores.ts';

/** What the stores of an installation are like. */
export interface Survey {
  readonly stores: Awaited<ReturnType<Stores['health']>>;
  /** Which store holds what, as the start-up line says it; empty where one cannot be opened. */
  readonly places: Readonly<Record<string, string>>;
  /** There is no active admin yet. */
  readonly adminNeeded: boolean;
}

const silent = () => undefined;
const noLog = { debug: silent, info: silent, warn: silent, error: silent };

/**
 * Opens the stores that the settings name, checks each, and closes them again. Creates no file, and nothing in the stores
 * except MongoDB's indexes, the version of the schema, and what proves that they take a write. A store that cannot be opened is
 * reported in `stores`; rejects with `SettingsError` for a `DATA_DIR` that cannot be written, and for a `SECRET_KEY` that is
 * missing or not the one they were made with.
 */
export async function surveyStores(settings: Settings): Promise<Survey> {
  await checkDataDir(settings);
  const path = await databaseFile(settings.dataDir);
  const isNew = !existsSync(path);
  try {
    const { stores } = await openStores(settings, noLog, { memory: isNew });
    return await askAll(stores, settings, isNew ? path : undefined).finally(() => stores.close());
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'SettingsError') throw error;
    return { stores: [unopened(error)], places: {}, adminNeeded: false };
  }
}

async function askAll(stores: Stores, settings: Settings, notThereYet: string | undefined): Promise<Survey> {
  const health = await stores.health();
  await compareKeys(factsIn(stores.records), settings);
  const admins = await stores.records.get(adminsKind, 'admins');
  const adminNeeded = admins === undefined || admins.members.length === 0;
  if (notThereYet === undefined) return { stores: health, places: stores.describe(), adminNeeded };
  const said = Object.entries(stores.describe()).map(([what, place]) => [
    what,
    place.startsWith('sqlite') ? `sqlite (${notThereYet}), made by the first start` : place,
  ]);
  return {
    stores: health.filter(({ store }) => store !== 'sqlite'),
    places: Object.fromEntries(said),
    adminNeeded,
  };
}

/** Reads the key and makes none: a new one would not be that of a store which is there already. */
async function compareKeys(facts: FactStore, settings: Settings): Promise<void> {
  const path = join(settings.dataDir, 'secret_key');
  const isThere = settings.secretKey !== undefined || existsSync(path);
  if (isThere) return compareSecretKey(facts, keyring(await loadSecretKeys(settings)));
  if ((await facts.get(secretKeyFact)) === undefined) return;
  throw new SettingsError([`SECRET_KEY: "${path}" is gone, which holds the key that the store was made with`]);
}

function unopened(error: Error): Survey['stores'][number] {
  if (!(error instanceof StoreUnavailableError)) return { store: 'sqlite', ok: false, problem: error.message };
  const problem = error.cause instanceof Error ? error.cause.message : error.message;
  return { store: error.store, ok: false, problem };
}
