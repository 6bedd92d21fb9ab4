import type { SessionRecord, SessionStore } from '../stores/sessions.ts';
import type { Principal } from '../types.ts';

/** The difference between the clocks of two instances that is allowed for, in milliseconds. */
const clockTolerance = 60_000;

/** Sessions that begin when a password is typed: for a sign-in, or to approve a device. */
const typedMethods: ReadonlySet<string> = new Set(['password', 'device']);

/**
 * When the password was typed that began the session of an access token (`auth_time`), in milliseconds since the epoch;
 * undefined for a minted token, and for a device that was approved without a password. Refreshing and last use leave it as it
 * is.
 */
export function passwordTypedAt({ kind, method, createdAt }: SessionRecord): number | undefined {
  return kind === 'api' && typedMethods.has(method) ? createdAt : undefined;
}

type Dependencies = Readonly<{ sessions: Pick<SessionStore, 'find'>; within: number; clock: () => number }>;

/**
 * Returns a function that checks whether an access token comes from a password typed at most `within` milliseconds ago. It
 * reads the session from the store, so it is called only for calls that need confirmation.
 */
export function freshSignIns(dependencies: Dependencies): (principal: Principal) => Promise<boolean> {
  const { sessions, within, clock } = dependencies;

  return async function isFresh({ id, via, sessionId }) {
    if (via !== 'access-token' || sessionId === undefined) return false;
    const now = clock();
    const session = await sessions.find(sessionId, now);
    if (session?.userId !== id) return false;
    const typedAt = passwordTypedAt(session);
    if (typedAt === undefined) return false;
    // A sign-in in the future: the clock was set back, so its age cannot be known.
    return now - typedAt >= -clockTolerance && now - typedAt <= within;
  };
}
