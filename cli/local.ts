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

/** Who acts, for the audit log: whoever may write the store's file is an admin. No username holds a colon. */
export const commandActor = (): Actor => ({
  principal: { kind: 'user', id: 'command', name: `command:${osUser()}`, role: 'admin', scopes: [], via: 'command' },
});

/**
 * Does something on the stores themselves, without a server; gateways that run on them see the change within a second.
 * Where there is no store yet, one is made only with `makes`: a mistyped folder must not look like an empty one.
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

/** The same with settings that are there already. */
export async function onStoreOf<T>(
  resolved: Resolved,
  act: (gate: InternalGate) => Promise<T>,
  { makes = false }: { makes?: boolean } = {},
): Promise<T> {
  if (!makes && !storeExists(resolved.settings)) throw noStore(resolved.settings.dataDir);
  const { openGate } = await import('#gate');
  const gate = await openGate(resolved, { log: noLog });
  try {
    return await act(gate);
  } finally {
    await gate.close();
  }
}

/** Whether there is a store to work on: users that are in MongoDB need no file here. */
export const storeExists = ({ dataDir, mongodbUrl }: Resolved['settings']): boolean =>
  mongodbUrl !== undefined || existsSync(databaseOf(dataDir));

/** The file that holds everything in the data directory. */
export const databaseOf = (dataDir: string): string => join(dataDir, 'gatewarden.db');

/** A folder that holds no store. */
export const noStore = (dataDir: string) =>
  new CommandError(
    exit.refused,
    'not_found',
    `There is no store in ${dataDir}: set GATEWARDEN_DATA_DIR to where the gateway keeps its own, or make one with \`gatewarden superuser\`.`,
  );
