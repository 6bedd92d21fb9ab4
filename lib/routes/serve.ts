import type { Request, Response } from 'express';
import type { Core } from '../core.ts';
import { ok, type Refusal, type Result, refused, StoreUnavailableError } from '../errors.ts';
import { noteAnswer } from '../request/answer-notes.ts';
import type { RequestHead } from '../request/extract/head.ts';
import type { RequestSource } from '../request/extract/source.ts';
import { type ClearCookie, type Identified, ownCredentialPolicy, type Surface } from '../request/identify.ts';
import { returnTo } from '../request/respond/return-to.ts';
import { streamAnswer } from '../request/respond/stream.ts';
import { type Answer, writeAnswer } from '../request/respond/write.ts';
import type { Principal } from '../types.ts';
import { elsewhere } from './elsewhere.ts';
import { failureOf } from './failures.ts';
import { mayEndAgain, refusalOf } from './guard.ts';
import { seeOther } from './reply.ts';
import type { CallContext, Route, RouteAnswer } from './route.ts';

/** A request to our routes; `route` is absent when none matches. */
export type RouteRequest = Readonly<{
  core: Core;
  route?: Route | undefined;
  prefix: string;
  req: Request;
  res: Response;
  /** Absent until it is known. */
  source?: RequestSource | undefined;
  principal?: Principal | undefined;
}>;

type MatchedRequest = RouteRequest & Readonly<{ route: Route }>;

type Identification = Readonly<{ refusal: Refusal }> | Identified;

const nowhere: RequestSource = Object.freeze({
  address: '',
  peer: '',
  trusted: false,
  forwarded: false,
  proto: 'http',
  host: '',
  hostname: '',
  admin: false,
});

/** The identity where no credential of the caller is read. */
const unseen = ({ anonymous }: Core): Identified => ({
  source: nowhere,
  principal: anonymous,
  passAuthorization: false,
  clearCookie: false,
  retry: false,
});

/** Answers one call of a route. Rejects with errors, which `answerFailure` answers. */
export async function serve(request: MatchedRequest): Promise<void> {
  const { core, req, res } = request;
  const found = await look(request);
  const clearCookie = 'principal' in found && found.clearCookie;
  if ('principal' in found) noteCaller(request, found);
  const result = await resultOf(request, found);
  const caller = 'principal' in found ? { source: found.source, principal: found.principal } : {};
  if (!result.ok) return writeAnswer(req, res, refuse({ ...request, ...caller }, result.refusal, clearCookie));
  // A POST may have just set the cookie that a GET would have cleared.
  if (clearCookie && req.method !== 'POST') res.appendHeader('Set-Cookie', core.browserSessions.clearCookieHeader);
  if (!('chunks' in result.value)) return writeAnswer(req, res, result.value);
  await streamAnswer(req, res, result.value, { mayGoOn: () => stillAdmitted(request) });
}

/** While a long answer is sent, the caller may be signed out or lose the role. */
const stillAdmitted = async (request: MatchedRequest): Promise<boolean> => admitted(request, await look(request)).ok;

/** The surface on which the caller is identified before the route runs; undefined when nobody is. */
const callerSurface = ({ surface }: Route): Surface | undefined =>
  surface === 'bare' || surface === 'original-request' ? undefined : surface;

function noteCaller({ route, res }: MatchedRequest, { principal, source }: Identified): void {
  if (callerSurface(route)) noteAnswer(res, { user: principal.name, address: source.address });
}

async function look({ core, route, req }: MatchedRequest): Promise<Identification> {
  const surface = callerSurface(route);
  return surface === undefined ? unseen(core) : core.identify(req, surface, ownCredentialPolicy);
}

async function resultOf(request: MatchedRequest, found: Identification): Promise<Result<RouteAnswer>> {
  const { route, req, res } = request;
  if ('principal' in found && found.retry) return seeOther(returnTo(`${request.prefix}${req.url}`));
  const moved = 'principal' in found ? elsewhere(request, found) : undefined;
  if (moved) return moved.ok ? moved : denied(request, found, moved.refusal);
  const entry = admitted(request, found);
  if (!entry.ok) return entry;
  const toCome = !req.complete;
  const input = await route.read(req, res);
  if (!input.ok) return input;
  // While a slow body arrived, the caller may have been signed out or have lost the role.
  const still = toCome ? admitted(request, await look(request)) : entry;
  return still.ok ? route.run(still.value, input.value) : still;
}

/** Returns the call's context if the caller may make it. */
function admitted(request: MatchedRequest, found: Identification): Result<CallContext> {
  const { core, route } = request;
  if (!('principal' in found)) return denied(request, found, found.refusal);
  if (found.refusal && !mayEndAgain(route, found.refusal)) return denied(request, found, found.refusal);
  if (callerSurface(route) && !core.settings.authEnabled) return refused('auth_disabled');
  const refusal = refusalOf(core, found.principal, route);
  return refusal ? denied(request, found, refusal) : ok(entryOf(request, found));
}

/** Writes the refusal down. */
function denied({ core, prefix, req }: MatchedRequest, found: Identification, refusal: Refusal): Result<never> {
  const { principal, source, clearCookie } = 'principal' in found ? found : unidentified(core);
  core.onRefusal(headOf(req, prefix), { allow: false, principal, source, refusal, clearCookie, retry: false });
  return { ok: false, refusal };
}

const unidentified = ({ anonymous }: Core) => ({ principal: anonymous, source: undefined, clearCookie: false });

function entryOf(request: MatchedRequest, found: Identified): CallContext {
  const { source, principal, refusal } = found;
  const caller = { address: source.address, agent: request.req.headers['user-agent']?.slice(0, 400) };
  const params = Object.fromEntries(Object.entries(request.req.params).map(([name, value]) => [name, String(value)]));
  const endedCookie = found.clearCookie !== false;
  return { ...request, source, principal, refusal, endedCookie, caller, actor: { principal, ...caller }, params };
}

/** Makes the answer to a refusal of our routes. */
export function refuse(request: RouteRequest, refusal: Refusal, clearCookie: ClearCookie = false): Answer {
  const { core, route, prefix, req, res, source, principal } = request;
  noteAnswer(res, { code: refusal.code });
  if (route?.refuse) return route.refuse(refusal);
  const signInUrl = (back: string): string => core.signInSites.urlFor(source, back, prefix);
  const signIn = route?.surface === 'own' ? signInUrl : undefined;
  const about = { principal, source, requestId: requestIdIn(res) };
  return core.answer(headOf(req, prefix), refusal, { prefix, signIn, clearCookie, ...about });
}

/** The request id of the answer: set before any route is run. */
const requestIdIn = (res: Response): string => String(res.getHeader('X-Request-Id'));

/** The request with its whole path: Express removes the mount path from `url`. */
function headOf({ method, url, headers, rawHeaders, socket }: Request, prefix: string): RequestHead {
  return { method, url: `${prefix}${url}`, headers, rawHeaders, socket };
}

const reasonOf = ({ cause }: StoreUnavailableError): string | undefined =>
  cause instanceof Error ? cause.message : undefined;

/** Answers an error: 503 for a store that is unavailable, 4xx for a body that cannot be read, else 500. */
export function answerFailure(request: RouteRequest, error: unknown): void {
  const { core, prefix, req, res } = request;
  const refusal = failureOf(error);
  const requestId = requestIdIn(res);
  const call = { method: req.method, path: request.route?.path, requestId };
  if (error instanceof StoreUnavailableError)
    core.log.error({ store: error.store, reason: reasonOf(error), ...call }, error.message);
  else if (!refusal) core.log.error({ err: error, ...call }, 'a request to the API or the pages failed');
  if (res.headersSent) return void res.destroy();
  const answer = refusal ? refuse(request, refusal) : core.answerBroken(headOf(req, prefix), { requestId, prefix });
  writeAnswer(req, res, answer);
}
