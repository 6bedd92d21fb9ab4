import type { Result } from '../errors.ts';
import type { Caller } from './sign-in.ts';
import type { UserView } from './users.ts';

/** What a person who signs up has typed. */
export type SignUpInput = Readonly<{
  username: unknown;
  password: unknown;
  email?: unknown;
  displayName?: unknown;
  /** The code of an invitation. */
  invitation?: unknown;
}>;

/** Sign-up, as `SIGNUP` allows it. For the routes (`Core`), not on `gate`. */
export interface SignUp {
  /** Whether people may sign up now: not at all, with an invitation, or without. Closed until there is an admin. */
  mode(): Promise<'closed' | 'invite' | 'open'>;
  /**
   * Creates an account. `signup_closed`; `validation_failed` with the fields' problems, `invitation` among them for a code that cannot
   * be used, whatever the reason; `conflict` for a name or address that is taken; `rate_limited` with `retryAfter`. Rejects with
   * `StoreUnavailableError`, also when too many passwords are being hashed.
   */
  signUp(input: SignUpInput, caller: Caller): Promise<Result<UserView>>;
}
