import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal, type Result } from '../../errors.ts';
import { messagePage, signInPage, waiting } from '../../pages/index.ts';
import { policyWithForms } from '../../request/respond/own-headers.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { SignInWay } from '../../request/sign-in-sites.ts';
import { pagesSettings } from '../../settings/pages.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { originAfterSignIn, startHandOver } from './hand-over.ts';
import { field, frameOf, isSignedInHere, page, redirect } from './page.ts';

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

/** The name of the service where it has one, else the host that the browser goes on to. */
function destinationOf(call: CallContext, next: string): string {
  const { brandName } = call.core.settings;
  if (brandName !== pagesSettings.brandName.default) return brandName;
  const origin = originAfterSignIn(call, next);
  return origin === undefined ? call.source.host : new URL(origin).host;
}

/** The sign-in page's form may lead on to another host. */
function policyFor(call: CallContext, next: string): Readonly<Record<string, string>> {
  const origin = originAfterSignIn(call, next);
  return origin === undefined ? {} : policyWithForms(call.core.settings, origin);
}

/** 429 with `Retry-After` when rate limited, else 401. */
async function failed(call: Call<z.output<typeof form>>, refusal: Refusal): Promise<Result<Answer>> {
  if (!shownOnForm.has(refusal.code)) return { ok: false, refusal };
  const { username, next, remember } = call.body;
  const to = call.core.signInSites.nextOf(next);
  const shown = { username: username ?? '', next: to, remember: remember !== undefined };
  const needsAdmin = await call.core.firstAdmin.needed();
  const destination = destinationOf(call, to);
  const signUp = await call.core.signUp.mode();
  const again = signInPage(frameOf(call), { ...shown, destination, problem: sentence(refusal), needsAdmin, signUp });
  const policy = policyFor(call, to);
  if (refusal.code !== 'rate_limited') return html(401, again, { 'WWW-Authenticate': 'Bearer', ...policy });
  return html(429, again, { ...retryAfter(refusal), ...policy });
}

/** For a host on which nobody signs in: on to the sign-in at `PUBLIC_URL`. */
function signInElsewhere(call: CallContext, way: Exclude<SignInWay, 'here'>, next: string): Result<Answer> {
  const { core, source, prefix } = call;
  if (way === 'hand-over') return startHandOver(call, next);
  return seeOther(core.signInSites.urlFor(source, next, prefix));
}

const signedOut = (call: CallContext): Result<Answer> =>
  html(
    200,
    messagePage(frameOf(call), {
      heading: 'You are signed out.',
      lines: [],
      link: { href: `${call.prefix}/login`, text: 'Sign in' },
    }),
  );

export const signInRoutes = [
  route({
    method: 'get',
    path: '/login',
    summary: 'The sign-in page.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    query: z.object({ next: field, signed_out: field }),
    answers: {
      200: page('The form.'),
      303: redirect('Signed in already: on to `next`. On a host whose sign-in is at `PUBLIC_URL`: on to that.'),
    },
    async handle(call) {
      const next = call.core.signInSites.nextOf(call.query.next);
      if (isSignedInHere(call)) return seeOther(next);
      const way = call.core.signInSites.wayOf(call.source);
      if (way !== 'here')
        return call.query.signed_out === undefined ? signInElsewhere(call, way, next) : signedOut(call);
      const notice = call.query.signed_out === undefined ? {} : { notice: 'You are signed out.' };
      const needsAdmin = await call.core.firstAdmin.needed();
      const signUp = await call.core.signUp.mode();
      const shown = { destination: destinationOf(call, next), next, ...notice, needsAdmin, signUp };
      return html(200, signInPage(frameOf(call), shown), policyFor(call, next));
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
      return seeOther(core.signInSites.nextOf(body.next));
    },
  }),
];
