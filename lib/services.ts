import type { Result } from './errors.ts';
import type { ApiTokenRecord } from './stores/records/api-tokens.ts';
import type { AuditRecord } from './stores/records/audit.ts';
import type { Page } from './stores/records/page.ts';
import type { UserRecord } from './stores/records/users.ts';
import type { SessionRecord } from './stores/sessions.ts';
import type { Actor, Principal } from './types.ts';

/** A user as the services show it: never with a hash. */
export type UserView = Omit<UserRecord, 'passwordHash' | 'nameKey' | 'epoch' | 'ended'> &
  Readonly<{ active: boolean; hasPassword: boolean }>;

export interface NewUser {
  readonly username: string;
  readonly password?: string | undefined;
  /** Default: `DEFAULT_ROLE`. */
  readonly role?: string | undefined;
  /** Default: true for what an admin makes. */
  readonly active?: boolean | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
  /** Gives a deleted user's name again. */
  readonly reuseName?: boolean | undefined;
}

export interface UserEdit {
  readonly password?: string | undefined;
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  readonly email?: string | null | undefined;
  readonly displayName?: string | null | undefined;
}

/** `gate.users`. Every verb is written to the audit log under `by`, and every change reaches caches and open sockets. */
export interface Users {
  /** `validation_failed` with the fields' problems; `conflict` for a name or address that is taken. */
  create(user: NewUser, by?: Actor): Promise<Result<UserView>>;
  get(username: string): Promise<UserView | undefined>;
  /** `limit` 1 to 200, default 50; `q` is a prefix of the name. */
  list(query?: {
    limit?: number | undefined;
    cursor?: string | undefined;
    q?: string | undefined;
  }): Promise<Page<UserView>>;
  /** `not_found`; `conflict` when it would leave no active admin. */
  edit(username: string, edit: UserEdit, by?: Actor): Promise<Result<UserView>>;
  remove(username: string, by?: Actor): Promise<Result<undefined>>;
  /** Ends all sessions and tokens of a user. */
  endAll(username: string, by?: Actor): Promise<Result<undefined>>;
}

/** Who asks, where attempts are counted and the audit log is written. */
export type Caller = Readonly<{ address: string; agent?: string | undefined }>;

/** Where a password was typed: the sign-in form, the JSON API, OAuth, or a call that asks for the current one. */
export type SignInDoor = 'form' | 'api' | 'oauth' | 'confirm';

/** Signing in with a password, the only place that compares one. Counts attempts first. */
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
  change(userId: string, password: string, by: Actor, keep?: string): Promise<Result<undefined>>;
}

/** The first admin: by the setup link, the environment, or the command. */
export interface FirstAdmin {
  needed(): Promise<boolean>;
  /** The token of the setup link: the same for every instance, worth something only while there is no admin. */
  setupToken(): string;
  /** Makes the first admin; `invalid_token` for a wrong token, `not_found` once there is an admin. Attempts count. */
  setUp(input: { token: unknown; username: unknown; password: unknown }, caller: Caller): Promise<Result<UserRecord>>;
  /** Makes the admin that the environment or the command names, while there is none. `conflict` when there is one. */
  create(username: string, password: string, by: Actor): Promise<Result<UserView>>;
}

/** What a session shows of itself. */
export type SessionView = Pick<
  SessionRecord,
  'id' | 'kind' | 'method' | 'createdAt' | 'lastSeenAt' | 'expiresAt' | 'address' | 'agent'
>;

/** `gate.sessions`. */
export interface Sessions {
  listOf(userId: string): Promise<readonly SessionView[]>;
  /** Ends one session of a user by its public id; false when the user has no such session. */
  end(userId: string, sessionId: string, by?: Actor): Promise<boolean>;
  endAllOf(userId: string, options?: { keep?: string | undefined; by?: Actor | undefined }): Promise<number>;
}

export type ApiTokenView = Omit<ApiTokenRecord, 'hash' | 'epoch' | 'userId' | 'parentId'>;

/** `gate.tokens`. */
export interface ApiTokens {
  /**
   * Makes a token for the user; `token` is shown this once. What a token makes holds at most the role, scopes and
   * expiry of `maker`, and dies with it. `validation_failed` for an undeclared scope or a role above the owner's.
   */
  create(
    userId: string,
    token: {
      name: string;
      role?: string | undefined;
      scopes?: readonly string[] | undefined;
      expiresAt?: number | undefined;
    },
    by: Actor,
  ): Promise<Result<Readonly<{ token: string; view: ApiTokenView }>>>;
  listOf(userId: string): Promise<readonly ApiTokenView[]>;
  /** False when there is no token of that name. What it made goes too. */
  revoke(userId: string, name: string, by: Actor): Promise<boolean>;
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

/** `gate.audit`. */
export interface AuditLog {
  /** Newest first; `limit` 1 to 200, default 50. */
  list(query?: {
    limit?: number | undefined;
    cursor?: string | undefined;
    event?: string | undefined;
    actor?: string | undefined;
  }): Promise<Page<AuditRecord>>;
}

/** The typed events of `gate.on`, the same that the audit log keeps. */
export interface GateEvents {
  'login.succeeded': GateEvent;
  'login.failed': GateEvent;
  logout: GateEvent;
  'token.created': GateEvent;
  'token.revoked': GateEvent;
  'session.ended': GateEvent;
  'user.changed': GateEvent;
  'access.denied': GateEvent;
  'auto-login.used': GateEvent;
}
export type GateEventName = keyof GateEvents;

/** One event. `actor` is a username, or what was claimed to be one. */
export type GateEvent = Readonly<{
  event: GateEventName;
  at: number;
  actor: string;
  via: Principal['via'];
  address?: string | undefined;
  agent?: string | undefined;
  subject?: string | undefined;
  outcome: string;
  detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}>;

/** How the services tell of an event: kept in the audit log and handed to listeners; never rejects. */
export type RecordEvent = (event: Omit<GateEvent, 'at'>) => Promise<void>;
