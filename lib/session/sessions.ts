import { NotToldError, ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { endSession, tellEnded } from '../services/ended-sessions.ts';
import { userWithName } from '../services/named-user.ts';
import { removeRefused } from '../services/refused-sessions.ts';
import { isOfEpoch } from '../services/standing.ts';
import { epochRaised, type Outliving } from '../services/user-epoch.ts';
import type {
  GateEvents,
  RecordEvent,
  SessionEnding,
  SessionQuery,
  Sessions,
  SessionView,
  UserSessionView,
} from '../services.ts';
import { endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import { pageSize } from '../stores/records/page.ts';
import type { Change, Versioned } from '../stores/records/records.ts';
import { cursorBehind, type SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor } from '../types.ts';

export type SessionDependencies = Readonly<{
  stores: Pick<Stores, 'sessions' | 'records'>;
  bus: InvalidationBus;
  record: RecordEvent;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

type User = Versioned<UserRecord>;

function viewOf(session: SessionRecord): SessionView {
  const { id, kind, method, createdAt, lastSeenAt, expiresAt, address, agent } = session;
  return Object.freeze({ id, kind, method, createdAt, lastSeenAt, expiresAt, address, agent });
}

/** A public id: a SHA-256 in base64url. Clients may send anything else. */
const idForm = /^[\w-]{43}$/;

/** Pages of the store that are read at most for a page of all users' sessions. */
const mostRead = 5;

/** Whether a page has all that was asked for, with one more to tell whether another page follows. */
const isFull = (found: readonly SessionRecord[], size: number) => found.length > size;

/** Records a change that was made, also when it could not be told. */
async function recorded(change: Promise<void>, record: () => Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (error instanceof NotToldError) await record();
    throw error;
  }
  await record();
}

/** `gate.sessions`. */
export function sessionsService(dependencies: SessionDependencies): Sessions {
  const { stores, bus, record, clock } = dependencies;
  const { records } = stores;

  const recordEnd = (username: string, by: Actor | undefined, detail: GateEvents['session.ended']['detail']) =>
    record({ event: 'session.ended', ...doneBy(by), subject: `user:${username}`, outcome: 'ok', detail });

  /** Those that are valid: one of an older epoch or noted as ended is refused, whatever the session store holds. */
  async function valid(user: User, sessions: readonly SessionRecord[]): Promise<readonly SessionRecord[]> {
    const current = sessions.filter((session) => isOfEpoch(session, user));
    if (current.length === 0) return [];
    const ids = current.map(({ id }) => id);
    const notes = await records.getMany(endedSessionKind, ids);
    return current.filter((_, at) => notes[at] === undefined);
  }

  async function list(username: string, { limit, cursor }: SessionQuery = {}) {
    const user = await userWithName(records, username);
    if (user === undefined) return { items: [] };
    const size = pageSize(limit);
    const found: SessionRecord[] = [];
    let after = cursor;
    do {
      const page = await stores.sessions.listOf(user.id, clock(), { limit: size + 1, after });
      found.push(...(await valid(user, page.items)));
      after = page.next;
    } while (after !== undefined && !isFull(found, size));
    const items = found.slice(0, size);
    const last = isFull(found, size) ? items.at(-1) : undefined;
    return { items: items.map(viewOf), ...(last && { next: cursorBehind(last) }) };
  }

  async function get(username: string, sessionId: string): Promise<UserSessionView | undefined> {
    const user = await userWithName(records, username);
    const session = await stores.sessions.find(sessionId, clock());
    if (user === undefined || session?.userId !== user.id) return undefined;
    const [found] = await validOfAll([session]);
    return found;
  }

  /** The owners of sessions who are there, by id. */
  async function ownersOf(sessions: readonly SessionRecord[]): Promise<ReadonlyMap<string, User>> {
    const ids = [...new Set(sessions.map(({ userId }) => userId).filter((id) => id !== null))];
    const users = ids.length === 0 ? [] : await records.getMany(userKind, ids);
    return new Map(users.filter((user) => user !== undefined).map((user) => [user.id, user]));
  }

  async function validOfAll(sessions: readonly SessionRecord[]): Promise<UserSessionView[]> {
    const owners = await ownersOf(sessions);
    const owned = sessions.map((session) => ({ session, user: owners.get(session.userId ?? '') }));
    const current = owned.filter(({ session, user }) => user?.state === 'active' && isOfEpoch(session, user));
    const ids = current.map(({ session }) => session.id);
    const notes = ids.length === 0 ? [] : await records.getMany(endedSessionKind, ids);
    const valid = current.filter((_, at) => notes[at] === undefined);
    return valid.map(({ session, user }) => Object.freeze({ ...viewOf(session), username: user?.username ?? '' }));
  }

  async function listAll({ limit, cursor }: SessionQuery = {}) {
    const size = pageSize(limit);
    const items: UserSessionView[] = [];
    let after = cursor;
    for (let read = 0; read < mostRead; read += 1) {
      const page = await stores.sessions.list(clock(), { limit: size - items.length, after });
      items.push(...(await validOfAll(page.items)));
      after = page.next;
      if (after === undefined || items.length === size) break;
    }
    return { items, ...(after !== undefined && { next: after }) };
  }

  async function end(username: string, sessionId: string, by?: Actor): Promise<Result<undefined>> {
    const user = await userWithName(records, username);
    const session = await stores.sessions.find(sessionId, clock());
    if (session === undefined) return endAgain(user, sessionId);
    if (user === undefined || session.userId !== user.id) return refused('not_found');
    await recorded(endSession({ stores, bus }, session), () => recordEnd(user.username, by, { session: sessionId }));
    return ok(undefined);
  }

  /** A session that has ended is told again; one that the store has lost may be in caches. */
  async function endAgain(user: User | undefined, sessionId: string): Promise<Result<undefined>> {
    if (!idForm.test(sessionId)) return refused('not_found');
    const note = await records.get(endedSessionKind, sessionId);
    await tellEnded(bus, [sessionId]);
    return user !== undefined && note?.userId === user.id ? ok(undefined) : refused('not_found');
  }

  /** The session of the user with this id, if it is to outlive the others. */
  async function outliving(user: User, id: string | undefined): Promise<Outliving | undefined> {
    const session = id === undefined ? undefined : await stores.sessions.find(id, clock());
    return session?.userId === user.id ? session : undefined;
  }

  async function raiseEpoch(user: User, keep: Outliving | undefined): Promise<User | undefined> {
    const changed = await records.change(
      userKind,
      user.id,
      (found, now): Change<UserRecord, undefined> =>
        found === undefined || found.state === 'removed'
          ? { kind: 'keep', answer: undefined }
          : { kind: 'put', record: epochRaised(found, keep, now), answer: undefined },
    );
    if (changed.kind !== 'done' || changed.record?.state === 'removed') return undefined;
    return changed.record;
  }

  async function endAll(username: string, { keep }: SessionEnding = {}, by?: Actor) {
    const user = await userWithName(records, username);
    if (user === undefined) return refused('not_found');
    const kept = await outliving(user, keep);
    const signedIn = await stores.sessions.countOf(user.id, clock());
    const raised = await raiseEpoch(user, kept);
    if (raised === undefined) return refused('not_found');
    const sessions = Math.max(0, signedIn - (kept === undefined ? 0 : 1));
    // What stays is refused by the epoch, and expires by itself.
    removeRefused(stores, raised).catch(() => undefined);
    const telling = bus.publish({ kind: 'user', id: raised.id, version: raised.version });
    await recorded(telling, () => recordEnd(raised.username, by, { sessions }));
    return ok({ sessions });
  }

  return { list, get, listAll, count: () => stores.sessions.count(clock()), end, endAll };
}
