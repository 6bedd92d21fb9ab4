import { sha256 } from '../crypto/digest.ts';
import { tokenIsWellFormed } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { noteEnded, removeRefreshFamily, tellEnded } from '../services/ended-sessions.ts';
import { userWithId } from '../services/named-user.ts';
import { sessionIsValid, standingOfSession } from '../services/standing.ts';
import type { AccessTokens, Caller, RecordEvent, RefreshTokenStanding } from '../services.ts';
import { publicClient } from '../stores/records/kinds/client.ts';
import { type RefreshFamilyRecord, refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';

/** The first characters of a refresh token name its family; the others are new with each rotation. */
export const refreshTokenPrefix = 'gwr_';
export const handleLength = 14;
export const handleIn = (token: string): string =>
  token.slice(refreshTokenPrefix.length, refreshTokenPrefix.length + handleLength);

export type FamilyDependencies = Readonly<{
  records: Records;
  sessions: Pick<SessionStore, 'find' | 'end'>;
  bus: InvalidationBus;
  record: RecordEvent;
  settings: Readonly<{ sessionLifetime: number }>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

/** What the refresh tokens of a family stand on. */
export type Footing = Readonly<{ session: SessionRecord; user: UserRecord }>;

/** The families of refresh tokens: finding one by a token of it, what it stands on, and its end. */
export interface RefreshFamilies {
  /** The family of a token, valid or spent. */
  of(token: string): Promise<RefreshFamilyRecord | undefined>;
  /** The session and user of a family; `undefined` unless both are still valid. */
  footing(family: RefreshFamilyRecord): Promise<Footing | undefined>;
  /**
   * Ends the sign-in of a family. Its session need not be known: it cannot last longer than the last refresh token, or than
   * sessions do. `outcome` is recorded. Rejects with `NotToldError` when it is ended and not told.
   */
  end(family: RefreshFamilyRecord, caller: Caller, outcome: 'ok' | 'reused'): Promise<void>;
  standingOf: AccessTokens['standingOf'];
  revoke: AccessTokens['revoke'];
}

export function refreshFamilies(dependencies: FamilyDependencies): RefreshFamilies {
  const { records, sessions, bus, record, settings, clock } = dependencies;

  async function of(token: string): Promise<RefreshFamilyRecord | undefined> {
    if (!tokenIsWellFormed(token, refreshTokenPrefix)) return undefined;
    return records.byKey(refreshFamilyKind, 'handle', sha256(handleIn(token)));
  }

  async function footing({ id, userId }: RefreshFamilyRecord): Promise<Footing | undefined> {
    const now = clock();
    const session = await sessions.find(id, now);
    if (session?.userId !== userId) return undefined;
    const standing = await standingOfSession(records, session);
    return sessionIsValid(session, standing, now) ? { session, user: standing.user } : undefined;
  }

  const end: RefreshFamilies['end'] = async ({ id, userId, createdAt, expiresAt }, caller, outcome) => {
    const user = await userWithId(records, userId);
    const until = Math.max(expiresAt, createdAt + settings.sessionLifetime);
    const noted = await noteEnded(records, { id, userId, expiresAt: until }, clock());
    const about = { actor: user?.username ?? '', via: 'none', ...caller, subject: `session:${id}` } as const;
    try {
      await tellEnded(bus, [id]);
    } finally {
      if (noted > 0) await record({ event: 'token.revoked', ...about, outcome });
    }
    await sessions.end(id);
    await removeRefreshFamily(records, id);
  };

  async function standingOf(token: string): Promise<RefreshTokenStanding | undefined> {
    const family = await of(token);
    if (family?.hash !== sha256(token) || family.expiresAt <= clock()) return undefined;
    const found = await footing(family);
    if (found === undefined) return undefined;
    const { user, session } = found;
    const { clientId = publicClient, scopes, rotatedAt: issuedAt, expiresAt } = family;
    return { user, clientId, scopes, roleCeiling: session.roleCeiling, issuedAt, expiresAt };
  }

  async function revoke(token: string, clientId: string, caller: Caller): Promise<Result<undefined>> {
    const family = await of(token);
    if (family === undefined) return ok(undefined);
    if ((family.clientId ?? publicClient) !== clientId) return refused('invalid_token');
    await end(family, caller, 'ok');
    return ok(undefined);
  }

  return { of, footing, end, standingOf, revoke };
}
