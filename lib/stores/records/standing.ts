import type { SessionRecord } from '../sessions.ts';
import type { EndedSession, UserRecord } from './users.ts';

/** How many ended sessions a user's record keeps at most. */
export const mostEndedSessions = 1000;

/** The difference between the clocks of two instances that is allowed for, in milliseconds. */
const clockTolerance = 60_000;

/** For this long, in milliseconds, requests with the cookie of before may still arrive when a session got a new id. */
export const replacedFor = 60_000;

/**
 * Whether a session that no longer stands may go on under a new id: its user's epoch was raised by one, a moment ago. The
 * browser may hold the cookie of its successor already, so an answer must not clear it.
 */
export function mayHaveSuccessor(session: Pick<SessionRecord, 'id' | 'epoch'>, user: UserRecord, now: number): boolean {
  const age = now - user.updatedAt;
  const wasLast = user.state === 'active' && user.epoch === session.epoch + 1 && !isEnded(user, session.id);
  return wasLast && age >= 0 && age < replacedFor;
}

/**
 * Whether a session is still valid by its user's record: the user exists and is active, the epoch is the one at sign-in, and
 * the session was not ended. The user's record decides, whatever the session store says.
 */
export function sessionStands(
  session: Pick<SessionRecord, 'id' | 'userId' | 'epoch'>,
  user: UserRecord | undefined,
): user is UserRecord {
  if (user?.state !== 'active' || user.id !== session.userId || user.epoch !== session.epoch) return false;
  return !isEnded(user, session.id);
}

/** Whether this session of the user was ended before it expired. */
export function isEnded(user: Pick<UserRecord, 'ended'>, sessionId: string): boolean {
  return user.ended?.some(({ id }) => id === sessionId) === true;
}

/**
 * Returns the note for a session that ends now. It is kept until the session would have expired if it were used at this very
 * moment, since another instance may be recording a use.
 */
export function endedEarly(session: SessionRecord, now: number): EndedSession {
  const { id, expiresAt, idleAt, lastSeenAt } = session;
  return { id, until: Math.min(expiresAt, now + (idleAt - lastSeenAt) + clockTolerance) };
}

/** Returns the notes to keep: those in `kept` and `more` that are needed after `now`, each session once. */
export function endedWith(
  kept: UserRecord['ended'],
  more: readonly EndedSession[],
  now: number,
): readonly EndedSession[] | 'too-many' {
  const byId = new Map([...(kept ?? []), ...more].map((one) => [one.id, one]));
  const ended = [...byId.values()].filter(({ until }) => until > now);
  return ended.length > mostEndedSessions ? 'too-many' : ended;
}
