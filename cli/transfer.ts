import { existsSync } from 'node:fs';
import type { Transfer } from '#gate';
import { type LocalOptions, settingsOf } from './environment.ts';
import { databaseOf, noStore } from './local.ts';

/** Opens the stores for an export or an import, and closes them afterwards. Creates no key and no user. */
export async function onTransfer<T>(
  options: LocalOptions,
  act: (transfer: Transfer) => Promise<T>,
  { makes }: { makes: boolean },
): Promise<T> {
  const { settings } = settingsOf(options, 'command', { logLevel: 'silent' });
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
