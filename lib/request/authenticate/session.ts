import { sha256 } from '../../crypto/digest.ts';
import { sessionStands } from '../../stores/records/standing.ts';
import type { UserStore } from '../../stores/records/users.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache } from './cache.ts';
import type { Principals } from './principal.ts';
import { bad, good, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  sessions: SessionStore;
  users: UserStore;
  principals: Principals;
  known: CredentialCache;
  /** The secret session id in a signed cookie value; undefined when the signature is not ours. */
  sessionIdIn: (cookie: string) => string | undefined;
  idle: number;
  clock: () => number;
}>;

/** Last use is written at most this often: every minute, or a tenth of the idle time when that is shorter. */
export const touchInterval = (idle: number): number => Math.min(60_000, Math.floor(idle / 10));

/** Judges session cookies. A known one costs no store call, but for its last use once a minute. */
export function sessionAuthenticator(dependencies: Dependencies): (cookie: string) => Verdict | Promise<Verdict> {
  const { sessions, users, principals, known, sessionIdIn, idle, clock } = dependencies;
  const interval = touchInterval(idle);

  async function touch(cookie: string, entry: CachedCredential, now: number): Promise<Verdict> {
    entry.touchAt = now + interval;
    const alive = await sessions.touch(entry.principal.sessionId ?? '', now, now + idle);
    if (!alive) {
      known.drop(cookie);
      return bad('token_revoked');
    }
    entry.until = Math.min(entry.principal.expiresAt ?? 0, now + idle);
    return good(entry.principal);
  }

  async function ownerOf(session: SessionRecord, userId: string): Promise<CachedCredential | undefined> {
    const user = await users.byId(userId);
    if (!sessionStands(session, user)) return undefined;
    const { id, expiresAt, roleCeiling: ceiling } = session;
    const principal = principals.ofUser(user, { via: 'session', sessionId: id, expiresAt, ceiling });
    return { principal, until: Math.min(expiresAt, session.idleAt), touchAt: session.lastSeenAt + interval };
  }

  async function lookUp(cookie: string, now: number): Promise<Verdict> {
    const secretId = sessionIdIn(cookie);
    if (secretId === undefined) return bad('invalid_token');
    let verdict: Verdict = bad('invalid_token');
    const entry = await known.fill(cookie, async () => {
      const session = await sessions.find(sha256(secretId), now);
      if (session?.kind !== 'browser') return undefined;
      verdict = session.userId === null ? { kind: 'nobody' } : bad('token_revoked');
      return session.userId === null ? undefined : ownerOf(session, session.userId);
    });
    if (entry === undefined) return verdict;
    return now >= entry.touchAt ? touch(cookie, entry, now) : good(entry.principal);
  }

  return function authenticateSession(cookie) {
    const now = clock();
    const entry = known.get('session', cookie, now);
    if (entry === undefined) return lookUp(cookie, now);
    return now >= entry.touchAt ? touch(cookie, entry, now) : good(entry.principal);
  };
}
