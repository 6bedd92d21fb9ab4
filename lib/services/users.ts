import type { Result } from '../errors.ts';
import type { Page } from '../stores/records/page.ts';
import type { Actor } from '../types.ts';

/** A user as it is shown. */
export interface UserView {
  /** The same for ever, `Principal.id`; no handle. */
  readonly id: string;
  /** As chosen. */
  readonly username: string;
  readonly role: string;
  /** `pending`: never activated. `disabled`: was active once. */
  readonly state: 'pending' | 'active' | 'disabled';
  /** `state` is `active`. */
  readonly active: boolean;
  readonly email?: string | undefined;
  /** The owner confirmed it, or an admin set it: upstreams may be told. */
  readonly emailConfirmed: boolean;
  readonly displayName?: string | undefined;
  /** Can sign in with a password. */
  readonly hasPassword: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastLoginAt?: number | undefined;
}

export interface NewUser {
  readonly username: string;
  readonly password?: string | undefined;
  /** Default: `DEFAULT_ROLE`. */
  readonly role?: string | undefined;
  /** Default: true. */
  readonly active?: boolean | undefined;
  readonly email?: string | undefined;
  readonly displayName?: string | undefined;
  /** Gives a deleted user's name again. Only from an admin's hand. Default: false. */
  readonly reuseName?: boolean | undefined;
}

/** What is left out stays as it is; `null` takes an address or a display name away. */
export interface UserEdit {
  readonly password?: string | undefined;
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  readonly email?: string | null | undefined;
  readonly displayName?: string | null | undefined;
}

export interface UserQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** What names begin with. */
  readonly q?: string | undefined;
}

/**
 * `gate.users`. Nobody gives a role above their own or changes somebody above them (`insufficient_role`). Every change is
 * in the audit log, and reaches caches and open sockets.
 */
export interface Users {
  /** `validation_failed` with the fields' problems; `conflict` for a name or address that is taken. */
  create(user: NewUser, by?: Actor): Promise<Result<UserView>>;
  get(username: string): Promise<UserView | undefined>;
  /** By name, ascending. */
  list(query?: UserQuery): Promise<Page<UserView>>;
  /** `not_found`, `validation_failed`; `conflict` when it would leave no active admin. */
  edit(username: string, edit: UserEdit, by?: Actor): Promise<Result<UserView>>;
  /** Deletes the user and all that they hold; the name is retired. `conflict` when it would leave no active admin. */
  remove(username: string, by?: Actor): Promise<Result<undefined>>;
  /** Ends all sessions and tokens of the user. */
  endAll(username: string, by?: Actor): Promise<Result<undefined>>;
}
