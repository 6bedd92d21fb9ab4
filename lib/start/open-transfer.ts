import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareSecretKey } from '../crypto/key-check.ts';
import { type Keyring, keyring, loadSecretKeys } from '../crypto/keyring.ts';
import type { Settings } from '../settings/settings.ts';
import { openStores } from '../stores/open.ts';
import { factsIn } from '../stores/records/facts.ts';
import { type ExportOptions, exported } from '../transfer/export.ts';
import { type ImportOptions, type ImportSummary, imported } from '../transfer/import.ts';
import { sealingOf } from '../transfer/sealing.ts';
import { ownLog } from './own-log.ts';

export type { ExportOptions, ImportOptions, ImportSummary };

/** Export and import of an installation's durable records, without starting it. */
export interface Transfer {
  /** Lines of JSON, each with its line end, several per chunk. */
  export(options?: ExportOptions): AsyncIterable<string>;
  /** Imports such lines. A stored record that differs is reported, and overwritten only with `replace`. */
  import(source: AsyncIterable<Uint8Array | string>, options?: ImportOptions): Promise<ImportSummary>;
  /** Where each kind is stored, for people. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Never creates a key: a new one could not open imported keys. */
async function keysOf(settings: Settings): Promise<Keyring | undefined> {
  const given = settings.secretKey !== undefined || existsSync(join(settings.dataDir, 'secret_key'));
  return given ? keyring(await loadSecretKeys(settings)) : undefined;
}

/**
 * Opens the stores that the settings name; the installation may be running. Rejects when a store cannot be opened, and with
 * `SettingsError` when `SECRET_KEY` is not the one that the stores were created with.
 */
export async function openTransfer(settings: Settings): Promise<Transfer> {
  const keys = await keysOf(settings);
  const { stores, bus } = await openStores(settings, ownLog(settings));
  const { records, audit } = stores;
  const close = () => stores.close();
  try {
    if (keys !== undefined) await compareSecretKey(factsIn(records), keys);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    export: (options) => exported({ records, audit }, options),
    async import(source, options) {
      try {
        return await imported({ records, audit, sealing: sealingOf(keys) }, source, options);
      } finally {
        // Also after a failure, for the records imported before it.
        await bus.publish({ kind: 'all', id: '' });
      }
    },
    describe: () => stores.describe(),
    close,
  };
}
