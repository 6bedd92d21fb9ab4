import type { Result } from '../errors.ts';
import type { Actor } from '../types.ts';
import type { UserView } from './users.ts';

/** The client of a request: attempts are counted by its address, and the audit log names it. */
export type Caller = Readonly<{ address: string; agent?: string | undefined }>;

/** How a password was submitted: the sign-in form, the JSON API, OAuth, or a call that requires the current one. */
export type SignInDoor = 'form' | 'api' | 'oauth' | 'confirm';

/** A new password for a user. */
export interface PasswordChange {
  readonly password: string;
  /** The public id of a session that is not ended. All other sessions and access tokens end. */
  readonly keep?: string | undefined;
  /** Ends the user's API tokens too. Default: false. */
  readonly endTokens?: boolean | undefined;
}

/** `gate.signIn`: verifies and changes passwords, for an app's own pages. It starts no session: `req.login(user)` does. */
export interface SignIn {
  /**
   * Verifies a password. Attempts are counted first, by name and by the caller's address. `invalid_credentials` for an
   * unknown name, a wrong password and a user without one alike, `rate_limited` with `retryAfter` in seconds,
   * `store_unavailable` with `retryAfter` when too many passwords are being compared already, `account_pending` and
   * `account_disabled` for the right password only.
   */
  verify(credentials: Readonly<{ username: unknown; password: unknown }>, caller: Caller): Promise<Result<UserView>>;
  /**
   * Verifies the password of the signed-in user before a sensitive change: `confirmation_required` when it is missing or
   * wrong, else as `verify`. A wrong one counts against the session and the user's daily limit, not against their sign-ins.
   */
  confirm(password: unknown, by: Actor): Promise<Result<undefined>>;
  /** Sets a new password. `not_found`; `validation_failed` with the problem; `token_revoked` when the session `keep` has ended. */
  change(username: string, change: PasswordChange, by?: Actor): Promise<Result<undefined>>;
}
