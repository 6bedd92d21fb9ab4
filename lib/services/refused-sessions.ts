import { setImmediate as turn } from 'node:timers/promises';
import { refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionStore } from '../stores/sessions.ts';
import { removeRefreshFamily } from './ended-sessions.ts';
import { replacedFor } from './standing.ts';

type Dependencies = Readonly<{
  records: Records;
  sessions: Pick<SessionStore, 'find' | 'touch' | 'endAllOf'>;
}>;

/** The session that got a new id stays for a minute, refused: requests with its cookie must be told from others. */
async function letExpire({ records, sessions }: Dependencies, id: string): Promise<void> {
  const now = records.now();
  const session = await sessions.find(id, now);
  if (session) await sessions.touch(id, now, Math.min(now + replacedFor, session.expiresAt));
}

async function removeFamilies(records: Records, userId: string, sessionIds: ReadonlySet<string>): Promise<void> {
  let after: string | undefined;
  do {
    const query = { owner: userId, limit: 1000, ...(after !== undefined && { after }) };
    const page = await records.list(refreshFamilyKind, query);
    for (const { id } of page.items.filter((family) => sessionIds.has(family.id))) {
      await removeRefreshFamily(records, id);
      await turn();
    }
    after = page.next;
  } while (after !== undefined);
}

/**
 * Removes the sessions that a user's epoch refuses, and their refresh tokens. What was begun since the epoch was raised stays,
 * and so does the session that was kept.
 */
export async function removeRefused(stores: Dependencies, { id, epoch, kept }: UserRecord): Promise<void> {
  const current = kept?.epoch === epoch ? kept : undefined;
  if (current?.was !== undefined) await letExpire(stores, current.was);
  const keep = [current?.id, current?.was].filter((one) => one !== undefined);
  const ended = await stores.sessions.endAllOf(id, { from: epoch, keep });
  if (ended.length > 0) await removeFamilies(stores.records, id, new Set(ended));
}
