import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import { removeRefreshFamily } from '../services/ended-sessions.ts';
import type { Caller, TokenGrant, TokenPair } from '../services.ts';
import { publicClient } from '../stores/records/kinds/client.ts';
import { type RefreshFamilyRecord, refreshFamilyKind } from '../stores/records/kinds/refresh-family.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';
import type { ScopeTable } from '../types.ts';
import type { IssueAccessToken } from './issuing.ts';
import {
  type FamilyDependencies,
  handleIn,
  handleLength,
  type RefreshFamilies,
  refreshTokenPrefix,
} from './refresh-families.ts';
import { type NextToken, type Rotation, rotation } from './refresh-rules.ts';

type Dependencies = Readonly<{
  records: FamilyDependencies['records'];
  sessions: Pick<SessionStore, 'touch'>;
  families: RefreshFamilies;
  issue: IssueAccessToken;
  scopes: Pick<ScopeTable, 'heldBy'>;
  settings: Readonly<{ accessTokenLifetime: number; refreshTokenLifetime: number }>;
  clock: () => number;
}>;

export type Refreshed = TokenPair & Readonly<{ user: Pick<UserRecord, 'username' | 'role'> }>;
type Refused = ReturnType<typeof refused>;

/** A refresh token that was presented, with its family. `narrowed`: the scopes that the access token is to have. */
type Presented = Readonly<{
  token: string;
  family: RefreshFamilyRecord;
  caller: Caller;
  narrowed: readonly string[] | undefined;
}>;

/** Refresh tokens: one record for all that came of a sign-in. */
export function refreshTokens(dependencies: Dependencies) {
  const { records, sessions, families, issue, scopes: table, settings, clock } = dependencies;
  const lifetime = settings.refreshTokenLifetime;

  const accessToken = (session: SessionRecord, clientId: string | undefined, scopes: readonly string[] | undefined) =>
    issue(session, clock() + settings.accessTokenLifetime, { clientId, scope: scopes?.join(' ') });

  /** Returns the first tokens of a session. */
  async function first(session: SessionRecord, { clientId = publicClient, scopes }: TokenGrant): Promise<TokenPair> {
    const { id, userId, expiresAt } = session;
    const handle = randomBase62(handleLength);
    const refreshToken = makeToken(refreshTokenPrefix, handle);
    const now = clock();
    const added = await records.add(refreshFamilyKind, {
      id,
      userId: userId ?? '',
      ...(clientId !== publicClient && { clientId }),
      ...(scopes && { scopes: [...scopes] }),
      handle: sha256(handle),
      hash: sha256(refreshToken),
      rotatedAt: now,
      pace: { since: now, count: 0 },
      createdAt: now,
      expiresAt: Math.min(now + lifetime, expiresAt),
    });
    if (added.kind === 'taken') throw new Error(`a new family of refresh tokens has the ${added.key} of another`);
    return { ...(await accessToken(session, clientId, scopes)), refreshToken, scopes };
  }

  async function rotated(family: RefreshFamilyRecord, hash: string, next?: NextToken): Promise<Rotation> {
    const changed = await records.change(refreshFamilyKind, family.id, rotation(hash, next));
    return changed.kind === 'done' ? changed.answer : { kind: 'gone' };
  }

  async function refuse(outcome: Rotation, { family, caller }: Presented): Promise<Refused> {
    if (outcome.kind === 'reused') await families.end(family, caller, 'reused');
    if (outcome.kind !== 'too-often') return refused('invalid_token');
    return refused('rate_limited', { retryAfter: Math.ceil(outcome.retryAfter / 1000) });
  }

  /** The new access token is signed, and the session's life prolonged, before the old refresh token is spent. */
  async function renew(presented: Presented): Promise<Result<Refreshed>> {
    const { family, token, narrowed } = presented;
    const standing = await families.footing(family);
    if (standing === undefined) {
      await removeRefreshFamily(records, family.id);
      return refused('invalid_token');
    }
    const { session, user } = standing;
    const granted = family.scopes ?? table.heldBy(user.role);
    if (narrowed?.some((scope) => !granted.includes(scope))) return refused('insufficient_scope');
    const now = clock();
    await sessions.touch(session.id, now, Math.min(now + lifetime, session.expiresAt));
    const scopes = narrowed ?? family.scopes;
    const pair = await accessToken(session, family.clientId, scopes);
    const refreshToken = makeToken(refreshTokenPrefix, handleIn(token));
    const next = { hash: sha256(refreshToken), lifetime, end: session.expiresAt };
    const outcome = await rotated(family, sha256(token), next);
    return outcome.kind === 'rotated' ? ok({ ...pair, refreshToken, scopes, user }) : refuse(outcome, presented);
  }

  async function refresh(
    token: string,
    caller: Caller,
    { clientId = publicClient, scopes }: TokenGrant = {},
  ): Promise<Result<Refreshed>> {
    const family = await families.of(token);
    if (family === undefined || (family.clientId ?? publicClient) !== clientId) return refused('invalid_token');
    const presented = { token, family, caller, narrowed: scopes };
    if (family.hash === sha256(token)) return renew(presented);
    return refuse(await rotated(family, sha256(token)), presented);
  }

  return { first, refresh };
}
