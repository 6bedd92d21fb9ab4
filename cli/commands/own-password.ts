import { CommandError, exit, usage } from '../exit.ts';
import { ownPassword } from '../own-password.ts';
import { type PasswordOptions, passwordSource } from '../password-input.ts';
import { connect } from '../server.ts';
import type { Said } from '../shared-options.ts';
import type { EndingOptions } from './user.ts';

/** `user set-password` without a name: one's own, through the server, which asks for the present one. */
export async function setOwnPassword(options: EndingOptions & PasswordOptions, said: Said): Promise<void> {
  if (options.local) throw usage('Say whose password: the store itself does not know who you are.');
  if (options.envFile !== undefined) throw usage('--env-file names settings of a store: it needs --local.');
  const readPassword = passwordSource('your account', options, said);
  const server = await connect(said.globals(), said.out());
  const current_password = await ownPassword(said.globals())();
  if (current_password === undefined) throw noOwnPassword();
  const body = { current_password, new_password: await readPassword(), end_tokens: options.endTokens };
  await server.call('PUT', '/api/v1/account/password', { body });
  said
    .out()
    .note(
      `Your password is changed. Your other sessions have ended${options.endTokens ? ', and your API tokens' : ''}.`,
    );
}

const noOwnPassword = () =>
  new CommandError(exit.notAllowed, 'confirmation_required', 'To change your password, your present one is needed.');
