import type { MaybePromise } from '../../and-then.ts';
import { sha256 } from '../../crypto/digest.ts';
import type { Result } from '../../errors.ts';
import { sessionIsValid, standingOfSession } from '../../services/standing.ts';
import type { AccessTokenClaims } from '../../services.ts';
import type { RecordReader } from '../../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache, LookUp } from './cache.ts';
import { marksOfSession } from './marks.ts';
import type { Principals, UserIdentity } from './principal.ts';
import { bad, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  verify: (token: string) => Promise<Result<AccessTokenClaims>>;
  sessions: Pick<SessionStore, 'find'>;
  records: RecordReader;
  principals: Principals;
  cache: CredentialCache;
  clock: () => number;
}>;

const revoked = bad('token_revoked');

const belongs = (session: SessionRecord | undefined, claims: AccessTokenClaims): session is SessionRecord =>
  session?.kind === 'api' && session.userId === claims.sub;

/**
 * Authenticates access tokens: verifies the signature, then the session, which revocation ends. A cached token skips
 * both.
 */
export function accessTokenAuthenticator(dependencies: Dependencies): (token: string) => MaybePromise<Verdict> {
  const { verify, sessions, records, principals, cache, clock } = dependencies;

  function credentialOf(claims: AccessTokenClaims, session: SessionRecord, user: UserIdentity): CachedCredential {
    const expiresAt = claims.exp * 1000;
    const { id: sessionId, roleCeiling: ceiling } = session;
    const limits = { via: 'access-token', sessionId, expiresAt, scopes: claims.scopes, ceiling } as const;
    const until = Math.min(expiresAt, session.expiresAt, session.idleAt);
    return { kind: 'principal', principal: principals.ofUser(user, limits), until, touchAt: Number.POSITIVE_INFINITY };
  }

  async function lookUp(token: string): Promise<LookUp> {
    const verified = await verify(token);
    if (!verified.ok) return { found: bad(verified.refusal.code), marks: [] };
    const session = await sessions.find(verified.value.sid, clock());
    if (!belongs(session, verified.value)) return { found: revoked, marks: [] };
    const standing = await standingOfSession(records, session);
    const marks = marksOfSession(session, standing);
    if (!sessionIsValid(session, standing, clock())) return { found: revoked, marks };
    return { found: credentialOf(verified.value, session, standing.user), marks };
  }

  return function authenticateAccessToken(token) {
    const key = sha256(token);
    return cache.get('access-token', key, clock()) ?? cache.fill('access-token', key, () => lookUp(token));
  };
}
