import type { Result } from '../errors.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { Actor } from '../types.ts';
import type { Caller, SignInDoor } from './sign-in.ts';
import type { UserView } from './users.ts';

// Services that work with stored records: for the routes and the middleware, by way of `Core`. None of them is on `gate`.

/** The only place that compares a password. Counts attempts first. */
export interface PasswordSignIn {
  /**
   * `invalid_credentials` alike for unknown, wrong and passwordless; `rate_limited` with `retryAfter`; `store_unavailable`
   * with `retryAfter` when too many passwords are being compared; `account_pending` and `account_disabled` for the right
   * password only. `door` (default `api`) is written to the audit log.
   */
  verify(
    input: { username: unknown; password: unknown },
    caller: Caller,
    door?: SignInDoor,
  ): Promise<Result<UserRecord>>;
  /**
   * The user's own password once more (`current_password`): `confirmation_required` when it is absent or wrong, else as
   * `verify`. Wrong ones count for the session and in the user's day, not for their sign-ins.
   */
  confirm(by: Actor, password: unknown): Promise<Result<UserRecord>>;
  /** Sets a new one; the session `keep` (public id) lives on, all else of the user ends. */
  change(userId: string, password: string, by?: Actor, keep?: string): Promise<Result<undefined>>;
}

/** The first admin: by the setup link, the environment, or the command. */
export interface FirstAdmin {
  needed(): Promise<boolean>;
  /** A token for the setup link: good for an hour, on every instance, while there is no admin. */
  setupToken(): string;
  /** Makes the first admin; `invalid_token` for a wrong token, `token_expired` for an old one, `not_found` once there is an admin. Attempts count. */
  setUp(input: { token: unknown; username: unknown; password: unknown }, caller: Caller): Promise<Result<UserRecord>>;
  /** Makes the admin that the environment or the command names, while there is none. `conflict` when there is one. */
  create(username: string, password: string, by: Actor): Promise<Result<UserView>>;
}

/** What a sign-in through the JSON API gives. */
export type TokenPair = Readonly<{
  token: string;
  expiresAt: number;
  refreshToken?: string | undefined;
  sessionId: string;
}>;

/** Access tokens (JWT, RFC 9068) on a session record of their own, and the refresh tokens beside them. */
export interface AccessTokens {
  /** Begins an `api` session and issues a pair for it. */
  signIn(user: UserRecord, caller: Caller): Promise<TokenPair>;
  /** An admin's token for somebody else: no refresh token, `act` names the minter; `ttl` in milliseconds. */
  mint(user: UserRecord, options: { ttl: number; roleCeiling?: string | undefined }, by: Actor): Promise<TokenPair>;
  /** Rotates; `invalid_token` for any refresh token that is not good, and a reused one ends the session. */
  refresh(refreshToken: string, caller: Caller): Promise<Result<TokenPair & Readonly<{ user: UserRecord }>>>;
}

/** The claims of an access token of ours that verified: signature, type, issuer, audience and times are right. */
export type AccessTokenClaims = Readonly<{
  sub: string;
  sid: string;
  jti: string;
  exp: number;
  scopes?: readonly string[];
}>;
