/** How a principal was identified. */
export type Via = 'none' | 'session' | 'api-token' | 'access-token' | 'auto-login' | 'assertion' | 'command';

/**
 * Who makes a request: exactly one per request, frozen.
 * - `id` never changes (a user record's id, `client:<id>`), `name` is the username, '' when anonymous;
 * - `role` is the effective role: the lower of the owner's and the credential's;
 * - `scopes` are the effective scopes, in full: a session lists every scope that its role may hold;
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

/** The built-in roles, by which Gatewarden's own routes name theirs. A custom ladder maps its names to them. */
export type Rung = 'anony' | 'viewer' | 'user' | 'operator' | 'admin';

/** The ladder of roles, lowest first. Checks compare positions, never names. */
export interface Ladder {
  readonly names: readonly string[];
  /** Position of a role, 0 (`anony`) for one that the ladder does not know. */
  position(role: string): number;
  /** True when the ladder has this very name. */
  has(role: string): boolean;
  /** True when `role` is at or above `required`. Throws for an unknown `required`, so that no rule opens by mistake. */
  atLeast(role: string, required: string): boolean;
  /** The lower of two roles; an unknown one counts as the lowest. */
  lower(a: string, b: string): string;
  /** The name that this ladder has for a built-in role. */
  rung(rung: Rung): string;
}

/** The declared scopes: Gatewarden's (`gatewarden:*`) and the application's, each with the lowest role that may hold it. */
export interface ScopeTable {
  readonly names: readonly string[];
  has(scope: string): boolean;
  /** The scopes that a role may hold, in table order. Cached per role, frozen. */
  heldBy(role: string): readonly string[];
  /** The `scopes` that are declared and that the role may hold. */
  narrow(scopes: readonly string[], role: string): readonly string[];
}

/** The principal that acts, with its client's address and agent for the audit log. */
export type Actor = Readonly<{
  principal: Principal;
  address?: string | undefined;
  agent?: string | undefined;
  /** The person typed their password for this very call: what an access token creates then has a life of its own. */
  confirmed?: boolean | undefined;
}>;
