import { sha256 } from '../../crypto/digest.ts';
import { touchInterval } from '../../stores/records/last-use.ts';
import { mayHaveSuccessor, sessionStands } from '../../stores/records/standing.ts';
import type { UserRecord, UserStore } from '../../stores/records/users.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache } from './cache.ts';
import type { Principals } from './principal.ts';
import { bad, good, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  sessions: SessionStore;
  users: UserStore;
  principals: Principals;
  cache: CredentialCache;
  /** The secret session id in a signed cookie value; undefined when the signature is not valid. */
  sessionIdIn: (cookie: string) => string | undefined;
  idle: number;
  clock: () => number;
}>;

function revoked(session: SessionRecord, user: UserRecord | undefined, now: number): Verdict {
  const keepCookie = user !== undefined && mayHaveSuccessor(session, user, now);
  return { ...bad('token_revoked'), ...(keepCookie && { keepCookie }) };
}

/** Authenticates session cookies. A cached one costs no store call, except one a minute at most to write its last use. */
export function sessionAuthenticator(dependencies: Dependencies): (cookie: string) => Verdict | Promise<Verdict> {
  const { sessions, users, principals, cache, sessionIdIn, idle, clock } = dependencies;
  const interval = touchInterval(idle);

  /**
   * Not awaited: a store that cannot write neither delays nor fails a request. If the last use is not written, the session
   * ends as if it had not been used.
   */
  function touch(cookie: string, entry: CachedCredential, now: number): void {
    entry.touchAt = now + interval;
    sessions.touch(entry.principal.sessionId ?? '', now, now + idle).then(
      (alive) => {
        if (alive) entry.until = Math.min(entry.principal.expiresAt ?? 0, now + idle);
        else cache.drop(cookie);
      },
      () => undefined,
    );
  }

  function used(cookie: string, entry: CachedCredential, now: number): Verdict {
    if (now >= entry.touchAt) touch(cookie, entry, now);
    return good(entry.principal);
  }

  function ownerOf(session: SessionRecord, user: UserRecord): CachedCredential {
    const { id, expiresAt, roleCeiling: ceiling } = session;
    const principal = principals.ofUser(user, { via: 'session', sessionId: id, expiresAt, ceiling });
    return { principal, until: Math.min(expiresAt, session.idleAt), touchAt: session.lastSeenAt + interval };
  }

  async function lookUp(cookie: string, now: number): Promise<Verdict> {
    const secretId = sessionIdIn(cookie);
    if (secretId === undefined) return bad('invalid_token');
    let verdict: Verdict = bad('invalid_token');
    const entry = await cache.fill(cookie, async () => {
      const session = await sessions.find(sha256(secretId), now);
      if (session?.kind !== 'browser') return undefined;
      const user = session.userId === null ? undefined : await users.byId(session.userId);
      if (sessionStands(session, user)) return ownerOf(session, user);
      verdict = session.userId === null ? { kind: 'nobody' } : revoked(session, user, now);
      return undefined;
    });
    if (entry === undefined) return verdict;
    return used(cookie, entry, now);
  }

  return function authenticateSession(cookie) {
    const now = clock();
    const entry = cache.get('session', cookie, now);
    if (entry === undefined) return lookUp(cookie, now);
    return used(cookie, entry, now);
  };
}
