import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Actor } from 'gatewarden';
import type { InternalGate } from '#gate';
import type { Resolved } from '#settings';
import { type LocalOptions, settingsOf } from './environment.ts';
import { CommandError, exit } from './exit.ts';

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** The actor for the audit log. Who may write to the store is an admin. A username cannot contain a colon, so the name is unique. */
export const commandActor = (): Actor => ({
  principal: { kind: 'user', id: 'command', name: `command:${osUser()}`, role: 'admin', scopes: [], via: 'command' },
});

/**
 * Opens the stores, calls `act` and closes them. Running gateways see changes within a second. A store that does not
 * exist is created only with `makes`, so that a mistyped folder is an error and not an empty store.
 */
export function onStore<T>(
  options: LocalOptions,
  act: (gate: InternalGate) => Promise<T>,
  store: { makes?: boolean } = {},
): Promise<T> {
  return onStoreOf(settingsOf(options, 'command'), act, store);
}

const silent = () => undefined;
const noLog = { debug: silent, info: silent, warn: silent, error: silent };

/** The same for settings that are loaded already. */
export async function onStoreOf<T>(
  resolved: Resolved,
  act: (gate: InternalGate) => Promise<T>,
  { makes = false }: { makes?: boolean } = {},
): Promise<T> {
  if (!makes && !storeExists(resolved.settings)) throw noStore(resolved.settings.dataDir);
  const { openGate } = await import('#gate');
  const gate = await openGate(resolved, { log: noLog, serves: false });
  try {
    return await act(gate);
  } finally {
    await gate.close();
  }
}

/** Whether there is a store. Users in MongoDB need no file in the data directory. */
export const storeExists = ({ dataDir, mongodbUrl }: Resolved['settings']): boolean =>
  mongodbUrl !== undefined || existsSync(databaseOf(dataDir));

/** The path of the SQLite file in the data directory. */
export const databaseOf = (dataDir: string): string => join(dataDir, 'gatewarden.db');

/** The error for a data directory without a store. */
export const noStore = (dataDir: string) =>
  new CommandError(
    exit.refused,
    'not_found',
    `There is no store in ${dataDir}: set GATEWARDEN_DATA_DIR to where the gateway keeps its own, or make one with \`gatewarden superuser\`.`,
  );
