import { z } from 'zod';
import type { ErrorCode, Refusal, Result } from '../../errors.ts';
import { messagePage, type SignInShown, signInPage, type Words } from '../../pages/index.ts';
import { tooManyText } from '../../pages/refusal-text.ts';
import { policyWithForms } from '../../request/respond/own-headers.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { SignInWay } from '../../request/sign-in-sites.ts';
import { pagesSettings } from '../../settings/pages.ts';
import { html, retryAfter, seeOther } from '../reply.ts';
import { type Call, type CallContext, route } from '../route.ts';
import { originAfterSignIn, startHandOver } from './hand-over.ts';
import { field, frameOf, isSignedInHere, page, redirect, wordsFor } from './page.ts';

const form = z.object({ username: field, password: field, next: field, remember: field });

/** Refusals that the form shows, with their sentences: the same for an unknown name and a wrong password. Others get the error page. */
const sentences = {
  invalid_credentials: 'signIn.wrong',
  validation_failed: 'signIn.wrong',
  account_pending: 'signIn.pending',
  account_disabled: 'signIn.disabled',
} as const;

const hasSentence = (code: ErrorCode): code is keyof typeof sentences => Object.hasOwn(sentences, code);

function sentence(words: Words, { code, retryAfter }: Refusal): string | undefined {
  if (code === 'rate_limited') return tooManyText(words, retryAfter);
  return hasSentence(code) ? words.text(sentences[code]) : undefined;
}

/** The host that the browser goes on to where it is another one, else the name of this service, else the host. */
function destinationOf(call: CallContext, next: string): string {
  const origin = originAfterSignIn(call, next);
  if (origin !== undefined) return new URL(origin).host;
  const { brandName } = call.core.settings;
  return brandName === pagesSettings.brandName.default ? call.source.host : brandName;
}

/** The sign-in page's form may lead on to another host. */
function policyFor(call: CallContext, next: string): Readonly<Record<string, string>> {
  const origin = originAfterSignIn(call, next);
  return origin === undefined ? {} : policyWithForms(call.core.settings, origin);
}

/** The page, with what is the same for everybody. */
async function shownPage(call: CallContext, shown: Omit<SignInShown, 'destination' | 'needsAdmin' | 'signUp'>) {
  const destination = destinationOf(call, shown.next);
  const needsAdmin = await call.core.firstAdmin.needed();
  const signUp = await call.core.signUp.mode();
  return signInPage(frameOf(call), { ...shown, destination, needsAdmin, signUp });
}

/** 429 with `Retry-After` when rate limited, else 401. */
async function failed(call: Call<z.output<typeof form>>, refusal: Refusal): Promise<Result<Answer>> {
  const problem = sentence(wordsFor(call), refusal);
  if (problem === undefined) return { ok: false, refusal };
  const { username, next, remember } = call.body;
  const to = call.core.signInSites.nextOf(next);
  const typed = { username: username ?? '', next: to, remember: remember !== undefined };
  const again = await shownPage(call, { ...typed, problem, retryAfter: refusal.retryAfter });
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

function signedOut(call: CallContext): Result<Answer> {
  const words = wordsFor(call);
  const link = { href: `${call.prefix}/login`, text: words.text('signIn.title') };
  return html(200, messagePage(frameOf(call), { heading: words.text('signIn.signedOut'), lines: [], link }));
}

type Arrival = z.output<typeof arrival>;
const arrival = z.object({ next: field, signed_out: field, ended: field });

/** Why somebody meets the form who did not ask for it. */
function noticeOf(call: Call<unknown, Arrival>): Pick<SignInShown, 'notice' | 'noticeKind'> {
  const words = wordsFor(call);
  if (call.query.signed_out !== undefined) return { notice: words.text('signIn.signedOut') };
  const isEnded = call.endedCookie || call.query.ended !== undefined;
  return isEnded ? { notice: words.text('signIn.ended'), noticeKind: 'warn' } : {};
}

export const signInRoutes = [
  route({
    method: 'get',
    path: '/login',
    summary: 'The sign-in page.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    query: arrival,
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
      return html(200, await shownPage(call, { next, ...noticeOf(call) }), policyFor(call, next));
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
