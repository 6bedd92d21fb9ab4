import { z } from 'zod';
import type { Refusal, Result } from '../../errors.ts';
import { refused } from '../../errors.ts';
import { continuePage, messagePage } from '../../pages/index.ts';
import { returnTo } from '../../request/respond/return-to.ts';
import type { Answer } from '../../request/respond/write.ts';
import { html, seeOther } from '../reply.ts';
import { type CallContext, route } from '../route.ts';
import { field, frameOf, isSignedInHere, page, redirect, wordsFor } from './page.ts';

/** A host that wants a session of `PUBLIC_URL`: its origin, the hash of the browser's secret, and the path to go on to. */
type Wanted = Readonly<{ to: string; binding: string; next: string }>;

const query = z.object({ to: field, binding: field, next: field });

const bindingForm = /^[\w-]{43}$/;

/** The path of the hand-over at `PUBLIC_URL`. One that would be too long for `returnTo` leads to the root of the host. */
function pathOf(prefix: string, wanted: Wanted): string {
  const path = `${prefix}/hand-over?${new URLSearchParams(wanted)}`;
  return returnTo(path, '') === '' ? `${prefix}/hand-over?${new URLSearchParams({ ...wanted, next: '/' })}` : path;
}

/** Sends a browser to the hand-over at `PUBLIC_URL`, with a cookie by which this host knows it again. */
export function startHandOver({ core, req, source, prefix }: CallContext, next: string): Result<Answer> {
  const { publicUrl } = core.settings;
  const to = core.signInSites.originOf(source.hostname);
  if (publicUrl === undefined || to === undefined) return refused('not_found');
  const { binding, setCookie } = core.handOvers.bind(req);
  return seeOther(publicUrl + pathOf(prefix, { to, binding, next }), { 'Set-Cookie': setCookie });
}

/** The origin that sign-in leads on to, when it is another one. `next` is a checked place to go to after sign-in. */
export function originAfterSignIn({ core, prefix }: CallContext, next: string): string | undefined {
  if (!next.startsWith('/')) return new URL(next).origin;
  if (!next.startsWith(`${prefix}/hand-over?`)) return undefined;
  const to = new URLSearchParams(next.slice(next.indexOf('?'))).get('to') ?? '';
  return core.signInSites.handsOverTo(to) === undefined ? undefined : to;
}

const incomplete: Refusal = {
  code: 'validation_failed',
  detail: 'This link does not name a host that sign-in is handed over to.',
};

/** Codes are for whole windows: a frame or a script has no use for them. */
const isWholeWindow = ({ req }: CallContext): boolean => (req.headers['sec-fetch-dest'] ?? 'document') === 'document';

/** Why the hand-over is not answered; undefined when it is. */
function obstacle(call: CallContext): Refusal | undefined {
  const { settings, signInSites } = call.core;
  const { publicUrl } = settings;
  if (publicUrl === undefined) return { code: 'not_found' };
  if (!signInSites.isPublic(call.source))
    return { code: 'misdirected_host', detail: `This page is answered at PUBLIC_URL, ${publicUrl}, only.` };
  return isWholeWindow(call) ? undefined : { code: 'csrf_rejected' };
}

/**
 * Whether the session cookie may be missing only because another site led here: browsers omit a cookie with `SameSite=Strict` then.
 */
const isWithheld = ({ core, req }: CallContext): boolean =>
  core.settings.cookieSamesite === 'strict' && req.headers['sec-fetch-site'] === 'cross-site';

/** A page that goes on by itself, for a navigation that counts as one of this site. Its URL is not told to the target. */
const goOn = (call: CallContext, href: string, setCookie?: string): Result<Answer> =>
  html(200, continuePage(frameOf(call), { href }), {
    'Referrer-Policy': 'no-referrer',
    ...(setCookie !== undefined && { 'Set-Cookie': setCookie }),
  });

/** Makes a code for a browser that is signed in here, and sends it with the code to the host. */
async function handOver(call: CallContext, hostname: string, { to, binding, next }: Wanted): Promise<Result<Answer>> {
  const { core, req, prefix, principal, caller } = call;
  const code = await core.handOvers.issue(req, principal.sessionId ?? '', { hostname, target: next, binding });
  if (!code.ok) return code;
  const event = { event: 'session.handed-over', subject: `host:${hostname}`, outcome: 'ok' } as const;
  await core.record({ ...event, actor: principal.name, via: principal.via, ...caller });
  return seeOther(`${to}${prefix}/hand-over/redeem?code=${code.value}`);
}

/** Ends the live session that the cookie of this host named until now. A dead one stays: its successor may be the new one. */
async function endReplaced({ core, principal: { via, sessionId: id } }: CallContext, by: string): Promise<void> {
  if (via === 'session' && id !== undefined && id !== by) await core.endNamed({ id });
}

async function redeem(call: CallContext, code: string): Promise<Result<Answer>> {
  const { core, req, source, prefix } = call;
  const redeemed = await core.handOvers.redeem(req, code, source.hostname);
  if (redeemed === undefined) return isSignedInHere(call) ? seeOther('/') : failed(call);
  const { sessionId, target, setCookie } = redeemed;
  await endReplaced(call, sessionId);
  if (core.settings.cookieSamesite === 'strict') return goOn(call, target, setCookie);
  return seeOther(returnTo(target, `${prefix}/account`), { 'Set-Cookie': setCookie });
}

function failed(call: CallContext): Result<Answer> {
  const words = wordsFor(call);
  const link = { href: `${call.prefix}/login`, text: words.text('message.tryAgain') };
  const shown = { heading: words.text('message.notHere'), lines: [words.text('message.notHereLine')], link };
  return html(400, messagePage(frameOf(call), shown));
}

/** The sign-in at `PUBLIC_URL` that leads back to the hand-over. It says so when a session has ended. */
const signInFor = ({ prefix, endedCookie }: CallContext, path: string): string =>
  `${prefix}/login?next=${encodeURIComponent(path)}${endedCookie ? '&ended=1' : ''}`;

export const handOverRoutes = [
  route({
    method: 'get',
    path: '/hand-over',
    summary: 'Hand the sign-in at `PUBLIC_URL` over to another host, with `sign_in: public-url`.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    query,
    answers: {
      200: page('A page that goes on by itself.'),
      303: redirect('To the sign-in page, or to the host with a code.'),
    },
    refusals: ['misdirected_host', 'csrf_rejected', 'validation_failed', 'not_found', 'invalid_token', 'rate_limited'],
    async handle(call) {
      const no = obstacle(call);
      if (no !== undefined) return { ok: false, refusal: no };
      const { to = '', binding = '', next } = call.query;
      const hostname = call.core.signInSites.handsOverTo(to);
      if (hostname === undefined || !bindingForm.test(binding)) return { ok: false, refusal: incomplete };
      const wanted = { to, binding, next: returnTo(next) };
      if (isSignedInHere(call)) return handOver(call, hostname, wanted);
      const path = pathOf(call.prefix, wanted);
      return isWithheld(call) ? goOn(call, path) : seeOther(signInFor(call, path));
    },
  }),
  route({
    method: 'get',
    path: '/hand-over/redeem',
    summary: 'Redeem the code of a hand-over: sets the session cookie of this host.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    query: z.object({ code: field }),
    answers: {
      200: page('Signed in: a page that goes on by itself.'),
      303: redirect('Signed in: on to the path that was asked for.'),
      400: page('The code is of no use here.'),
    },
    refusals: ['not_found'],
    async handle(call) {
      if (call.core.signInSites.wayOf(call.source) !== 'hand-over') return refused('not_found');
      return redeem(call, call.query.code ?? '');
    },
  }),
];
