import type { InvalidationBus } from '../invalidation/bus.ts';
import type { RecordEvent, Sessions, SessionView } from '../services.ts';
import type { SessionRecord, Stores } from '../stores/contracts.ts';
import type { Actor } from '../types.ts';

export type SessionParts = Readonly<{
  stores: Pick<Stores, 'sessions' | 'refreshTokens' | 'users'>;
  bus: InvalidationBus;
  record: RecordEvent;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

function viewOf(session: SessionRecord): SessionView {
  const { id, kind, method, createdAt, lastSeenAt, expiresAt, address, agent } = session;
  return Object.freeze({ id, kind, method, createdAt, lastSeenAt, expiresAt, address, agent });
}

/** `gate.sessions`: those of a user, by their public ids. */
export function sessionsService(parts: SessionParts): Sessions {
  const { stores, bus, record, clock } = parts;

  /** After the store has ended it: caches and open sockets let go, and what refreshed it is void. */
  async function ended(id: string): Promise<void> {
    await bus.publish({ kind: 'session', id });
    await stores.refreshTokens.endFamily(id);
  }

  const tell = (userId: string, by: Actor | undefined, detail: Record<string, string | number>) =>
    record({
      event: 'session.ended',
      actor: by?.principal.name ?? '',
      via: by?.principal.via ?? 'none',
      address: by?.address,
      agent: by?.agent,
      subject: `user:${userId}`,
      outcome: 'ok',
      detail,
    });

  return {
    async listOf(userId) {
      const user = await stores.users.byId(userId);
      // Of an older epoch: refused already, whatever this store remembers.
      const alive = (session: SessionRecord) => session.epoch === user?.epoch;
      return (await stores.sessions.listOf(userId, clock())).filter(alive).map(viewOf);
    },
    async end(userId, sessionId, by) {
      const session = await stores.sessions.find(sessionId, clock());
      if (session?.userId !== userId || !(await stores.sessions.end(sessionId))) return false;
      await ended(sessionId);
      await tell(userId, by, { session: sessionId });
      return true;
    },
    async endAllOf(userId, { keep, by } = {}) {
      const ids = await stores.sessions.endAllOf(userId, keep);
      for (const id of ids) await ended(id);
      if (ids.length > 0) await tell(userId, by, { sessions: ids.length });
      return ids.length;
    },
  };
}
