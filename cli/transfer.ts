import { existsSync } from 'node:fs';
import type { Transfer } from '#gate';
import { loadSettings } from '#settings';
import { readEnvironment } from './environment.ts';
import { databaseOf, type LocalOptions, noStore } from './local.ts';

/** Does something with all that is durable. Starts nothing else: no key, no user, no fact is made. */
export async function onTransfer<T>(
  options: LocalOptions,
  act: (transfer: Transfer) => Promise<T>,
  { makes }: { makes: boolean },
): Promise<T> {
  readEnvironment(options.envFile);
  const { settings } = loadSettings({ env: process.env, given: { logLevel: 'silent' }, applies: 'command' });
  if (!makes && settings.mongodbUrl === undefined && !existsSync(databaseOf(settings.dataDir))) {
    throw noStore(settings.dataDir);
  }
  const { openTransfer } = await import('#gate');
  const transfer = await openTransfer(settings);
  try {
    return await act(transfer);
  } finally {
    await transfer.close();
  }
}
