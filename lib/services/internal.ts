import type { Result } from '../errors.ts';
import type { ClientRecord } from '../stores/records/kinds/client.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Actor, Principal } from '../types.ts';
import type { Caller, SignInDoor } from './sign-in.ts';
import type { Outliving } from './user-epoch.ts';
import type { UserView } from './users.ts';

// Services that return stored records, for the routes and the middleware (`Core`). None of them is on `gate`.

/** A new password for a user. */
export type NewPassword = Readonly<{
  password: string;
  /** The session that is not ended. Default: all are. */
  keep?: Outliving | undefined;
  /** Ends the user's API tokens too. Default: false. */
  endTokens?: boolean | undefined;
  /** The user's epoch when the current password was verified: the change is refused when it has been raised since. */
  epoch?: number | undefined;
}>;

/** The only place that compares a password. Counts attempts first. */
export interface PasswordSignIn {
  /**
   * `invalid_credentials` for an unknown name, a wrong password and a user without one alike; `rate_limited` with
   * `retryAfter`; `store_unavailable` with `retryAfter` when too many passwords are being compared already;
   * `account_pending` and `account_disabled` for the right password only. `door` (default: `api`) is recorded in the audit
   * log.
   */
  verify(
    input: { username: unknown; password: unknown },
    caller: Caller,
    door?: SignInDoor,
  ): Promise<Result<UserRecord>>;
  /**
   * Verifies the password of the signed-in user (`current_password`): `confirmation_required` when it is absent or wrong,
   * else as `verify`. A wrong one counts against the session and the user's daily limit, not against their sign-ins.
   */
  confirm(by: Actor, password: unknown): Promise<Result<UserRecord>>;
  /**
   * Sets a new password and ends the user's sessions and access tokens, except the session `keep`. `token_revoked` when that
   * session has ended, and when the epoch was raised: nothing is changed then.
   */
  change(userId: string, wish: NewPassword, by?: Actor): Promise<Result<undefined>>;
}

/** Creates the first admin: by the setup link, the environment, or the command. */
export interface FirstAdmin {
  /** Whether there is no admin yet. */
  needed(): Promise<boolean>;
  /** A token for the setup link: valid for an hour, on every instance, while there is no admin. */
  setupToken(): string;
  /**
   * Creates the first admin. `invalid_token` for a wrong token, `token_expired` for an old one, `not_found` once there is an
   * admin. Attempts are limited.
   */
  setUp(input: { token: unknown; username: unknown; password: unknown }, caller: Caller): Promise<Result<UserRecord>>;
  /** Creates the admin that the environment or the command names. `conflict` when there is an admin. */
  create(username: string, password: string, by: Actor): Promise<Result<UserView>>;
}

/** The tokens of a sign-in through the JSON API. `expiresAt` is in milliseconds since the epoch. */
export type TokenPair = Readonly<{
  token: string;
  expiresAt: number;
  refreshToken?: string | undefined;
  sessionId: string;
  /** The scopes that were granted; absent: all of the user's. */
  scopes?: readonly string[] | undefined;
}>;

/** The client that tokens are issued to, and the scopes that they are limited to. */
export type TokenGrant = Readonly<{
  /** Default: the public client `gatewarden`. */
  clientId?: string | undefined;
  /** Default: all of the user's. */
  scopes?: readonly string[] | undefined;
}>;

/** How a person let a device sign in: when, whether with their password, and the scopes that its tokens are limited to. */
export type DeviceSignIn = Readonly<{ at: number; typed: boolean; scopes?: readonly string[] | undefined }>;

/** What a valid refresh token stands for. Times are in milliseconds since the epoch. */
export type RefreshTokenStanding = Readonly<{
  user: UserRecord;
  clientId: string;
  /** Absent: all of the user's. */
  scopes?: readonly string[] | undefined;
  roleCeiling?: string | undefined;
  issuedAt: number;
  expiresAt: number;
}>;

/** An access token of a client. `expiresAt` is in milliseconds since the epoch. */
export type GrantedToken = Readonly<{ token: string; expiresAt: number; scopes: readonly string[]; jti: string }>;

/** Access tokens (JWT, RFC 9068). A user's has a session record and refresh tokens, a client's has neither. */
export interface AccessTokens {
  /** Starts an `api` session and issues its tokens. The caller checks that the user may hold the scopes. */
  signIn(user: Pick<UserRecord, 'id' | 'epoch'>, caller: Caller, grant?: TokenGrant): Promise<TokenPair>;
  /** The same for a device that the user has approved. The session counts from the approval. */
  signInDevice(user: Pick<UserRecord, 'id' | 'epoch'>, approval: DeviceSignIn, caller: Caller): Promise<TokenPair>;
  /**
   * An admin's token for another user: no refresh token, `act` names the admin; `ttl` in milliseconds. It holds at most the
   * admin's role and scopes, and ends when they lose their right or the API token ends that it was minted with.
   * `insufficient_role` for a minter whose role was lowered meanwhile and for a minted token, which mints nothing;
   * `token_revoked` for one who is not active; `conflict` when it would come from more than 8 API tokens.
   */
  mint(
    user: Pick<UserRecord, 'id' | 'username' | 'role' | 'epoch'>,
    options: Readonly<{ ttl: number; roleCeiling?: string | undefined }>,
    by: Actor,
  ): Promise<Result<TokenPair>>;
  /**
   * Issues an access token to a client that has signed in. `scopes`: default all that it holds. `insufficient_scope` for one
   * that it does not hold.
   */
  grant(
    client: ClientRecord,
    wish: Readonly<{ scopes?: readonly string[] | undefined }>,
  ): Promise<Result<GrantedToken>>;
  /**
   * Whether the caller's access token comes from a password that was typed within `CONFIRM_WITHIN`. Refreshing does not
   * renew it; a minted token is never fresh.
   */
  isFresh(principal: Principal): Promise<boolean>;
  /**
   * Replaces a refresh token. `invalid_token` for one that is not valid or was issued to another client; a reused one also
   * ends its session, except within 10 s of its replacement. `insufficient_scope` for scopes that were not granted;
   * `rate_limited` after 60 in a minute. `scopes` limits the new access token, not those after it.
   */
  refresh(
    refreshToken: string,
    caller: Caller,
    grant?: TokenGrant,
  ): Promise<Result<TokenPair & Readonly<{ user: Pick<UserRecord, 'username' | 'role'> }>>>;
  /** What a refresh token stands for; `undefined` when it is not valid. Spends and ends nothing. */
  standingOf(refreshToken: string): Promise<RefreshTokenStanding | undefined>;
  /**
   * Ends the session of a refresh token, valid or spent. One that nothing is known of counts as ended. `invalid_token` when
   * it was issued to another client. Rejects with `NotToldError` when it is ended and not every instance could be told.
   */
  revoke(refreshToken: string, clientId: string, caller: Caller): Promise<Result<undefined>>;
}

/** A session that a credential names: a signed cookie, or an access token. */
export type NamedSession = Readonly<{
  /** The public id. */
  id: string;
  userId?: string | undefined;
  /** The latest time at which the credential ends. */
  expiresAt?: number;
}>;

/**
 * Ends a session that a credential of ours names, also one that the session store does not know, or that has ended: it is told
 * again. `everywhere`: the user's record is told again too.
 */
export type EndNamedSession = (session: NamedSession, options?: Readonly<{ everywhere?: boolean }>) => Promise<void>;

/**
 * Tells again that an API token was revoked, for a caller who presents it. False when the token was not revoked, or does not
 * have this name.
 */
export type EndTokenAgain = (token: string, name: string) => Promise<boolean>;

/** Verifies secrets of clients, without counting. `id`: of the client's record, whether or not there is one. */
export interface ClientSecrets {
  /** The client of a right secret that was verified a moment ago, and of which nothing was told since. Reads no store. */
  remembered(id: string, secret: string): ClientRecord | undefined;
  /** The client of a right secret; `undefined` for a wrong one and for a client that is not valid. */
  verify(id: string, secret: string): Promise<ClientRecord | undefined>;
}

/** The sign-in of clients. Counts failed attempts. */
export interface ClientSignIn {
  /**
   * `invalid_credentials` for an unknown, disabled or expired client and for a wrong secret alike; `rate_limited` with
   * `retryAfter` in seconds after too many of these from an address. A right secret counts for nothing.
   */
  verify(input: { clientId: unknown; secret: unknown }, caller: Caller): Promise<Result<ClientRecord>>;
}

/** Revokes a client's access token until it has expired, and tells every instance. Repeating it tells again. */
export type RevokeGranted = (claims: ClientTokenClaims, by?: Actor) => Promise<void>;

type CommonClaims = Readonly<{
  sub: string;
  /** `client_id`. */
  clientId: string;
  jti: string;
  /** In seconds since the epoch. */
  exp: number;
  iat: number;
}>;

/** The claims of a user's access token. Its session decides whether it is valid. `scopes` absent: all of the user's. */
export type UserTokenClaims = CommonClaims & Readonly<{ kind: 'user'; sid: string; scopes?: readonly string[] }>;

/** The claims of a client's access token: `sub` is `client:` and the client id. The client's record decides. */
export type ClientTokenClaims = CommonClaims &
  Readonly<{ kind: 'client'; scopes: readonly string[] /** The client's when it was issued. */; epoch: number }>;

/** The claims of a verified access token: signature, type, issuer, audience and times are valid. */
export type AccessTokenClaims = UserTokenClaims | ClientTokenClaims;
