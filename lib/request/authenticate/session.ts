import { sha256 } from '../../crypto/digest.ts';
import { mayHaveSuccessor, sessionIsValid, standingOfSession } from '../../services/standing.ts';
import { touchInterval } from '../../stores/records/last-use.ts';
import type { RecordReader } from '../../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache, LookUp } from './cache.ts';
import { marksOfSession } from './marks.ts';
import type { Principals, UserIdentity } from './principal.ts';
import { bad, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  sessions: Pick<SessionStore, 'find' | 'touch'>;
  records: RecordReader;
  principals: Principals;
  cache: CredentialCache;
  /** The secret session id in a signed cookie value; undefined when the signature is not valid. */
  sessionIdIn: (cookie: string) => string | undefined;
  idle: number;
  clock: () => number;
}>;

const unknown: LookUp = Object.freeze({ found: bad('invalid_token'), marks: [] });
const visitor: LookUp = Object.freeze({ found: Object.freeze({ kind: 'nobody' }), marks: [] });
const revoked = bad('token_revoked');
const replaced = Object.freeze({ ...revoked, keepCookie: true } as const);

/** Authenticates session cookies. A cached one costs no store call, except one a minute at most to write its last use. */
export function sessionAuthenticator(dependencies: Dependencies): (cookie: string) => Verdict | Promise<Verdict> {
  const { sessions, records, principals, cache, sessionIdIn, idle, clock } = dependencies;
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
    return entry;
  }

  function credentialOf(session: SessionRecord, user: UserIdentity): CachedCredential {
    const { id, expiresAt, roleCeiling: ceiling } = session;
    const principal = principals.ofUser(user, { via: 'session', sessionId: id, expiresAt, ceiling });
    const until = Math.min(expiresAt, session.idleAt);
    return { kind: 'principal', principal, until, touchAt: session.lastSeenAt + interval };
  }

  /** The session is read first, for it names its user. */
  async function lookUp(id: string): Promise<LookUp> {
    const session = await sessions.find(id, clock());
    if (session?.kind !== 'browser') return unknown;
    if (session.userId === null) return visitor;
    const standing = await standingOfSession(records, session);
    const marks = marksOfSession(session, standing);
    const now = clock();
    if (sessionIsValid(session, standing, now)) return { found: credentialOf(session, standing.user), marks };
    return { found: mayHaveSuccessor(session, standing.user, now) ? replaced : revoked, marks };
  }

  async function filled(cookie: string): Promise<Verdict> {
    const secretId = sessionIdIn(cookie);
    if (secretId === undefined) return unknown.found;
    const id = sha256(secretId);
    const found = await cache.fill('session', cookie, () => lookUp(id));
    return found.kind === 'principal' ? used(cookie, found, clock()) : found;
  }

  return function authenticateSession(cookie) {
    const now = clock();
    const entry = cache.get('session', cookie, now);
    return entry === undefined ? filled(cookie) : used(cookie, entry, now);
  };
}
