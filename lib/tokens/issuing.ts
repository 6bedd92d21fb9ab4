import { SignJWT } from 'jose';
import { sha256 } from '../crypto/digest.ts';
import { randomBase62 } from '../crypto/random.ts';
import { createSession, type NewSessionDependencies } from '../services/new-session.ts';
import type { TokenPair } from '../services.ts';
import { publicClient } from '../stores/records/kinds/client.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import { accessTokenType } from './claims.ts';
import { passwordTypedAt } from './fresh-sign-in.ts';
import type { SigningKeys } from './keys.ts';

/** `issuer` is `iss` and `aud`. `clock` is in milliseconds since the epoch. */
type Signing = Readonly<{ keys: Pick<SigningKeys, 'current'>; issuer: string; clock: () => number }>;
type Starting = NewSessionDependencies &
  Readonly<{ settings: Readonly<{ refreshTokenLifetime: number }>; clock: () => number }>;

type NewSession = Pick<SessionRecord, 'method' | 'expiresAt'> & Partial<SessionRecord>;

/** Creates the session that access tokens stand on. */
export type StartSession = (user: Pick<UserRecord, 'id' | 'epoch'>, more: NewSession) => Promise<SessionRecord>;

/**
 * Who minted a token; the scopes that it has when they are not all of its owner's, separated by spaces; and the client that
 * it is issued to. Default: the public client, which people sign in with by themselves (RFC 9068 requires one).
 */
type MoreClaims = Readonly<{ act?: { sub: string }; scope?: string | undefined; clientId?: string | undefined }>;

/** Signs an access token of a session. `exp` is a whole second, so a token may end up to a second before its session. */
export type IssueAccessToken = (session: SessionRecord, expiresAt: number, more?: MoreClaims) => Promise<TokenPair>;

export function issuing({ keys, issuer, clock }: Signing): IssueAccessToken {
  return async function issue(session, expiresAt, { act, scope, clientId = publicClient } = {}) {
    const { kid, algorithm, key } = await keys.current();
    const exp = Math.floor(Math.min(expiresAt, session.expiresAt) / 1000);
    const typedAt = passwordTypedAt(session);
    const more = {
      ...(typedAt !== undefined && { auth_time: Math.floor(typedAt / 1000) }),
      ...(act && { act }),
      ...(scope !== undefined && { scope }),
    };
    const token = await new SignJWT({ client_id: clientId, sid: session.id, ...more })
      .setProtectedHeader({ alg: algorithm, typ: accessTokenType, kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(session.userId ?? '')
      .setJti(randomBase62(22))
      .setIssuedAt(Math.floor(clock() / 1000))
      .setExpirationTime(exp)
      .sign(key);
    return { token, expiresAt: exp * 1000, sessionId: session.id };
  };
}

export function starting(dependencies: Starting): StartSession {
  const { settings, clock } = dependencies;
  return async function start(user, more) {
    const now = clock();
    const session: SessionRecord = {
      id: sha256(randomBase62(40)),
      userId: user.id,
      epoch: user.epoch,
      kind: 'api',
      createdAt: now,
      lastSeenAt: now,
      idleAt: Math.min(more.expiresAt, now + settings.refreshTokenLifetime),
      remember: false,
      data: '{}',
      ...more,
    };
    await createSession(dependencies, session);
    return session;
  };
}
