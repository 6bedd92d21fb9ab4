import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal, type Result } from '../../errors.ts';
import { signInPage, waiting } from '../../pages/index.ts';
import { returnTo } from '../../request/respond/return-to.ts';
import type { Answer } from '../../request/respond/write.ts';
import { pagesSettings } from '../../settings/pages.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { field, frameOf, page, redirect } from './page.ts';

const form = z.object({ username: field, password: field, next: field, remember: field });

/** Refusals that the form shows. Others get the error page. */
const shownOnForm: ReadonlySet<ErrorCode> = new Set([
  'invalid_credentials',
  'rate_limited',
  'account_pending',
  'account_disabled',
  'validation_failed',
]);

/** The sentence is the same for an unknown name and a wrong password. */
function sentence(refusal: Refusal): string {
  if (refusal.code === 'rate_limited') return `Too many attempts. ${waiting(refusal.retryAfter) ?? 'Try again later.'}`;
  return errorTable[refusal.code === 'validation_failed' ? 'invalid_credentials' : refusal.code].title;
}

/** The name of the service where it has one, else the host that the browser asked. */
function destinationOf({ core, source }: CallContext): string {
  const { brandName } = core.settings;
  return brandName === pagesSettings.brandName.default ? source.host : brandName;
}

/** 429 with `Retry-After` when rate limited, else 401. */
async function failed(call: Call<z.output<typeof form>>, refusal: Refusal): Promise<Result<Answer>> {
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const { username, next, remember } = call.body;
  const shown = { username: username ?? '', next: returnTo(next), remember: remember !== undefined };
  const needsAdmin = await call.core.firstAdmin.needed();
  const destination = destinationOf(call);
  const signUp = await call.core.signUp.mode();
  const again = signInPage(frameOf(call), { ...shown, destination, problem: sentence(refusal), needsAdmin, signUp });
  if (refusal.code !== 'rate_limited') return html(401, again, { 'WWW-Authenticate': 'Bearer' });
  return html(429, again, retryAfter(refusal));
}

const isHere = ({ principal }: CallContext): boolean => principal.via === 'session';

export const signInRoutes = [
  route({
    method: 'get',
    path: '/login',
    summary: 'The sign-in page.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    query: z.object({ next: field, signed_out: field }),
    answers: { 200: page('The form.'), 303: redirect('Signed in already: on to `next`.') },
    async handle(call) {
      const next = returnTo(call.query.next);
      if (isHere(call)) return seeOther(next);
      const notice = call.query.signed_out === undefined ? {} : { notice: 'You are signed out.' };
      const needsAdmin = await call.core.firstAdmin.needed();
      const signUp = await call.core.signUp.mode();
      const shown = { destination: destinationOf(call), next, ...notice, needsAdmin, signUp };
      return html(200, signInPage(frameOf(call), shown));
    },
  }),
  route({
    method: 'post',
    path: '/login',
    summary: 'Sign in with a name and a password; sets the session cookie.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    body: { as: 'form', schema: form },
    answers: {
      303: redirect('Signed in: on to a checked `next`.'),
      401: page('The form, with what is wrong.'),
      429: page('Too many attempts.'),
    },
    async handle(call) {
      const { core, req, res, body, caller } = call;
      const user = await core.passwordAuthenticator.authenticate(req, res, body, caller, 'form');
      if (!user.ok) return failed(call, user.refusal);
      const remember = body.remember !== undefined;
      await core.browserSessions.begin(req, res, user.value, { method: 'password', remember, caller });
      return seeOther(returnTo(body.next));
    },
  }),
];
