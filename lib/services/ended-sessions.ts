import type { InvalidationBus } from '../invalidation/bus.ts';
import { type EndedSessionRecord, endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';

/** The difference between the clocks of two instances that is allowed for, in milliseconds. */
const clockTolerance = 60_000;

/**
 * A session that ends before its time. Without its idle time it is noted until `expiresAt`, the latest time at which it can be
 * over. `userId`: absent when the session store does not know the session.
 */
export type EndingSession = Pick<SessionRecord, 'id' | 'expiresAt'> &
  Partial<Pick<SessionRecord, 'kind' | 'userId' | 'idleAt' | 'lastSeenAt'>>;

type Dependencies = Readonly<{
  stores: Readonly<{ records: Records; sessions: Pick<SessionStore, 'end'> }>;
  bus: InvalidationBus;
}>;

/**
 * The note of a session that ends now. It is kept until the session would have been over if another instance were recording a
 * use at this very moment.
 */
export function noteOf(session: EndingSession, now: number): EndedSessionRecord {
  const { id, userId, expiresAt, idleAt = Number.POSITIVE_INFINITY, lastSeenAt = 0 } = session;
  const until = Math.min(expiresAt, now + (idleAt - lastSeenAt)) + clockTolerance;
  return { id, ...(userId && { userId }), endedAt: now, until };
}

/**
 * Writes durably that sessions are ended, whatever the session store says: it may restart with old data. A session that is
 * noted already keeps its note. Returns how many were not noted before. `now` is the store's clock. Rejects with
 * `StoreUnavailableError`.
 */
export async function noteEnded(
  records: Pick<Records, 'addMany'>,
  ending: EndingSession | readonly EndingSession[],
  now: number,
): Promise<number> {
  const sessions = 'id' in ending ? [ending] : ending;
  if (sessions.length === 0) return 0;
  const notes = sessions.map((session) => noteOf(session, now));
  const outcomes = await records.addMany(endedSessionKind, notes);
  return outcomes.filter(({ kind }) => kind === 'added').length;
}

/** Tells every instance that sessions have ended. Their notes are written once, so the version is 1. */
export const tellEnded = (bus: InvalidationBus, ids: readonly string[]): Promise<void> =>
  bus.publish(ids.map((id) => ({ kind: 'session', id, version: 1 })));

/** Removes the refresh tokens of a session. */
export async function removeRefreshFamily(records: Pick<Records, 'change'>, sessionId: string): Promise<void> {
  await records.change(refreshFamilyKind, sessionId, (family) =>
    family === undefined ? { kind: 'keep', answer: undefined } : { kind: 'remove', answer: undefined },
  );
}

/**
 * Ends a session before its time: notes it durably, tells every instance, then removes it and its refresh tokens. Also for one
 * that the session store does not know, and for one that has ended: it is told again. Rejects with `NotToldError` when it was
 * noted and not told.
 */
export async function endSession({ stores, bus }: Dependencies, session: EndingSession): Promise<void> {
  if (session.userId === null) return endVisit({ stores, bus }, session.id);
  await noteEnded(stores.records, session, stores.records.now());
  await tellEnded(bus, [session.id]);
  // What stays is refused by the note, and expires by itself.
  await removeSession(stores, session).catch(() => undefined);
}

async function removeSession(
  { records, sessions }: Dependencies['stores'],
  { id, kind }: EndingSession,
): Promise<void> {
  await sessions.end(id);
  if (kind !== 'browser') await removeRefreshFamily(records, id);
}

/** A visitor's session gives no rights, so it is not noted. */
async function endVisit({ stores, bus }: Dependencies, id: string): Promise<void> {
  await stores.sessions.end(id);
  await tellEnded(bus, [id]);
}
