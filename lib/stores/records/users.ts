import type { UserRecord as Stored } from './kinds/user.ts';
import type { Page } from './page.ts';

export type UserState = 'pending' | 'active' | 'disabled';

/** A session that was ended before it expired. From `until` on (milliseconds since the epoch) it would have expired anyway. */
export interface EndedSession {
  readonly id: string;
  readonly until: number;
}

/** A user, with the sessions that were ended, as the services of before read it. */
export type UserRecord = Omit<Stored, 'state' | 'tokenEpoch' | 'rights' | 'kept'> &
  Partial<Pick<Stored, 'tokenEpoch' | 'rights' | 'kept'>> &
  Readonly<{ state: UserState; ended?: readonly EndedSession[] | undefined }>;

/** Whether a user counts as an admin who can sign in. One such user always remains. */
export const isActiveAdmin = ({ role, state }: Pick<Stored, 'role' | 'state'>): boolean =>
  role === 'admin' && state === 'active';

export interface UserChange {
  readonly role?: string;
  readonly state?: UserState;
  readonly passwordHash?: string;
  /** `null` removes it. */
  readonly email?: string | null;
  readonly emailConfirmed?: boolean;
  /** `null` removes it. */
  readonly displayName?: string | null;
  /** Ends everything that the user holds, without another change. */
  readonly endAll?: true;
}

export interface UserStore {
  /**
   * Adds a user. A name once used is not given again (`name-retired`) unless `reuseName`.
   * Names and addresses are compared in lower case.
   */
  insert(
    user: UserRecord,
    options?: { reuseName?: boolean },
  ): Promise<'created' | 'name-taken' | 'name-retired' | 'email-taken'>;
  /**
   * Adds an active admin while there is no active admin: of 100 at once, one.
   * `name-taken` also when the name is retired or the address is another's.
   */
  insertFirstAdmin(user: UserRecord): Promise<'created' | 'admin-exists' | 'name-taken'>;
  byId(id: string): Promise<UserRecord | undefined>;
  byName(nameKey: string): Promise<UserRecord | undefined>;
  byEmail(email: string): Promise<UserRecord | undefined>;
  /**
   * Changes what is given, in one write with `epoch + 1` when role, state, password or `endAll` is among it and really
   * differs (a password always does). Refuses to leave no active admin. A new address counts as unconfirmed unless the
   * change says otherwise.
   */
  update(id: string, change: UserChange, at: number): Promise<UserRecord | 'not-found' | 'last-admin' | 'email-taken'>;
  /** Replaces the hash of the same password, if it is still `from`. Raises nothing. */
  rehash(id: string, from: string, to: string): Promise<boolean>;
  signedIn(id: string, at: number): Promise<void>;
  /**
   * Notes sessions of the user as ended, and forgets those that are over by `now`. Raises no epoch, but where more than
   * 1,000 would be kept: that ends all that the user holds, and nothing need be kept.
   */
  noteEnded(userId: string, ended: readonly EndedSession[], now: number): Promise<void>;
  /** Deletes the user and retires the name. Refuses to leave no active admin. */
  remove(id: string, at: number): Promise<'removed' | 'not-found' | 'last-admin'>;
  /** By name key, ascending; `prefix` in lower case; at most `limit` (1 to 1000). */
  list(query: { limit: number; after?: string; prefix?: string }): Promise<Page<UserRecord>>;
  hasAdmin(): Promise<boolean>;
}
