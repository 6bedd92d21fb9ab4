import { type ClientLimits, heldWithin } from '../../services/makers.ts';
import type { ClientTokenClaims } from '../../services.ts';
import type { UserRecord } from '../../stores/records/kinds/user.ts';
import type { Ladder, Principal, ScopeTable, Via } from '../../types.ts';

/** What a credential adds to its user, and how it limits them. */
type CredentialLimits = Readonly<{
  via: Via;
  /** Role ceiling of the credential. */
  ceiling?: string | undefined;
  /** Scopes that the credential lists; absent: all of its owner's. */
  scopes?: readonly string[] | undefined;
  sessionId?: string | undefined;
  tokenId?: string | undefined;
  expiresAt?: number | undefined;
}>;

/** The fields of a user that a principal is made of. */
export type UserIdentity = Pick<UserRecord, 'id' | 'username' | 'displayName' | 'email' | 'emailConfirmed' | 'role'>;

/** Limits of a client. `expiresAt` is in milliseconds since the epoch. */
type ClientPrincipalLimits = ClientLimits & Readonly<{ expiresAt?: number | undefined }>;

export interface Principals {
  readonly anonymous: Principal;
  /** The principal of a user with a credential: the lower of the user's and the credential's role. */
  ofUser(user: UserIdentity, limits: CredentialLimits): Principal;
  /** The principal of a client (`client:` and its id): the lowest of the roles, and the scopes that are in all of the lists. */
  ofClient(id: string, limits: ClientPrincipalLimits): Principal;
  /**
   * Combines two credentials of one principal: the lower role, the scopes that both have, the earlier expiry. The result
   * is a session if one of them is, so that the Origin of unsafe requests is checked.
   */
  lowerOf(a: Principal, b: Principal): Principal;
}

export function principals(ladder: Ladder, scopes: ScopeTable): Principals {
  const lowest = ladder.rung('anony');
  const anonymous: Principal = Object.freeze({
    kind: 'anonymous',
    id: '',
    name: '',
    role: lowest,
    scopes: Object.freeze([]),
    via: 'none',
  });

  function ofUser(user: UserIdentity, limits: CredentialLimits): Principal {
    const own = ladder.has(user.role) ? user.role : lowest;
    const role = limits.ceiling === undefined ? own : ladder.lower(own, limits.ceiling);
    return Object.freeze({
      kind: 'user',
      id: user.id,
      name: user.username,
      displayName: user.displayName,
      email: user.emailConfirmed ? user.email : undefined,
      role,
      scopes: limits.scopes === undefined ? scopes.heldBy(role) : Object.freeze(scopes.narrow(limits.scopes, role)),
      via: limits.via,
      sessionId: limits.sessionId,
      tokenId: limits.tokenId,
      expiresAt: limits.expiresAt,
    });
  }

  function ofClient(id: string, { expiresAt, ...limits }: ClientPrincipalLimits): Principal {
    const { role, scopes: held } = heldWithin(limits, { ladder, scopes });
    return Object.freeze({
      ...{ kind: 'client', id, name: id, role, scopes: Object.freeze(held), via: 'access-token', expiresAt },
    });
  }

  function lowerOf(a: Principal, b: Principal): Principal {
    const base = b.via === 'session' ? b : a;
    const lower = Object.freeze({
      ...base,
      role: ladder.lower(a.role, b.role),
      scopes: Object.freeze(a.scopes.filter((scope) => b.scopes.includes(scope))),
      sessionId: base.sessionId ?? a.sessionId ?? b.sessionId,
      tokenId: base.tokenId ?? a.tokenId ?? b.tokenId,
      expiresAt: earlier(a.expiresAt, b.expiresAt),
    });
    combined.add(lower);
    grants.set(lower, [...grantsOf(a), ...grantsOf(b)]);
    return lower;
  }

  return { anonymous, ofUser, ofClient, lowerOf };
}

/** A principal has room for one session and one token, and two credentials may be of one kind. */
const combined = new WeakSet<Principal>();

/** Whether two credentials stand behind a principal: ending either of them ends it. */
export const isCombined = (principal: Principal): boolean => combined.has(principal);

/** The access tokens that a principal of a client was read from. */
const grants = new WeakMap<Principal, readonly ClientTokenClaims[]>();

/** Notes the access token that the principal of a client was read from. */
export const standOn = (principal: Principal, claims: ClientTokenClaims): void => void grants.set(principal, [claims]);

/** The access tokens that stand behind the principal of a client: they are revoked by these claims. */
export const grantsOf = (principal: Principal): readonly ClientTokenClaims[] => grants.get(principal) ?? [];

/** The keys of the records that a principal was read from, as messages name them. */
const sources = new WeakMap<Principal, readonly string[]>();

/** Notes the records that decide whether a principal still is one: its user, session and token, and who made these. */
export const dependOn = (principal: Principal, keys: readonly string[]): void => void sources.set(principal, keys);

/** Whether a principal was read from the record with this key. */
export const dependsOn = (principal: Principal, key: string): boolean => sources.get(principal)?.includes(key) === true;

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
