import type { SessionRecord } from '../sessions.ts';
import type { EndedSession, UserRecord } from './users.ts';

/** So many ended sessions are kept on a user's record. */
const mostEnded = 1000;

/** Clocks of instances may differ by so much, in milliseconds. */
const tolerance = 60_000;

/**
 * Whether a session is its user's still: the user is there and active, no change of theirs has ended what they held, and it
 * was not ended by itself. Their record decides, whatever the store of sessions says.
 */
export function sessionStands(
  session: Pick<SessionRecord, 'id' | 'userId' | 'epoch'>,
  user: UserRecord | undefined,
): user is UserRecord {
  if (user?.state !== 'active' || user.id !== session.userId || user.epoch !== session.epoch) return false;
  return !isEnded(user, session.id);
}

/** Whether this session of the user was ended before its time. */
export function isEnded(user: Pick<UserRecord, 'ended'>, sessionId: string): boolean {
  return user.ended?.some(({ id }) => id === sessionId) === true;
}

/**
 * What a user's record keeps of a session that ends now: until it would have ended by not being used, were this moment its
 * last use, for another instance may be noting one.
 */
export function endedEarly(session: SessionRecord, now: number): EndedSession {
  const { id, expiresAt, idleAt, lastSeenAt } = session;
  return { id, until: Math.min(expiresAt, now + (idleAt - lastSeenAt) + tolerance) };
}

/** The ended sessions to keep: those that are not over by `now`, and `more`, each once. */
export function endedWith(
  kept: UserRecord['ended'],
  more: readonly EndedSession[],
  now: number,
): readonly EndedSession[] | 'too-many' {
  const byId = new Map([...(kept ?? []), ...more].map((one) => [one.id, one]));
  const ended = [...byId.values()].filter(({ until }) => until > now);
  return ended.length > mostEnded ? 'too-many' : ended;
}
