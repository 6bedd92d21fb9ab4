import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** A user, without secrets. */
export interface UserView {
  /** `Principal.id`, which never changes. Not a handle: the verbs take the username. */
  readonly id: string;
  /** In the case in which it was chosen. */
  readonly username: string;
  readonly role: string;
  /** `pending`: never activated. `disabled`: was active once. */
  readonly state: 'pending' | 'active' | 'disabled';
  /** `state` is `active`. */
  readonly active: boolean;
  readonly email?: string | undefined;
  /** The owner confirmed it, or an admin set it. Upstreams receive a confirmed address only. */
  readonly emailConfirmed: boolean;
  readonly displayName?: string | undefined;
  /** Whether the user can sign in with a password. */
  readonly hasPassword: boolean;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastLoginAt?: number | undefined;
}

/** A user to create. */
export interface NewUser {
  readonly username: string;
  readonly password?: string | undefined;
  /** Default: `DEFAULT_ROLE`. */
  readonly role?: string | undefined;
  /** Default: true. */
  readonly active?: boolean | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
  /** Allows the name of a deleted user. Only for admins. Default: false. */
  readonly reuseName?: boolean | undefined;
}

/** Fields to change. A field that is absent stays as it is; `null` removes an address or a display name. */
export interface UserEdit {
  readonly password?: string | undefined;
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  readonly email?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  /** Ends the user's API tokens too. A change of password or activity ends sessions only. Default: false. */
  readonly endTokens?: boolean | undefined;
}

/** What to end of what a user holds, besides all sessions. */
export interface UserEnding {
  /** API tokens too. Default: true. */
  readonly tokens?: boolean | undefined;
}

/** Which users to list. */
export interface UserQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
  /** A prefix of the username. */
  readonly q?: string | undefined;
  /** Only the user with this e-mail address, in any case. */
  readonly email?: string | undefined;
  /** Only users of this role. */
  readonly role?: string | undefined;
  /** Only users in this state. */
  readonly state?: UserView['state'] | undefined;
}

/**
 * `gate.users`. An actor can neither grant a role above their own nor change a user above them (`insufficient_role`). Every
 * change is recorded in the audit log and takes effect on cached credentials and open sockets.
 */
export interface Users {
  /** `validation_failed` with the fields' problems; `conflict` for a name or address that is taken. */
  create(user: NewUser, by?: Actor): Promise<Result<UserView>>;
  get(username: string): Promise<UserView | undefined>;
  /** By name, ascending. A user whose role or state changes while the pages are read may be missed, or come twice. */
  list(query?: UserQuery): Promise<Page<UserView>>;
  /** How many users a list would hold, up to 1,000: there may be more then. */
  count(query?: Pick<UserQuery, 'q' | 'role' | 'state'>): Promise<number>;
  /** `not_found`, `validation_failed`; `conflict` when it would leave no active admin, or deactivate or lower the actor. */
  edit(username: string, edit: UserEdit, by?: Actor): Promise<Result<UserView>>;
  /**
   * Deletes the user with their sessions and tokens, and retires the name. `conflict` when it would leave no active admin,
   * and for the actor. Deleting a user that was deleted within the last day succeeds.
   */
  remove(username: string, by?: Actor): Promise<Result<undefined>>;
  /** Ends all sessions of the user, with their access and refresh tokens, and the API tokens unless `tokens` is false. */
  endAll(username: string, ending?: UserEnding, by?: Actor): Promise<Result<undefined>>;
}
