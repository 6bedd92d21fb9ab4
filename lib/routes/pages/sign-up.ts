import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal, type Result } from '../../errors.ts';
import { messagePage, signUpPage } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { UserView } from '../../services.ts';
import { html, retryAfter } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { fieldProblems, formProblem } from './form-problems.ts';
import { field, frameOf, page } from './page.ts';

const form = z.object({ invitation: field, username: field, password: field, email: field });

type Form = z.output<typeof form>;

const signIn = ({ prefix }: CallContext) => ({ href: `${prefix}/login`, text: 'Sign in' });

const closed = (call: CallContext): Result<Answer> =>
  html(
    403,
    messagePage(frameOf(call), {
      heading: 'Sign-up is closed.',
      lines: ['Ask an administrator for an account.'],
      link: signIn(call),
    }),
  );

const made = (call: CallContext, { username, active }: UserView): Result<Answer> =>
  html(
    200,
    messagePage(frameOf(call), {
      heading: active ? 'Your account is ready.' : 'Your account waits for an administrator.',
      lines: [
        active
          ? `You can sign in as ${username}.`
          : `You can sign in as ${username} as soon as an administrator has activated it.`,
      ],
      link: signIn(call),
    }),
  );

/** Refusals that the form shows. Others get the error page. */
const shownOnForm: ReadonlySet<ErrorCode> = new Set(['validation_failed', 'conflict', 'rate_limited']);

/** The form again, with what is wrong; a password is never shown again. */
async function again(call: Call<Form>, refusal: Refusal): Promise<Result<Answer>> {
  const mode = await call.core.signUp.mode();
  if (mode === 'closed' || refusal.code === 'signup_closed') return closed(call);
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const { invitation, username, email } = call.body;
  const problems = fieldProblems(refusal);
  const again = signUpPage(frameOf(call), {
    ...{ mode, invitation, username, email, problems },
    problem: formProblem(refusal, Object.keys(problems).length > 0),
    passwordMinLength: call.core.settings.passwordMinLength,
  });
  return html(errorTable[refusal.code].status, again, retryAfter(refusal));
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
      const { username = '', password = '', ...rest } = call.body;
      const signedUp = await call.core.signUp.signUp({ username, password, ...rest }, call.caller);
      return signedUp.ok ? made(call, signedUp.value) : again(call, signedUp.refusal);
    },
  }),
];
