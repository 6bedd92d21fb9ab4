import { z } from 'zod';
import { messagePage, signOutPage } from '../../pages/index.ts';
import { policyWithForms } from '../../request/respond/own-headers.ts';
import { returnTo } from '../../request/respond/return-to.ts';
import { html, seeOther } from '../reply.ts';
import { type CallContext, route } from '../route.ts';
import { signOut } from '../signing-out.ts';
import { field, frameOf, page, redirect, wordsFor } from './page.ts';

/** The page that the form leads on to may itself lead to the sign-in at `PUBLIC_URL`. */
function policyFor({ core, source }: CallContext): Readonly<Record<string, string>> {
  const { publicUrl } = core.settings;
  if (publicUrl === undefined || core.signInSites.wayOf(source) === 'here') return {};
  return policyWithForms(core.settings, publicUrl);
}

/** The cookie that a hand-over set is of this host alone, also where others share one by `COOKIE_DOMAIN`. */
function clearedHere({ core, source }: CallContext): Readonly<Record<string, string>> {
  const { cookieDomain } = core.settings;
  if (cookieDomain === undefined || core.signInSites.wayOf(source) !== 'hand-over') return {};
  return { 'Set-Cookie': core.handOvers.clearCookieHeader };
}

export const signOutRoutes = [
  route({
    method: 'get',
    path: '/logout',
    summary: 'The page that asks for confirmation before sign-out; upstreams link to it.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    query: z.object({ next: field }),
    answers: { 200: page('The question, or for a user who is not signed in a link to the sign-in page.') },
    async handle(call) {
      const { principal, prefix, query } = call;
      if (principal.via === 'session') {
        const shown = signOutPage(frameOf(call), { name: principal.name, next: returnTo(query.next, '') });
        return html(200, shown, policyFor(call));
      }
      const words = wordsFor(call);
      const link = { href: `${prefix}/login`, text: words.text('signIn.title') };
      return html(200, messagePage(frameOf(call), { heading: words.text('signOut.notSignedIn'), lines: [], link }));
    },
  }),
  route({
    method: 'post',
    path: '/logout',
    summary: 'End the session, with `all=true` all of the user’s.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    endsOwn: true,
    body: { as: 'form', schema: z.object({ all: field, next: field }) },
    answers: { 303: redirect('Signed out: on to the sign-in page, or to a checked `next`.') },
    async handle(call) {
      const { all, next } = call.body;
      const out = await signOut(call, { everywhere: all === 'true' });
      // Without a session there is nothing to end. A bad credential is refused.
      if (!out.ok && out.refusal.code !== 'missing_credential') return out;
      const signInAgain = `${call.prefix}/login?signed_out=1`;
      const headers = { 'Clear-Site-Data': '"cache"', ...clearedHere(call) };
      return seeOther(next === undefined ? signInAgain : returnTo(next, signInAgain), headers);
    },
  }),
];
