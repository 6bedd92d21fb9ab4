import type { InvalidationBus } from '../invalidation/bus.ts';
import type { KeptSession } from '../services.ts';
import { replacedFor } from '../stores/records/standing.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';

type Dependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'refreshTokens'>;
  bus: InvalidationBus;
  clock: () => number;
}>;

/**
 * Publishes that the user changed, then deletes the sessions and refresh tokens that the new epoch has invalidated. The
 * session `keep` moves to the new epoch, if it belongs to the one before, and is returned. With `newId` only the returned
 * record carries the new epoch: the stored one stays, refused, while requests with its cookie may still arrive.
 */
export async function endCredentialsOf(
  { stores, bus, clock }: Dependencies,
  user: Readonly<{ id: string; epoch: number }>,
  keep?: KeptSession,
): Promise<SessionRecord | undefined> {
  await bus.publish({ kind: 'user', id: user.id });
  const now = clock();
  const kept = keep === undefined ? undefined : await stores.sessions.find(keep.sessionId, now);
  const carried = kept?.userId === user.id && kept.epoch === user.epoch - 1;
  if (carried && keep?.newId) await stores.sessions.touch(kept.id, now, Math.min(now + replacedFor, kept.expiresAt));
  else if (carried) await stores.sessions.restamp(kept.id, user.epoch);
  const ended = await stores.sessions.endAllOf(user.id, { keep: carried ? [kept.id] : [] });
  for (const id of ended) await stores.refreshTokens.endFamily(id);
  return carried ? { ...kept, epoch: user.epoch } : undefined;
}
