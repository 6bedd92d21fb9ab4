import type { Request, Response } from 'express';
import type { Core } from '../core.ts';
import { ok, type Refusal, type Result, refused } from '../errors.ts';
import { errorPage } from '../pages/index.ts';
import type { Incoming } from '../request/extract/head.ts';
import type { Origin } from '../request/extract/source.ts';
import type { Identified } from '../request/identify.ts';
import { returnTo } from '../request/respond/return-to.ts';
import type { Answer } from '../request/respond/write.ts';
import { failureOf, somethingBroke } from './failures.ts';
import { refusalOf } from './guard.ts';
import { seeOther, write } from './reply.ts';
import type { Entry, Route } from './route.ts';

/** A request that matched a line of the inventory; `route` is absent when it matched none. */
export type Asked = Readonly<{ core: Core; route?: Route | undefined; prefix: string; req: Request; res: Response }>;

type Known = Asked & Readonly<{ route: Route }>;

type Found = Readonly<{ refusal: Refusal }> | Identified;

const nowhere: Origin = Object.freeze({
  address: '',
  peer: '',
  trusted: false,
  forwarded: false,
  proto: 'http',
  host: '',
  hostname: '',
});

/** On a bare route nobody is looked for. */
const unseen = ({ anonymous }: Core): Identified => ({
  origin: nowhere,
  principal: anonymous,
  passAuthorization: false,
  clearCookie: false,
  retry: false,
});

/** One call of one route, from who makes it to the answer. Rejects with what broke, for `answerFailure`. */
export async function serve(asked: Known): Promise<void> {
  const { core, req, res } = asked;
  const found = await look(asked);
  const clearCookie = 'principal' in found && found.clearCookie;
  const result = await resultOf(asked, found);
  if (!result.ok) return write(res, refuse(asked, result.refusal, clearCookie));
  // A POST may have just set the cookie that a GET would have cleared.
  if (clearCookie && req.method !== 'POST') res.appendHeader('Set-Cookie', core.browserSessions.clearing);
  write(res, result.value);
}

const look = async ({ core, route, req }: Known): Promise<Found> =>
  route.place === 'bare' ? unseen(core) : core.requests.identify(req, route.place);

async function resultOf(asked: Known, found: Found): Promise<Result<Answer>> {
  const { route, req, res } = asked;
  if ('principal' in found && found.retry) return seeOther(returnTo(`${asked.prefix}${req.url}`));
  const entry = admitted(asked, found);
  if (!entry.ok) return entry;
  const toCome = !req.complete;
  const input = await route.read(req, res);
  if (!input.ok) return input;
  // Whoever was let in may have sent the body slowly, and have been signed out or demoted meanwhile.
  const still = toCome ? admitted(asked, await look(asked)) : entry;
  return still.ok ? route.run(still.value, input.value) : still;
}

/** Who makes the call, if they may. */
function admitted(asked: Known, found: Found): Result<Entry> {
  const { core, route, req } = asked;
  if (!('principal' in found)) return { ok: false, refusal: found.refusal };
  if (found.refusal) return { ok: false, refusal: found.refusal };
  if (route.place !== 'bare' && !core.settings.authEnabled) return refused('auth_disabled');
  const denied = refusalOf(core, found.principal, route);
  if (!denied) return ok(entryOf(asked, found));
  if (denied.code !== 'missing_credential') core.denied(found.principal, `${asked.prefix}${req.path}`, denied.code);
  return { ok: false, refusal: denied };
}

function entryOf(asked: Known, { origin, principal }: Identified): Entry {
  const asking = { address: origin.address, agent: asked.req.headers['user-agent']?.slice(0, 400) };
  const params = Object.fromEntries(Object.entries(asked.req.params).map(([name, value]) => [name, String(value)]));
  return { ...asked, origin, principal, asking, actor: { principal, ...asking }, params };
}

/** The one way in which our routes say no. */
export function refuse(asked: Asked, refusal: Refusal, clearCookie = false): Answer {
  const { core, route, prefix, req } = asked;
  if (route?.refuse) return route.refuse(refusal);
  const signIn = route?.place === 'own' ? `${prefix}/login` : undefined;
  const answer = core.requests.answer(asSent(req, prefix), refusal, { signIn, clearCookie });
  const isPage = String(answer.headers['Content-Type']).startsWith('text/html');
  return isPage ? { ...answer, body: errorPage(refusal, { brandName: core.settings.brandName, prefix }) } : answer;
}

/** The request with the whole of its path, which Express has cut. */
const asSent = (req: Request, prefix: string): Incoming =>
  Object.create(req, { url: { value: `${prefix}${req.url}` } }) as Incoming;

/** What a client learns of a throw: an outage is 503, a body that cannot be read is its own fault, all else is 500. */
export function answerFailure(asked: Asked, error: unknown): void {
  const { core, req, res } = asked;
  const refusal = failureOf(error);
  if (!refusal || refusal.code === 'store_unavailable') {
    core.log.error({ err: error, method: req.method, path: asked.route?.path }, 'a call of ours failed');
  }
  if (res.headersSent) return void res.destroy();
  write(res, refusal ? refuse(asked, refusal) : somethingBroke);
}
