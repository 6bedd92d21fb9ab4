import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { userNamed } from '../services/named-user.ts';
import type { GateEvents, RecordEvent, SessionEnding, Sessions, SessionView } from '../services.ts';
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

/** A public id: a SHA-256 in base64url. Clients may send anything else. */
const idForm = /^[\w-]{43}$/;

/** `gate.sessions`. */
export function sessionsService(dependencies: SessionDependencies): Sessions {
  const { stores, bus, record, clock } = dependencies;

  /**
   * Noted on the user's record first: the session store may restart with old data. Caches and open sockets are
   * invalidated.
   */
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

  const recordEnd = (username: string, by: Actor | undefined, detail: GateEvents['session.ended']['detail']) =>
    record({
      event: 'session.ended',
      ...doneBy(by),
      subject: `user:${username}`,
      outcome: 'ok',
      detail,
    });

  const all = async (userId: string) => (await stores.sessions.listOf(userId, clock(), { limit: 1_000_000 })).items;

  async function list(username: string) {
    const user = await userNamed(stores.users, username);
    if (user === undefined) return { items: [] };
    // A session of an older epoch, or one noted as ended, is refused already, whatever the session store holds.
    const isValid = ({ id, epoch }: SessionRecord) => user.epoch === epoch && !isEnded(user, id);
    return { items: (await all(user.id)).filter(isValid).map(viewOf) };
  }

  async function end(username: string, sessionId: string, by?: Actor): Promise<Result<undefined>> {
    const user = await userNamed(stores.users, username);
    const session = await stores.sessions.find(sessionId, clock());
    // The store may have lost the session while caches still hold it.
    if (session === undefined && idForm.test(sessionId)) await bus.publish({ kind: 'session', id: sessionId });
    const isTheirs = user !== undefined && session?.userId === user.id;
    if (!isTheirs || (await endThese(user.id, [session])) === 0) return refused('not_found');
    await recordEnd(user.username, by, { session: sessionId });
    return ok(undefined);
  }

  async function endAll(username: string, { keep }: SessionEnding = {}, by?: Actor) {
    const user = await userNamed(stores.users, username);
    if (user === undefined) return refused('not_found');
    const sessions = (await all(user.id)).filter(({ id }) => id !== keep);
    const ended = await endThese(user.id, sessions);
    if (ended > 0) await recordEnd(user.username, by, { sessions: ended });
    return ok({ sessions: ended });
  }

  return { list, end, endAll };
}
