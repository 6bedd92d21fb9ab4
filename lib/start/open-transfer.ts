import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareSecretKey } from '../crypto/key-check.ts';
import { type Keyring, keyring, loadSecretKeys } from '../crypto/keyring.ts';
import type { Settings } from '../settings/settings.ts';
import { openStores } from '../stores/open.ts';
import { type ExportOptions, exported } from '../transfer/export.ts';
import { type ImportOptions, type ImportSummary, imported } from '../transfer/import.ts';
import { sealingOf } from '../transfer/sealing.ts';
import { ownLog } from './own-log.ts';

export type { ExportOptions, ImportOptions, ImportSummary };

/** Everything durable of an installation, out of its stores and into them, without starting anything else. */
export interface Transfer {
  /** Lines of JSON, some at a time, each with its line end. */
  export(options?: ExportOptions): AsyncIterable<string>;
  /** Such lines. What is there and the same is left; what differs is told, and overwritten only with `replace`. */
  import(source: AsyncIterable<Uint8Array | string>, options?: ImportOptions): Promise<ImportSummary>;
  /** Which store holds what. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** None is made: a new one would open nothing of what comes. */
async function keysOf(settings: Settings): Promise<Keyring | undefined> {
  const given = settings.secretKey !== undefined || existsSync(join(settings.dataDir, 'secret_key'));
  return given ? keyring(await loadSecretKeys(settings)) : undefined;
}

/**
 * Opens the stores of the settings, those of a running installation too. Rejects with `SettingsError` for a `SECRET_KEY`
 * that is not the one of the stores, and when a store cannot be opened.
 */
export async function openTransfer(settings: Settings): Promise<Transfer> {
  const keys = await keysOf(settings);
  const { stores, bus } = await openStores(settings, ownLog(settings));
  const { transfer, facts } = stores;
  const close = () => stores.close();
  try {
    if (keys !== undefined) await compareSecretKey(facts, keys);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    export: (options) => exported(transfer, options),
    async import(source, options) {
      try {
        return await imported({ store: transfer, sealing: sealingOf(keys, facts) }, source, options);
      } finally {
        // Also for what came in before it failed.
        await bus.publish({ kind: 'all', id: '' });
      }
    },
    describe: () => stores.describe(),
    close,
  };
}
