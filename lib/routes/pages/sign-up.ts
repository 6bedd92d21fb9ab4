import { z } from 'zod';
import type { Refusal, Result } from '../../errors.ts';
import { messagePage, signUpPage } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { UserView } from '../../services.ts';
import { html } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { formAgain } from './form-again.ts';
import { refusedAsDifferent } from './new-password.ts';
import { field, frameOf, page, wordsFor } from './page.ts';

const form = z.object({
  invitation: field,
  username: field,
  password: field,
  password_again: z.string().optional().catch(''),
  email: field,
});

type Form = z.output<typeof form>;

const signIn = (call: CallContext) => ({ href: `${call.prefix}/login`, text: wordsFor(call).text('signIn.title') });

function closed(call: CallContext): Result<Answer> {
  const words = wordsFor(call);
  const shown = { heading: words.text('signUp.closed'), lines: [words.text('signUp.closedLine')], link: signIn(call) };
  return html(403, messagePage(frameOf(call), shown));
}

function made(call: CallContext, { username, active }: UserView): Result<Answer> {
  const words = wordsFor(call);
  const name = { name: username };
  const shown = active
    ? { heading: words.text('signUp.ready'), lines: [words.text('signUp.readyLine', name)] }
    : { heading: words.text('signUp.waits'), lines: [words.text('signUp.waitsLine', name)] };
  return html(200, messagePage(frameOf(call), { ...shown, link: signIn(call) }));
}

/** The form again, with what is wrong; a password is never shown again. */
async function again(call: Call<Form>, refusal: Refusal): Promise<Result<Answer>> {
  const mode = await call.core.signUp.mode();
  if (mode === 'closed' || refusal.code === 'signup_closed') return closed(call);
  const { invitation, username, email } = call.body;
  const { passwordMinLength } = call.core.settings;
  const shown = { mode, invitation, username, email, passwordMinLength };
  return formAgain(call, refusal, (text) => signUpPage(frameOf(call), { ...shown, ...text }));
}

async function signUp(call: Call<Form>): Promise<Result<UserView>> {
  const { username = '', password = '', password_again: repeated, ...rest } = call.body;
  const different = refusedAsDifferent(call, { password, again: repeated, username, email: rest.email });
  if (different !== undefined) return { ok: false, refusal: different };
  return call.core.signUp.signUp({ username, password, ...rest }, call.caller);
}

export const signUpRoutes = [
  route({
    method: 'get',
    path: '/signup',
    summary: 'The page on which people make themselves an account, where `SIGNUP` allows it.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    answers: { 200: page('The form.'), 403: page('Sign-up is closed.') },
    async handle(call) {
      const mode = await call.core.signUp.mode();
      if (mode === 'closed') return closed(call);
      const { passwordMinLength } = call.core.settings;
      return html(200, signUpPage(frameOf(call), { mode, passwordMinLength }));
    },
  }),
  route({
    method: 'post',
    path: '/signup',
    summary: 'Make an account for yourself. Signs nobody in.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    body: { as: 'form', schema: form },
    answers: {
      200: page('The account is there; the page says whether it waits for an administrator.'),
      400: page('The form, with what is wrong.'),
      403: page('Sign-up is closed.'),
      409: page('The name or the address is taken.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const signedUp = await signUp(call);
      return signedUp.ok ? made(call, signedUp.value) : again(call, signedUp.refusal);
    },
  }),
];
