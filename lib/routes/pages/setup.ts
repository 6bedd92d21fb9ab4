import { z } from 'zod';
import { type ErrorCode, type Refusal, type Result, refused } from '../../errors.ts';
import { messagePage, setupPage } from '../../pages/index.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { formAgain } from './form-again.ts';
import { refusedAsDifferent } from './new-password.ts';
import { frameOf, page, redirect, wordsFor } from './page.ts';

const field = z.string().catch('').default('');

const form = z.object({
  token: field,
  username: field,
  password: field,
  password_again: z.string().optional().catch(''),
});

type Form = z.output<typeof form>;

function gone(call: CallContext): Result<Answer> {
  const words = wordsFor(call);
  const link = { href: `${call.prefix}/login`, text: words.text('signIn.title') };
  const shown = { heading: words.text('setup.done'), lines: [words.text('setup.doneLine')], link };
  return html(404, messagePage(frameOf(call), shown));
}

/** What is wrong with the token, beside its field. */
const tokenProblems = { invalid_token: 'setup.wrongToken', token_expired: 'setup.expiredToken' } as const;

const isAboutToken = (code: ErrorCode): code is keyof typeof tokenProblems => Object.hasOwn(tokenProblems, code);

/** The form again, with what is wrong with its fields. */
function again(call: Call<Form>, refusal: Refusal): Result<Answer> | Promise<Result<Answer>> {
  const { code } = refusal;
  const { token, username } = call.body;
  const { passwordMinLength } = call.core.settings;
  const shown = { username, passwordMinLength };
  if (!isAboutToken(code))
    return formAgain(call, refusal, (text) => setupPage(frameOf(call), { ...shown, token, ...text }));
  const words = wordsFor(call);
  const problems = { token: words.text(tokenProblems[code]) };
  const page = setupPage(frameOf(call), { ...shown, problems, problem: words.text('problems.fields') });
  return html(401, page, { 'WWW-Authenticate': 'Bearer' });
}

async function setUp(call: Call<Form>): ReturnType<CallContext['core']['firstAdmin']['setUp']> {
  const { core, body, caller } = call;
  if (!(await core.firstAdmin.needed())) return refused('not_found');
  const { password_again: repeated, ...wanted } = body;
  const different = refusedAsDifferent(call, { ...wanted, again: repeated });
  return different === undefined ? core.firstAdmin.setUp(wanted, caller) : { ok: false, refusal: different };
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
      const { core, req, res, caller } = call;
      const made = await setUp(call);
      if (!made.ok) return made.refusal.code === 'not_found' ? gone(call) : again(call, made.refusal);
      await core.browserSessions.begin(req, res, made.value, { method: 'setup', remember: false, caller });
      const detail = { door: 'setup', method: 'setup-token' } as const;
      const { username: actor } = made.value;
      await core.record({ event: 'login.succeeded', actor, via: 'none', ...caller, outcome: 'ok', detail });
      return seeOther('/');
    },
  }),
];
