import { sha256 } from '../../crypto/digest.ts';
import type { ErrorCode, Result } from '../../errors.ts';
import type { AccessTokenClaims } from '../../services.ts';
import { sessionStands } from '../../stores/records/standing.ts';
import type { UserStore } from '../../stores/records/users.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache } from './cache.ts';
import type { Principals } from './principal.ts';
import { bad, good, type Verdict } from './verdict.ts';

type Dependencies = Readonly<{
  verify: (token: string) => Promise<Result<AccessTokenClaims>>;
  sessions: SessionStore;
  users: UserStore;
  principals: Principals;
  cache: CredentialCache;
  clock: () => number;
}>;

const belongs = (session: SessionRecord | undefined, claims: AccessTokenClaims): session is SessionRecord =>
  session?.kind === 'api' && session.userId === claims.sub;

/**
 * Authenticates access tokens: verifies the signature, then the session, which revocation ends. A cached token skips
 * both.
 */
export function accessTokenAuthenticator(dependencies: Dependencies): (token: string) => Promise<Verdict> {
  const { verify, sessions, users, principals, cache, clock } = dependencies;

  async function holderOf(claims: AccessTokenClaims, now: number): Promise<CachedCredential | undefined> {
    const session = await sessions.find(claims.sid, now);
    if (!belongs(session, claims)) return undefined;
    const user = await users.byId(claims.sub);
    if (!sessionStands(session, user)) return undefined;
    const principal = principals.ofUser(user, {
      via: 'access-token',
      sessionId: session.id,
      expiresAt: claims.exp * 1000,
      scopes: claims.scopes,
      ceiling: session.roleCeiling,
    });
    return { principal, until: Math.min(claims.exp * 1000, session.expiresAt, session.idleAt), touchAt: 0 };
  }

  return async function authenticateAccessToken(token) {
    const now = clock();
    const key = sha256(token);
    const entry = cache.get('access-token', key, now);
    if (entry !== undefined) return good(entry.principal);
    const verified = await verify(token);
    if (!verified.ok) return bad(verified.refusal.code);
    const revoked: ErrorCode = 'token_revoked';
    const found = await cache.fill(key, () => holderOf(verified.value, now));
    return found === undefined ? bad(revoked) : good(found.principal);
  };
}
