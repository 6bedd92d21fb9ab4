/** How a principal came to be known. */
export type Via = 'none' | 'session' | 'api-token' | 'access-token' | 'auto-login' | 'assertion' | 'command';

/**
 * Who makes a request: exactly one per request, frozen.
 * - `id` is stable for ever (`user` records' id, `client:<id>`), `name` is the username, '' when anonymous;
 * - `role` is the effective role: the lower of the owner's and the credential's;
 * - `scopes` are those effectively held, in full: a session lists every scope that its role may hold;
 * - `sessionId` is the public id of the session (not the cookie), `tokenId` that of the API token;
 * - `expiresAt` is in milliseconds since the epoch.
 */
export type Principal = Readonly<{
  kind: 'anonymous' | 'user' | 'client';
  id: string;
  name: string;
  displayName?: string | undefined;
  email?: string | undefined;
  role: string;
  scopes: readonly string[];
  via: Via;
  sessionId?: string | undefined;
  tokenId?: string | undefined;
  expiresAt?: number | undefined;
}>;

/** The rungs by which our own calls name roles; a custom ladder says which of its names each of them is. */
export type Rung = 'anony' | 'viewer' | 'user' | 'operator' | 'admin';

/** The ladder of roles, lowest first. Checks compare positions, never names. */
export interface Ladder {
  readonly names: readonly string[];
  /** Position of a role, 0 (`anony`) for one that the ladder does not know. */
  position(role: string): number;
  /** True when the ladder has this very name. */
  has(role: string): boolean;
  /** True when `role` stands at or above `required`. An unknown `required` throws: a rule must not fall open. */
  atLeast(role: string, required: string): boolean;
  /** The lower of two roles; an unknown one counts as the lowest. */
  lower(a: string, b: string): string;
  /** The name that this ladder gives to one of our own rungs. */
  rung(rung: Rung): string;
}

/** The scopes that may be held: ours (`gatewarden:*`) and the application's, each with the least role for it. */
export interface ScopeTable {
  readonly names: readonly string[];
  has(scope: string): boolean;
  /** The scopes that a role may hold, in table order. Cached per role, frozen. */
  heldBy(role: string): readonly string[];
  /** What is left of `scopes` for a role: those that the table knows and the role may hold. */
  narrow(scopes: readonly string[], role: string): readonly string[];
}

/** Who did something, for the audit log. */
export type Actor = Readonly<{ principal: Principal; address?: string | undefined; agent?: string | undefined }>;
