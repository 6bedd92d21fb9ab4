import type { InvalidationBus } from '../invalidation/bus.ts';
import { endSession } from '../services/ended-sessions.ts';
import { mayHaveSuccessor } from '../services/standing.ts';
import type { EndNamedSession, NamedSession } from '../services.ts';
import { endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { userKind } from '../stores/records/kinds/user.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';

type Dependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'records'>;
  bus: InvalidationBus;
  settings: Readonly<{ sessionLifetime: number }>;
  clock: () => number;
}>;

/** Returns the verb that ends a session which a credential of ours names. */
export function namedSessionEnder({ stores, bus, settings, clock }: Dependencies): EndNamedSession {
  const { records, sessions } = stores;

  /** A repeated "end all" whose telling failed: what the user's record says is told again. */
  async function tellOwner(userId: string | null | undefined): Promise<void> {
    const user = userId ? await records.get(userKind, userId) : undefined;
    if (user !== undefined) await bus.publish({ kind: 'user', id: user.id, version: user.version });
  }

  /** A session that got a new id a moment ago: the request was on its way with the cookie of before. */
  async function endSuccessor(session: SessionRecord, userId: string): Promise<void> {
    const user = await records.get(userKind, userId);
    if (!user?.kept || !mayHaveSuccessor(session, user, clock())) return;
    const successor = await sessions.find(user.kept.id, clock());
    if (successor !== undefined) await endSession({ stores, bus }, successor);
  }

  return async function endNamed({ id, userId, expiresAt = 0 }: NamedSession, { everywhere = false } = {}) {
    const now = clock();
    const session = await sessions.find(id, now);
    const lost = { id, userId, expiresAt: Math.max(expiresAt, now + settings.sessionLifetime) };
    const noted = everywhere && session === undefined ? await records.get(endedSessionKind, id) : undefined;
    await endSession({ stores, bus }, session ?? lost);
    if (session?.userId) await endSuccessor(session, session.userId);
    if (everywhere) await tellOwner(session?.userId ?? noted?.userId ?? userId);
  };
}
