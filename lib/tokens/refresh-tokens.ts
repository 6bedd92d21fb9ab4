import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62, tokenIsWellFormed } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { noteEnded, removeRefreshFamily, tellEnded } from '../services/ended-sessions.ts';
import { userWithId } from '../services/named-user.ts';
import { sessionIsValid, standingOfSession } from '../services/standing.ts';
import type { Caller, RecordEvent, TokenPair } from '../services.ts';
import { type RefreshFamilyRecord, refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';
import type { IssueAccessToken } from './issuing.ts';
import { type NextToken, type Rotation, rotation } from './refresh-rules.ts';

type Dependencies = Readonly<{
  records: Records;
  sessions: Pick<SessionStore, 'find' | 'touch' | 'end'>;
  bus: InvalidationBus;
  record: RecordEvent;
  issue: IssueAccessToken;
  settings: Readonly<{ accessTokenLifetime: number; refreshTokenLifetime: number; sessionLifetime: number }>;
  clock: () => number;
}>;

export type Refreshed = TokenPair & Readonly<{ user: Pick<UserRecord, 'username' | 'role'> }>;
type Refused = ReturnType<typeof refused>;

/** The first characters of a refresh token name its family; the others are new with each rotation. */
const prefix = 'gwr_';
const handleLength = 14;
const handleIn = (token: string): string => token.slice(prefix.length, prefix.length + handleLength);

/** Refresh tokens: one record for all that came of a sign-in. */
export function refreshTokens(dependencies: Dependencies) {
  const { records, sessions, bus, record, issue, settings, clock } = dependencies;
  const lifetime = settings.refreshTokenLifetime;

  /** Returns the first refresh token of a session. */
  async function first({ id, userId, expiresAt }: SessionRecord): Promise<string> {
    const handle = randomBase62(handleLength);
    const token = makeToken(prefix, handle);
    const now = clock();
    const added = await records.add(refreshFamilyKind, {
      id,
      userId: userId ?? '',
      handle: sha256(handle),
      hash: sha256(token),
      rotatedAt: now,
      pace: { since: now, count: 0 },
      createdAt: now,
      expiresAt: Math.min(now + lifetime, expiresAt),
    });
    if (added.kind === 'taken') throw new Error(`a new family of refresh tokens has the ${added.key} of another`);
    return token;
  }

  /** The session and user of a family; `undefined` unless both are still valid. */
  async function footing({ id, userId }: RefreshFamilyRecord) {
    const now = clock();
    const session = await sessions.find(id, now);
    if (session?.userId !== userId) return undefined;
    const standing = await standingOfSession(records, session);
    return sessionIsValid(session, standing, now) ? { session, user: standing.user } : undefined;
  }

  /**
   * Ends the sign-in of a family, one of whose tokens was used again. The session need not be known: it cannot last longer
   * than the last refresh token, or than sessions do.
   */
  async function endStolen({ id, userId, createdAt, expiresAt }: RefreshFamilyRecord, caller: Caller): Promise<void> {
    const user = await userWithId(records, userId);
    const until = Math.max(expiresAt, createdAt + settings.sessionLifetime);
    const noted = await noteEnded(records, { id, userId, expiresAt: until }, clock());
    const about = { actor: user?.username ?? '', via: 'none', ...caller, subject: `session:${id}` } as const;
    try {
      await tellEnded(bus, [id]);
    } finally {
      if (noted > 0) await record({ event: 'token.revoked', ...about, outcome: 'reused' });
    }
    await sessions.end(id);
    await removeRefreshFamily(records, id);
  }

  async function rotated(family: RefreshFamilyRecord, hash: string, next?: NextToken): Promise<Rotation> {
    const changed = await records.change(refreshFamilyKind, family.id, rotation(hash, next));
    return changed.kind === 'done' ? changed.answer : { kind: 'gone' };
  }

  async function refuse(outcome: Rotation, family: RefreshFamilyRecord, caller: Caller): Promise<Refused> {
    if (outcome.kind === 'reused') await endStolen(family, caller);
    if (outcome.kind !== 'too-often') return refused('invalid_token');
    return refused('rate_limited', { retryAfter: Math.ceil(outcome.retryAfter / 1000) });
  }

  /** The new access token is signed, and the session's life prolonged, before the old refresh token is spent. */
  async function renew(family: RefreshFamilyRecord, token: string, caller: Caller): Promise<Result<Refreshed>> {
    const standing = await footing(family);
    if (standing === undefined) {
      await removeRefreshFamily(records, family.id);
      return refused('invalid_token');
    }
    const { session, user } = standing;
    const now = clock();
    await sessions.touch(session.id, now, Math.min(now + lifetime, session.expiresAt));
    const pair = await issue(session, now + settings.accessTokenLifetime);
    const refreshToken = makeToken(prefix, handleIn(token));
    const next = { hash: sha256(refreshToken), lifetime, end: session.expiresAt };
    const outcome = await rotated(family, sha256(token), next);
    return outcome.kind === 'rotated' ? ok({ ...pair, refreshToken, user }) : refuse(outcome, family, caller);
  }

  async function refresh(token: string, caller: Caller): Promise<Result<Refreshed>> {
    if (!tokenIsWellFormed(token, prefix)) return refused('invalid_token');
    const family = await records.byKey(refreshFamilyKind, 'handle', sha256(handleIn(token)));
    if (family === undefined) return refused('invalid_token');
    if (family.hash === sha256(token)) return renew(family, token, caller);
    return refuse(await rotated(family, sha256(token)), family, caller);
  }

  return { first, refresh };
}
