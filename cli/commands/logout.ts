import { type Changed, openContexts } from '../contexts/folder.ts';
import type { ContextRecord, SignIn } from '../contexts/record.ts';
import { mustBeThere, selectedContext } from '../contexts/selection.ts';
import { CommandError, reasonOf } from '../exit.ts';
import type { Output } from '../output.ts';
import { endClientToken, type SignOut, signOut } from '../remote/sign-out.ts';
import type { Globals } from '../shared-options.ts';

export interface LogoutOptions {
  /** Revokes the API token too. */
  readonly revoke?: boolean;
  /** Ends every session of the user. */
  readonly all?: boolean;
  /** Forgets the tokens although the server did not confirm the sign-out. */
  readonly force?: boolean;
}

/**
 * `auth logout`: ends the session on the server, then forgets its tokens. When the server does not confirm it, they are kept
 * and the command fails, so that it can be repeated; `--force` forgets them all the same.
 */
export async function logout(options: LogoutOptions, globals: Globals, out: Output): Promise<void> {
  const contexts = openContexts(process.env, out.warn);
  const selection = await selectedContext(globals, contexts);
  mustBeThere(selection);
  const { name, record } = selection;
  if (record?.signIn === undefined && record?.clientToken === undefined) {
    out.note(`The context ${name} is not signed in.`);
  } else {
    const outcome = await contexts.change(name, (now) => forgotten(now, options));
    report(outcome, record.signIn, options, out);
  }
  if (process.env.GATEWARDEN_TOKEN !== undefined) out.warn('GATEWARDEN_TOKEN is set: commands go on with that token');
}

async function forgotten(record: ContextRecord | undefined, options: LogoutOptions): Promise<Changed<SignOut>> {
  if (record === undefined) return { record, answer: { kind: 'was over' } };
  const { signIn, clientToken, ...rest } = record;
  const answer = signIn ? await signOut(signIn, options) : await clientEnded(record);
  if (answer.kind !== 'failed' || options.force) return { record: rest, answer };
  return { record: { ...rest, clientToken, signIn: answer.signIn }, answer };
}

async function clientEnded(record: ContextRecord): Promise<SignOut> {
  try {
    await endClientToken(record);
    return { kind: 'ended' };
  } catch (error) {
    return { kind: 'failed', error, signIn: undefined };
  }
}

function report(outcome: SignOut, signIn: SignIn | undefined, { force }: LogoutOptions, out: Output): void {
  const where = signIn ? ` ${signIn.user} from ${signIn.server}` : '';
  if (outcome.kind === 'ended') out.note(`Signed out${where}.`);
  if (outcome.kind === 'was over') out.note(`Signed out${where}: the session had ended already.`);
  if (outcome.kind === 'kept') out.note('The token is forgotten here. It is valid still: to end it, use --revoke.');
  if (outcome.kind !== 'failed') return;
  if (!force) throw notConfirmed(outcome.error);
  out.warn(`the tokens are forgotten here, but the server did not confirm the sign-out: ${reasonOf(outcome.error)}`);
}

function notConfirmed(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  const { exitCode, code, message, problems } = error;
  const hint = 'You are signed in still. Repeat this, or forget the tokens here only: gatewarden auth logout --force';
  return new CommandError(exitCode, code, `The sign-out is not confirmed. ${message}`, problems, hint);
}
