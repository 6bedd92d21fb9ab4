import { z } from 'zod';
import type { Refusal } from '../../../errors.ts';
import { changePassword } from '../../changing-password.ts';
import { seeOther } from '../../reply.ts';
import { type Call, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { refusedAsDifferent } from '../new-password.ts';
import { field, page, redirect } from '../page.ts';
import { accountShown } from './overview.ts';

const form = z.object({ current_password: field, new_password: field, new_password_again: field, end_tokens: field });
type FormCall = Call<z.output<typeof form>>;

const again = (call: FormCall, refusal: Refusal) =>
  formAgain(call, refusal, (text) => accountShown(call, { ...text, endTokens: call.body.end_tokens === 'true' }));

/** Why the two new passwords are refused before the current one is compared, if they are. */
const refusedUnread = (call: FormCall): Refusal | undefined =>
  refusedAsDifferent(call, {
    ...{ password: call.body.new_password ?? '', again: call.body.new_password_again ?? '' },
    ...{ field: 'new_password', username: call.principal.name, email: call.principal.email },
  });

/** The form of the password on the account page. */
export const accountPasswordRoutes = [
  route({
    method: 'post',
    path: '/account/password',
    summary: 'Change your password by the form of the account page; ends your other sessions.',
    tag: 'pages',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:write',
    body: { as: 'form', schema: form },
    answers: {
      303: redirect('Changed: back to the account page.'),
      400: page('The form, with what is wrong.'),
      403: page('The current password is not right.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const { current_password: current, new_password: next = '', end_tokens: ending } = call.body;
      const different = refusedUnread(call);
      if (different !== undefined) return again(call, different);
      const endTokens = ending === 'true';
      const changed = await changePassword(call, { current, next, endTokens });
      if (!changed.ok) return again(call, changed.refusal);
      return seeOther(`${call.prefix}/account?done=${endTokens ? 'password-and-tokens' : 'password'}`);
    },
  }),
];
