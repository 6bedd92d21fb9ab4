import type { Refusal } from '../../errors.ts';
import type { CallContext } from '../route.ts';

/** What a form says of a new password, and of whom it is. `again` is absent where the form has no second field. */
type Typed = Readonly<{
  password: unknown;
  again: string | undefined;
  username: string;
  email?: string | undefined;
  /** The name of the field. The second one has `_again` behind it. */
  field?: 'password' | 'new_password';
}>;

/**
 * Refuses a form whose two passwords differ. It also says what else is wrong with the first one, so that nobody types another one
 * twice for nothing. Undefined when they are the same.
 */
export function refusedAsDifferent({ core }: Pick<CallContext, 'core'>, typed: Typed): Refusal | undefined {
  const { password, again, field = 'password', username, email } = typed;
  if (again === undefined || again === password) return undefined;
  const problem = core.problemOfPassword(password, { username, email });
  const different = { field: `${field}_again`, message: 'is not the same as the first' };
  const problems = problem === undefined ? [different] : [{ field, message: problem }, different];
  return { code: 'validation_failed', problems };
}
