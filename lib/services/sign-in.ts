import type { Result } from '../errors.ts';
import type { Actor } from '../types.ts';
import type { UserView } from './users.ts';

/** Where a request comes from: attempts are counted by it, and the audit log names it. */
export type Caller = Readonly<{ address: string; agent?: string | undefined }>;

/** Where a password was typed: the sign-in form, the JSON API, OAuth, or a call that asks for the current one. */
export type SignInDoor = 'form' | 'api' | 'oauth' | 'confirm';

export interface PasswordChange {
  readonly password: string;
  /** The public id of a session that goes on; everything else that the user holds, API tokens apart, ends. */
  readonly keep?: string | undefined;
}

/** `gate.signIn`: passwords, for pages of one's own. It signs nobody in by itself: `req.login(user)` does. */
export interface SignIn {
  /**
   * Whether the password is right; attempts are counted first, by name and by the caller's address. `invalid_credentials`
   * alike for unknown, wrong and passwordless, `rate_limited` with `retryAfter` in seconds, `store_unavailable` with
   * `retryAfter` when too many passwords are being compared, `account_pending` and `account_disabled` for the right
   * password only.
   */
  verify(credentials: Readonly<{ username: unknown; password: unknown }>, caller: Caller): Promise<Result<UserView>>;
  /**
   * Their own password once more, before something grave: `confirmation_required` when it is missing or wrong, else as
   * `verify`. Wrong ones count for the session and in the user's day, not for their sign-ins.
   */
  confirm(password: unknown, by: Actor): Promise<Result<undefined>>;
  /** Sets a new password. `not_found`, `validation_failed` with the problem. */
  change(username: string, change: PasswordChange, by?: Actor): Promise<Result<undefined>>;
}
