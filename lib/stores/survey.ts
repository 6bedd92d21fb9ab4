import { existsSync } from 'node:fs';
import { compareSecretKey } from '../crypto/key-check.ts';
import { keyring, loadSecretKeys } from '../crypto/keyring.ts';
import { StoreUnavailableError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import { databaseFile, openStores } from './open.ts';
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
 * Opens the stores that the settings name, asks each, and closes them again. Makes nothing in them but the indexes of
 * MongoDB, and no file. A store that cannot be opened is told in `stores`; rejects with `SettingsError` for a
 * `SECRET_KEY` that is not the one they were made with.
 */
export async function surveyStores(settings: Settings): Promise<Survey> {
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
  const known = settings.secretKey !== undefined || notThereYet === undefined;
  if (known) await compareSecretKey(stores.facts, keyring(await loadSecretKeys(settings)));
  const adminNeeded = !(await stores.users.hasAdmin());
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

function unopened(error: Error): Survey['stores'][number] {
  if (!(error instanceof StoreUnavailableError)) return { store: 'sqlite', ok: false, problem: error.message };
  const problem = error.cause instanceof Error ? error.cause.message : error.message;
  return { store: error.store, ok: false, problem };
}
