import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal, type Result } from '../../errors.ts';
import { messagePage, setupPage } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { fieldProblems, formProblem } from './form-problems.ts';
import { frameOf, page, redirect } from './page.ts';

const field = z.string().catch('').default('');

const form = z.object({ token: field, username: field, password: field });

const gone = (call: CallContext): Result<Answer> =>
  html(
    404,
    messagePage(frameOf(call), {
      heading: 'Setup is done.',
      lines: ['There is an administrator already. Sign in, or ask them for an account.'],
      link: { href: `${call.prefix}/login`, text: 'Sign in' },
    }),
  );

/** What is wrong with the token, beside its field. */
const tokenProblems: Partial<Record<ErrorCode, string>> = {
  invalid_token: 'This setup token is not right. Take the whole of the one that was printed when the service started.',
  token_expired: 'This setup token is older than an hour. Restart the service, and it prints a new one.',
};

/** The form again, with what is wrong with its fields. */
function again(call: Call<z.output<typeof form>>, refusal: Refusal): Result<Answer> {
  const wrongToken = tokenProblems[refusal.code];
  const problems = fieldProblems(refusal);
  const atFields = wrongToken !== undefined || Object.keys(problems).length > 0;
  const { token, username } = call.body;
  const { status } = errorTable[refusal.code];
  const page = setupPage(frameOf(call), {
    username,
    ...(wrongToken === undefined ? { token, problems } : { problems: { token: wrongToken } }),
    problem: formProblem(refusal, atFields),
    passwordMinLength: call.core.settings.passwordMinLength,
  });
  return html(status, page, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : retryAfter(refusal));
}

const shownOnForm: ReadonlySet<ErrorCode> = new Set([
  'validation_failed',
  'conflict',
  'rate_limited',
  'invalid_token',
  'token_expired',
]);

function failed(call: Call<z.output<typeof form>>, refusal: Refusal): Result<Answer> {
  if (refusal.code === 'not_found') return gone(call);
  return shownOnForm.has(refusal.code) ? again(call, refusal) : { ok: false, refusal };
}

export const setupRoutes = [
  route({
    method: 'get',
    path: '/setup',
    summary: 'The page that creates the first admin, with the token that is printed at start.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    answers: { 200: page('The form.'), 404: page('There is an admin already.') },
    async handle(call) {
      const { core } = call;
      if (!(await core.firstAdmin.needed())) return gone(call);
      const { passwordMinLength } = core.settings;
      return html(200, setupPage(frameOf(call), { passwordMinLength }));
    },
  }),
  route({
    method: 'post',
    path: '/setup',
    summary: 'Make the first admin, and sign in as them.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    body: { as: 'form', schema: form },
    answers: {
      303: redirect('Made and signed in: on to `/`.'),
      400: page('The form, with what is wrong.'),
      401: page('The token is not right, or has ended.'),
      404: page('There is an admin already.'),
      409: page('The name is taken.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const { core, req, res, body, caller } = call;
      const made = await core.firstAdmin.setUp(body, caller);
      if (!made.ok) return failed(call, made.refusal);
      await core.browserSessions.begin(req, res, made.value, { method: 'setup', remember: false, caller });
      const detail = { door: 'setup', method: 'setup-token' } as const;
      const { username: actor } = made.value;
      await core.record({ event: 'login.succeeded', actor, via: 'none', ...caller, outcome: 'ok', detail });
      return seeOther('/');
    },
  }),
];
