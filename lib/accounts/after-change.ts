import type { InvalidationBus } from '../invalidation/bus.ts';
import { replacedFor } from '../services/standing.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { Stores } from '../stores/stores.ts';
import type { UserChange } from './user-writer.ts';

type Dependencies = Readonly<{ stores: Pick<Stores, 'records' | 'sessions'>; bus: InvalidationBus }>;

/** How many refresh tokens are looked up at a time. */
const atOnce = 500;

async function removeFamilies(records: Records, sessionIds: readonly string[]): Promise<void> {
  for (let at = 0; at < sessionIds.length; at += atOnce) {
    const families = await records.getMany(refreshFamilyKind, sessionIds.slice(at, at + atOnce));
    for (const family of families) {
      if (family) await records.change(refreshFamilyKind, family.id, () => ({ kind: 'remove', answer: undefined }));
    }
  }
}

/** The session that got a new id stays for a minute, refused: requests with its cookie must be told from others. */
async function letExpire({ records, sessions }: Dependencies['stores'], id: string): Promise<void> {
  const now = records.now();
  const session = await sessions.find(id, now);
  if (session) await sessions.touch(id, now, Math.min(now + replacedFor, session.expiresAt));
}

/** Removes the sessions that the user's epoch refuses. What was begun since has the new epoch, and stays. */
async function removeEnded(stores: Dependencies['stores'], { id, epoch, kept }: UserRecord): Promise<void> {
  const { records, sessions } = stores;
  const keep = kept === undefined ? [] : [kept.id, ...(kept.was === undefined ? [] : [kept.was])];
  if (kept?.was !== undefined) await letExpire(stores, kept.was);
  const ended = await sessions.endAllOf(id, { from: epoch, keep });
  if (kept !== undefined) await sessions.restamp(kept.id, epoch);
  await removeFamilies(records, ended);
}

/**
 * Tells every instance of a user's change, then removes what the change has ended. A repeated call tells again. Rejects with
 * `NotToldError` when the change could not be told.
 */
export async function followUp({ stores, bus }: Dependencies, { before, after }: UserChange): Promise<void> {
  await bus.publish({ kind: 'user', id: after.id, version: after.version });
  if (after.epoch !== before.epoch || after.state !== 'active') await removeEnded(stores, after);
  if (after.state !== 'removed') return;
  await stores.records.removeAll(refreshFamilyKind, after.id);
  await stores.records.removeAll(apiTokenKind, after.id);
}
