import { SignJWT } from 'jose';
import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62, tokenIsWellFormed } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { AccessTokenClaims, AccessTokens, Caller, RecordEvent, TokenPair } from '../services.ts';
import type { RefreshTokenRecord } from '../stores/records/refresh-tokens.ts';
import { endedEarly, sessionStands } from '../stores/records/standing.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor, Ladder, Principal } from '../types.ts';
import { accessTokenType, accessTokenVerifier } from './claims.ts';
import { freshSignIns, passwordTypedAt } from './fresh-sign-in.ts';
import type { SigningKeys } from './keys.ts';

export type AccessTokenDependencies = Readonly<{
  keys: SigningKeys;
  /** `iss` and `aud`. */
  issuer: string;
  stores: Pick<Stores, 'users' | 'sessions' | 'refreshTokens'>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  settings: Readonly<{
    accessTokenLifetime: number;
    refreshTokenLifetime: number;
    sessionLifetime: number;
    confirmWithin: number;
  }>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** The `client_id` of tokens that people sign in for themselves (RFC 9068 requires one). */
const ownClient = 'gatewarden';
const longestMint = 30 * 24 * 60 * 60 * 1000;
/** For this long, in milliseconds, reuse of a refresh token counts as a retry after a lost answer, not as theft. */
const grace = 10_000;

type Refreshed = TokenPair & Readonly<{ user: UserRecord }>;

/** Access and refresh tokens. Each sign-in has a session record of its own, and ending that session ends its tokens. */
export function accessTokens(
  dependencies: AccessTokenDependencies,
): AccessTokens & { verify(token: string): Promise<Result<AccessTokenClaims>> } {
  const { keys, issuer, stores, bus, record, ladder, settings, clock } = dependencies;

  async function newSession(user: UserRecord, more: Partial<SessionRecord> & { method: string; expiresAt: number }) {
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
    await stores.sessions.create(session);
    return session;
  }

  /** `exp` is a whole second, so a token may end up to a second before its session. */
  async function issue(session: SessionRecord, expiresAt: number, act?: { sub: string }): Promise<TokenPair> {
    const { kid, algorithm, key } = await keys.current();
    const exp = Math.floor(Math.min(expiresAt, session.expiresAt) / 1000);
    const typedAt = passwordTypedAt(session);
    const authTime = typedAt === undefined ? {} : { auth_time: Math.floor(typedAt / 1000) };
    const token = await new SignJWT({ client_id: ownClient, sid: session.id, ...authTime, ...(act && { act }) })
      .setProtectedHeader({ alg: algorithm, typ: accessTokenType, kid })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(session.userId ?? '')
      .setJti(randomBase62(22))
      .setIssuedAt(Math.floor(clock() / 1000))
      .setExpirationTime(exp)
      .sign(key);
    return { token, expiresAt: exp * 1000, sessionId: session.id };
  }

  function newRefreshToken(session: SessionRecord): { refreshToken: string; kept: RefreshTokenRecord } {
    const refreshToken = makeToken('gwr_');
    const now = clock();
    const kept = {
      hash: sha256(refreshToken),
      sessionId: session.id,
      userId: session.userId ?? '',
      createdAt: now,
      expiresAt: Math.min(now + settings.refreshTokenLifetime, session.expiresAt),
    };
    return { refreshToken, kept };
  }

  async function signIn(user: UserRecord, { address, agent }: Caller): Promise<TokenPair> {
    const expiresAt = clock() + settings.sessionLifetime;
    const session = await newSession(user, { method: 'password', expiresAt, address, agent: agent?.slice(0, 512) });
    const { refreshToken, kept } = newRefreshToken(session);
    await stores.refreshTokens.create(kept);
    return { ...(await issue(session, clock() + settings.accessTokenLifetime)), refreshToken };
  }

  /** When the minter's credential ends; `Infinity` for a session and for a token without an expiry. */
  async function endOf({ via, expiresAt, sessionId }: Principal): Promise<number> {
    if (via === 'api-token') return expiresAt ?? Number.POSITIVE_INFINITY;
    if (via !== 'access-token') return Number.POSITIVE_INFINITY;
    const session = await stores.sessions.find(sessionId ?? '', clock());
    return session?.method === 'password' ? Number.POSITIVE_INFINITY : (session?.expiresAt ?? 0);
  }

  /** Mints a token whose role is at most the minter's and which ends no later than the minter's token. */
  async function mint(user: UserRecord, options: { ttl: number; roleCeiling?: string | undefined }, by: Actor) {
    const { ttl, roleCeiling = user.role } = options;
    if (!(ttl > 0)) throw new TypeError('"ttl" must be a positive number of milliseconds');
    const { principal, address, agent } = by;
    const expiresAt = Math.min(clock() + Math.min(ttl, longestMint), await endOf(principal));
    const ceiling = principal.via === 'command' ? roleCeiling : ladder.lower(roleCeiling, principal.role);
    const session = await newSession(user, { method: 'minted', expiresAt, roleCeiling: ceiling, address, agent });
    const pair = await issue(session, expiresAt, { sub: principal.id });
    const detail = { minted: true as const, role: ceiling, minutes: Math.round((expiresAt - clock()) / 60_000) };
    const subject = `user:${user.username}`;
    const { name: actor, via } = principal;
    await record({ event: 'token.created', actor, via, address, agent, subject, outcome: 'ok', detail });
    return pair;
  }

  async function endFamily(sessionId: string, caller: Caller): Promise<void> {
    const now = clock();
    const session = await stores.sessions.find(sessionId, now);
    const user = session?.userId ? await stores.users.byId(session.userId) : undefined;
    if (session && user) await stores.users.noteEnded(user.id, [endedEarly(session, now)], now);
    await stores.sessions.end(sessionId);
    await bus.publish({ kind: 'session', id: sessionId });
    await stores.refreshTokens.endFamily(sessionId);
    const actor = user?.username ?? '';
    await record({
      event: 'token.revoked',
      actor,
      via: 'none',
      ...caller,
      subject: `session:${sessionId}`,
      outcome: 'reused',
    });
  }

  /** The session and user of a refresh token; `undefined` unless both are still valid. */
  async function footing({ sessionId, userId }: RefreshTokenRecord) {
    const session = await stores.sessions.find(sessionId, clock());
    const user = await stores.users.byId(userId);
    return session && sessionStands(session, user) ? { session, user } : undefined;
  }

  /** Refuses a token that is not live; one that was spent before ends its sign-in. The dummy is never stored. */
  async function refuseSpent(hash: string, caller: Caller): Promise<ReturnType<typeof refused>> {
    const now = clock();
    const nothing = { hash: sha256(randomBase62(40)), sessionId: '', userId: '', createdAt: now, expiresAt: now };
    const outcome = await stores.refreshTokens.rotate(hash, nothing, now);
    if (outcome.kind === 'reused' && now - outcome.usedAt > grace) await endFamily(outcome.sessionId, caller);
    return refused('invalid_token');
  }

  async function refresh(refreshToken: string, caller: Caller): Promise<Result<Refreshed>> {
    if (!tokenIsWellFormed(refreshToken, 'gwr_')) return refused('invalid_token');
    const hash = sha256(refreshToken);
    const found = await stores.refreshTokens.find(hash, clock());
    if (found === undefined) return refuseSpent(hash, caller);
    const standing = await footing(found);
    if (standing === undefined) {
      await stores.refreshTokens.endFamily(found.sessionId);
      return refused('invalid_token');
    }
    return rotate(hash, standing);
  }

  async function rotate(hash: string, { session, user }: { session: SessionRecord; user: UserRecord }) {
    const next = newRefreshToken(session);
    const now = clock();
    // A concurrent request has spent it: within the grace, so only invalid.
    const outcome = await stores.refreshTokens.rotate(hash, next.kept, now);
    if (outcome.kind !== 'rotated') return refused('invalid_token');
    await stores.sessions.touch(session.id, now, next.kept.expiresAt);
    const pair = await issue(session, now + settings.accessTokenLifetime);
    return ok({ ...pair, refreshToken: next.refreshToken, user });
  }

  const isFresh = freshSignIns({ sessions: stores.sessions, within: settings.confirmWithin, clock });
  return { signIn, mint, refresh, isFresh, verify: accessTokenVerifier({ keys, issuer, clock }) };
}
