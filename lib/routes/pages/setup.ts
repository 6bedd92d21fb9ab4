import { z } from 'zod';
import { equalSecrets } from '../../crypto/constant-time.ts';
import { errorTable, type Refusal, type Result } from '../../errors.ts';
import { messagePage, setupPage, waiting } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
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

const wrongLink = (call: CallContext): Result<Answer> =>
  html(
    401,
    messagePage(frameOf(call), {
      heading: 'This setup link is not valid.',
      lines: ['Open the link that was printed when the service started, whole and as it is.'],
    }),
    { 'WWW-Authenticate': 'Bearer' },
  );

/** The form again, with what is wrong with its fields. */
function again(call: Call<z.output<typeof form>>, refusal: Refusal): Result<Answer> {
  const problems = Object.fromEntries(
    (refusal.problems ?? []).map((one) => [one.field, `The ${one.field} ${one.message}.`]),
  );
  const shown = { token: call.body.token, username: call.body.username, problems };
  const { passwordMinLength } = call.core.settings;
  const page = setupPage(frameOf(call), { ...shown, problem: sentence(refusal), passwordMinLength });
  return html(errorTable[refusal.code].status, page, retryAfter(refusal));
}

function sentence({ code, detail, retryAfter: seconds, problems = [] }: Refusal): string {
  if (code === 'rate_limited') return `Too many attempts. ${waiting(seconds) ?? 'Try again later.'}`;
  return problems.length > 0 ? 'Please look at the fields again.' : (detail ?? errorTable[code].title);
}

function failed(call: Call<z.output<typeof form>>, refusal: Refusal): Result<Answer> {
  if (refusal.code === 'not_found') return gone(call);
  if (refusal.code === 'invalid_token') return wrongLink(call);
  const onForm = refusal.code === 'validation_failed' || refusal.code === 'conflict' || refusal.code === 'rate_limited';
  return onForm ? again(call, refusal) : { ok: false, refusal };
}

export const setupRoutes = [
  route({
    method: 'get',
    path: '/setup',
    summary: 'The page that makes the first admin, for whoever has the link that is printed at start.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    query: z.object({ token: field }),
    answers: { 200: page('The form.'), 401: page('The link is not right.'), 404: page('There is an admin already.') },
    async handle(call) {
      const { core, query } = call;
      if (!(await core.firstAdmin.needed())) return gone(call);
      if (!equalSecrets(query.token, core.firstAdmin.setupToken())) return wrongLink(call);
      const { passwordMinLength } = core.settings;
      return html(200, setupPage(frameOf(call), { token: query.token, passwordMinLength }));
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
      401: page('The link is not right.'),
      404: page('There is an admin already.'),
      409: page('The name is taken.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const { core, req, res, body, caller } = call;
      const made = await core.firstAdmin.setUp(body, caller);
      if (!made.ok) return failed(call, made.refusal);
      await core.browserSessions.begin(req, res, made.value, { method: 'setup', remember: false, caller });
      return seeOther('/');
    },
  }),
];
