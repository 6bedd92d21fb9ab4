import type { MaybePromise } from '../../and-then.ts';
import { sha256 } from '../../crypto/digest.ts';
import type { Result } from '../../errors.ts';
import { grantIsValid, standingOfGrant } from '../../services/grants.ts';
import { endOfClient, limitsOfClient } from '../../services/makers.ts';
import { sessionIsValid, standingOfSession } from '../../services/standing.ts';
import type { AccessTokenClaims, ClientTokenClaims, UserTokenClaims } from '../../services.ts';
import type { RecordReader } from '../../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../../stores/sessions.ts';
import type { CachedCredential, CredentialCache, LookUp } from './cache.ts';
import { marksOfGrant, marksOfSession } from './marks.ts';
import { type Principals, standOn, type UserIdentity } from './principal.ts';
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

const belongs = (session: SessionRecord | undefined, claims: UserTokenClaims): session is SessionRecord =>
  session?.kind === 'api' && session.userId === claims.sub;

const never = Number.POSITIVE_INFINITY;

/**
 * Authenticates access tokens: verifies the signature, then what can end the token before it expires: a user's session, or a
 * client's record. A cached token skips both.
 */
export function accessTokenAuthenticator(dependencies: Dependencies): (token: string) => MaybePromise<Verdict> {
  const { verify, sessions, records, principals, cache, clock } = dependencies;

  function credentialOf(claims: UserTokenClaims, session: SessionRecord, user: UserIdentity): CachedCredential {
    const expiresAt = claims.exp * 1000;
    const { id: sessionId, roleCeiling: ceiling } = session;
    const limits = { via: 'access-token', sessionId, expiresAt, scopes: claims.scopes, ceiling } as const;
    const until = Math.min(expiresAt, session.expiresAt, session.idleAt);
    return { kind: 'principal', principal: principals.ofUser(user, limits), until, touchAt: never };
  }

  async function lookUpUser(claims: UserTokenClaims): Promise<LookUp> {
    const session = await sessions.find(claims.sid, clock());
    if (!belongs(session, claims)) return { found: revoked, marks: [] };
    const standing = await standingOfSession(records, session);
    const marks = marksOfSession(session, standing);
    if (!sessionIsValid(session, standing, clock())) return { found: revoked, marks };
    return { found: credentialOf(claims, session, standing.user), marks };
  }

  async function lookUpClient(claims: ClientTokenClaims): Promise<LookUp> {
    const standing = await standingOfGrant(records, claims);
    const marks = marksOfGrant(claims, standing);
    if (!grantIsValid(claims, standing, clock())) return { found: revoked, marks };
    const { client } = standing;
    const expiresAt = Math.min(claims.exp * 1000, endOfClient(client, standing));
    const { roles, scopes } = limitsOfClient(client, standing);
    const principal = principals.ofClient(client.id, { roles, scopes: [claims.scopes, ...scopes], expiresAt });
    standOn(principal, claims);
    return { found: { kind: 'principal', principal, until: expiresAt, touchAt: never }, marks };
  }

  async function lookUp(token: string): Promise<LookUp> {
    const verified = await verify(token);
    if (!verified.ok) return { found: bad(verified.refusal.code), marks: [] };
    return verified.value.kind === 'user' ? lookUpUser(verified.value) : lookUpClient(verified.value);
  }

  return function authenticateAccessToken(token) {
    const key = sha256(token);
    return cache.get('access-token', key, clock()) ?? cache.fill('access-token', key, () => lookUp(token));
  };
}
