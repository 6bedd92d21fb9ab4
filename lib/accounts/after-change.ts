import type { InvalidationBus } from '../invalidation/bus.ts';
import { removeRefused } from '../services/refused-sessions.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { Stores } from '../stores/stores.ts';
import type { UserChange } from './user-writer.ts';

type Dependencies = Readonly<{ stores: Pick<Stores, 'records' | 'sessions'>; bus: InvalidationBus }>;

/**
 * Tells every instance of a user's change, then removes what the change has ended. A repeated call tells again. Rejects with
 * `NotToldError` when the change could not be told.
 */
export async function followUp({ stores, bus }: Dependencies, { before, after }: UserChange): Promise<void> {
  await bus.publish({ kind: 'user', id: after.id, version: after.version });
  // What stays is refused by the user's record, and expires by itself.
  if (after.epoch !== before.epoch || after.state !== 'active')
    await removeRefused(stores, after).catch(() => undefined);
  if (after.state !== 'removed') return;
  await stores.records.removeAll(refreshFamilyKind, after.id);
  await stores.records.removeAll(apiTokenKind, after.id);
}
