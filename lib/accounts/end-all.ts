import type { InvalidationBus } from '../invalidation/bus.ts';
import type { Stores } from '../stores/stores.ts';

/**
 * Tells everybody that the user changed, then clears away what their new epoch has already ended. The session `keep` is
 * carried over to the new epoch, if it was of the one before.
 */
export async function endCredentialsOf(
  parts: Readonly<{ stores: Pick<Stores, 'sessions' | 'refreshTokens'>; bus: InvalidationBus; clock: () => number }>,
  user: Readonly<{ id: string; epoch: number }>,
  keep?: string,
): Promise<void> {
  const { stores, bus, clock } = parts;
  await bus.publish({ kind: 'user', id: user.id });
  const kept = keep === undefined ? undefined : await stores.sessions.find(keep, clock());
  const carried = kept?.userId === user.id && kept.epoch === user.epoch - 1;
  if (carried) await stores.sessions.restamp(kept.id, user.epoch);
  const ended = await stores.sessions.endAllOf(user.id, carried ? kept.id : undefined);
  for (const id of ended) await stores.refreshTokens.endFamily(id);
}
