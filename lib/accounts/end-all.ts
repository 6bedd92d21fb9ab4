import type { InvalidationBus } from '../invalidation/bus.ts';
import type { Stores } from '../stores/stores.ts';

type Dependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'refreshTokens'>;
  bus: InvalidationBus;
  clock: () => number;
}>;

/**
 * Publishes that the user changed, then deletes the sessions and refresh tokens that the new epoch has invalidated. The
 * session `keep` (a public id) moves to the new epoch, if it belongs to the one before.
 */
export async function endCredentialsOf(
  { stores, bus, clock }: Dependencies,
  user: Readonly<{ id: string; epoch: number }>,
  keep?: string,
): Promise<void> {
  await bus.publish({ kind: 'user', id: user.id });
  const kept = keep === undefined ? undefined : await stores.sessions.find(keep, clock());
  const carried = kept?.userId === user.id && kept.epoch === user.epoch - 1;
  if (carried) await stores.sessions.restamp(kept.id, user.epoch);
  const ended = await stores.sessions.endAllOf(user.id, carried ? kept.id : undefined);
  for (const id of ended) await stores.refreshTokens.endFamily(id);
}
