import type { Result } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type {
  AccessTokenClaims,
  AccessTokens,
  Caller,
  DeviceSignIn,
  RecordEvent,
  TokenGrant,
  TokenPair,
} from '../services.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { SessionRecord, SessionStore } from '../stores/sessions.ts';
import type { Actor, Ladder, ScopeTable } from '../types.ts';
import { accessTokenVerifier } from './claims.ts';
import { freshSignIns } from './fresh-sign-in.ts';
import { granting } from './granting.ts';
import { issuing, starting } from './issuing.ts';
import type { SigningKeys } from './keys.ts';
import { type Inheritance, inheritance } from './making.ts';
import { minting } from './minting.ts';
import { refreshFamilies } from './refresh-families.ts';
import { refreshTokens } from './refresh-tokens.ts';

export type AccessTokenDependencies = Readonly<{
  keys: SigningKeys;
  /** `iss` and `aud`. */
  issuer: string;
  stores: Readonly<{ records: Records; sessions: SessionStore }>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  scopes: ScopeTable;
  settings: Readonly<{
    accessTokenLifetime: number;
    refreshTokenLifetime: number;
    sessionLifetime: number;
    sessionsPerUser: number;
    confirmWithin: number;
  }>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

type SessionOwner = Pick<UserRecord, 'id' | 'epoch'>;

/** How a session begins; `createdAt`: when the password was typed, or the approval was given. */
type Beginning = Pick<SessionRecord, 'method' | 'createdAt'>;

/** Access and refresh tokens. Each sign-in has a session record of its own, and ending that session ends its tokens. */
export function accessTokens(dependencies: AccessTokenDependencies): AccessTokens & {
  verify(token: string): Promise<Result<AccessTokenClaims>>;
  inheritedFrom(by: Actor | undefined): Promise<Result<Inheritance>>;
} {
  const { stores, settings, clock } = dependencies;
  const { records, sessions } = stores;
  const [start, issue] = [starting(dependencies), issuing(dependencies)];
  const isFresh = freshSignIns({ sessions, within: settings.confirmWithin, clock });
  const inheritedFrom = inheritance({ records, sessions, isFresh, clock });
  const families = refreshFamilies({ ...dependencies, records, sessions });
  const refreshing = refreshTokens({ ...dependencies, records, sessions, families, issue });

  async function begin(
    user: SessionOwner,
    beginning: Beginning,
    { address, agent }: Caller,
    grant: TokenGrant = {},
  ): Promise<TokenPair> {
    const expiresAt = beginning.createdAt + settings.sessionLifetime;
    const session = await start(user, { ...beginning, expiresAt, address, agent: agent?.slice(0, 512) });
    return refreshing.first(session, grant);
  }

  function signInDevice(user: SessionOwner, { at, typed, scopes }: DeviceSignIn, caller: Caller): Promise<TokenPair> {
    return begin(user, { method: typed ? 'device' : 'device-untyped', createdAt: at }, caller, { scopes });
  }

  return {
    signIn: (user, caller, grant) => begin(user, { method: 'password', createdAt: clock() }, caller, grant),
    signInDevice,
    isFresh,
    inheritedFrom,
    refresh: refreshing.refresh,
    standingOf: families.standingOf,
    revoke: families.revoke,
    mint: minting({ ...dependencies, records, inheritedFrom, start, issue }),
    grant: granting({ ...dependencies, records }),
    verify: accessTokenVerifier(dependencies),
  };
}
