import type { InvalidationBus } from '../invalidation/bus.ts';
import type { RecordEvent, Sessions, SessionView } from '../services.ts';
import { endedEarly, isEnded } from '../stores/records/standing.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor } from '../types.ts';

export type SessionDependencies = Readonly<{
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

/** A SHA-256 in base64url: what a client sends may be anything. */
const idForm = /^[\w-]{43}$/;

/** `gate.sessions`: those of a user, by their public ids. */
export function sessionsService(dependencies: SessionDependencies): Sessions {
  const { stores, bus, record, clock } = dependencies;

  /** First on the user's record, for the store of sessions may come back with old data; caches and open sockets let go. */
  async function endThese(userId: string, sessions: readonly SessionRecord[]): Promise<number> {
    const now = clock();
    const early = sessions.map((session) => endedEarly(session, now));
    if (early.length > 0) await stores.users.noteEnded(userId, early, now);
    let ended = 0;
    for (const { id } of sessions) ended += (await endOne(id)) ? 1 : 0;
    return ended;
  }

  async function endOne(id: string): Promise<boolean> {
    const ended = await stores.sessions.end(id);
    await bus.publish({ kind: 'session', id });
    await stores.refreshTokens.endFamily(id);
    return ended;
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
      // Of an older epoch, or ended: refused already, whatever this store remembers.
      const alive = ({ id, epoch }: SessionRecord) => user?.epoch === epoch && !isEnded(user, id);
      return (await stores.sessions.listOf(userId, clock())).filter(alive).map(viewOf);
    },
    async end(userId, sessionId, by) {
      const session = await stores.sessions.find(sessionId, clock());
      // Its store may have lost it, and caches believe it still.
      if (session === undefined && idForm.test(sessionId)) await bus.publish({ kind: 'session', id: sessionId });
      if (session?.userId !== userId || (await endThese(userId, [session])) === 0) return false;
      await tell(userId, by, { session: sessionId });
      return true;
    },
    async endAllOf(userId, { keep, by } = {}) {
      const sessions = (await stores.sessions.listOf(userId, clock())).filter(({ id }) => id !== keep);
      const ended = await endThese(userId, sessions);
      if (ended > 0) await tell(userId, by, { sessions: ended });
      return ended;
    },
  };
}
