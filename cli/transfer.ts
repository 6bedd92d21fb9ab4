import { existsSync } from 'node:fs';
import type { Transfer } from '#gate';
import { type LocalOptions, settingsOf } from './environment.ts';
import { databaseOf, noStore } from './local.ts';

/** Does something with all that is durable. Starts nothing else: no key, no user, no fact is made. */
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
