import type { ErrorCode, Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Outcome } from './authenticate/chain.ts';
import type { Extracted } from './extract/credential.ts';
import type { RequestHead } from './extract/head.ts';
import type { RequestSource } from './extract/source.ts';
import type { Answer } from './respond/write.ts';

/** Where a request stands: it decides how a dead cookie and a strange `Authorization` are taken. */
export type Surface =
  /** Our sign-in, sign-up and setup pages: a dead cookie counts as absent. */
  | 'sign-in'
  /** Calls of ours whose credential is in the body and whose answer is a token: as `sign-in`, but no page need send them. */
  | 'grant'
  /** Every other route of ours: each Bearer is ours. */
  | 'own'
  /** An app's or an upstream's path that asks for somebody. */
  | 'closed'
  /** An app's or an upstream's path that anybody may use. */
  | 'open';

/** Who makes a request, before any rule. `refusal`: the credentials were malformed, bad or of two people. */
export type Identified = Readonly<{
  source: RequestSource;
  principal: Principal;
  refusal?: Refusal | undefined;
  passAuthorization: boolean;
  clearCookie: boolean;
  /** A dead cookie under auto-login: a navigation is sent to itself once, with the cookie cleared. */
  retry: boolean;
}>;

/** What `identify` gives: who, or why not even that was looked at. */
export type Identification = Identified | Readonly<{ refusal: Refusal }>;

/** The request path, as Express and the gateway's server use it. Rejects only with an outage. */
export interface RequestPath {
  /**
   * Host, forwarding headers, credentials, Origin (for unsafe methods not signed in by our bearer).
   * A promise only where something had to be looked up.
   */
  identify(req: RequestHead, place: Surface): Identification | Promise<Identification>;
  /**
   * The answer to a refusal: problem+json with its challenge, a page, or for a navigation without sign-in the way to the
   * sign-in page (`signIn`: its path, absent when there is none).
   */
  answer(
    req: RequestHead,
    refusal: Refusal,
    options?: { signIn?: string | undefined; clearCookie?: boolean; retry?: boolean },
  ): Answer;
  explain(req: RequestHead): Promise<Explanation>;
}

/** Why a request was or was not authenticated and allowed, without a secret in it. */
export type Explanation = Readonly<{
  presented: readonly string[];
  outcome: 'principal' | 'nobody' | ErrorCode;
  principal: Principal;
  rule?: string | undefined;
  reason: string;
}>;

type Dependencies = Readonly<{
  authEnabled: boolean;
  upstreamAuthorization: boolean;
  anonymous: Principal;
  readSource: (req: RequestHead) => RequestSource | Readonly<{ malformed: string; code: ErrorCode }>;
  hostIsServed: (hostname: string) => boolean;
  extract: (req: RequestHead, own: boolean) => Extracted;
  authenticate: (extracted: Extracted) => Outcome | Promise<Outcome>;
  /** Absent where auto-login is off. */
  autoLogin: ((source: RequestSource) => Promise<Principal | undefined>) | undefined;
  /** Section 4 of the contract, "Origin": the request is of a page of ours. */
  comesFromOurselves: (req: RequestHead, source: RequestSource) => boolean;
  /** A GET that auto-login may answer: not one that another site makes a browser send. */
  autoLoginMayRead: (req: RequestHead, source: RequestSource) => boolean;
  isNavigation: (req: RequestHead) => boolean;
  respond: (req: RequestHead, refusal: Refusal, options: NonNullable<Parameters<RequestPath['answer']>[2]>) => Answer;
}>;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What changes something, or opens a socket that may: another site must not make a browser send it. */
const needsOrigin = (req: RequestHead): boolean =>
  !safeMethods.has(req.method ?? '') || req.headers.upgrade !== undefined;

const namesAnOrigin = (req: RequestHead): boolean =>
  req.headers.origin !== undefined || req.headers['sec-fetch-site'] !== undefined;

const ownPlaces: ReadonlySet<Surface> = new Set(['sign-in', 'grant', 'own']);

/** Places where a cookie that names no live session counts as absent. */
const forgiving: ReadonlySet<Surface> = new Set(['sign-in', 'grant', 'open']);

const csrf: Refusal = Object.freeze({ code: 'csrf_rejected' });

/** It asks for the request's headers back, with credentials in them (RFC 9110, 9.3.8). */
const trace: Refusal = Object.freeze({ code: 'validation_failed', detail: 'TRACE is not served.' });

type Seen = { source: RequestSource; extracted: Extracted; outcome: Outcome };

/** The request path up to the principal: host, origin, credentials, auto-login, and whose page the request is of. */
export function requestPath(
  dependencies: Dependencies,
): RequestPath & Readonly<{ look(req: RequestHead): Refusal | RequestSource }> {
  const { anonymous } = dependencies;

  function look(req: RequestHead): Refusal | RequestSource {
    if (req.method === 'TRACE') return trace;
    const source = dependencies.readSource(req);
    if ('malformed' in source) return { code: source.code, detail: source.malformed };
    return dependencies.hostIsServed(source.hostname) ? source : { code: 'misdirected_host' };
  }

  function identify(req: RequestHead, place: Surface): ReturnType<RequestPath['identify']> {
    const source = look(req);
    if ('code' in source) return { refusal: source };
    if (!dependencies.authEnabled) return withoutAuth(req, source, place);
    const extracted = dependencies.extract(req, ownPlaces.has(place));
    const outcome = dependencies.authenticate(extracted);
    if (!(outcome instanceof Promise)) return concluded(req, place, { source, extracted, outcome });
    return outcome.then((settled) => concluded(req, place, { source, extracted, outcome: settled }));
  }

  function concluded(req: RequestHead, place: Surface, seen: Seen): Identified | Promise<Identified> {
    return seen.outcome.kind === 'refused' ? refusedAt(req, place, seen) : accepted(req, place, seen, false);
  }

  function withoutAuth(req: RequestHead, source: RequestSource, place: Surface): Identified {
    const refusal =
      place !== 'open' && needsOrigin(req) && !dependencies.comesFromOurselves(req, source) ? csrf : undefined;
    const extracted = dependencies.extract(req, false);
    const passAuthorization = extracted.kind === 'credentials' && extracted.foreign;
    return { source, principal: anonymous, refusal, passAuthorization, clearCookie: false, retry: false };
  }

  function refusedAt(req: RequestHead, place: Surface, seen: Seen): Identified | Promise<Identified> {
    const { source, outcome } = seen;
    const cookieOnly = outcome.kind === 'refused' && outcome.cookieOnly;
    if (cookieOnly && forgiving.has(place)) {
      const rest: Outcome = outcome.beside ? { kind: 'principal', principal: outcome.beside } : { kind: 'nobody' };
      return accepted(req, place, { ...seen, outcome: rest }, true);
    }
    const retry = cookieOnly && dependencies.autoLogin !== undefined && dependencies.isNavigation(req);
    const refusal = outcome.kind === 'refused' ? outcome.refusal : undefined;
    return { source, principal: anonymous, refusal, passAuthorization: false, clearCookie: cookieOnly, retry };
  }

  function accepted(
    req: RequestHead,
    place: Surface,
    seen: Seen,
    clearCookie: boolean,
  ): Identified | Promise<Identified> {
    if (seen.outcome.kind === 'principal') return admitted(req, place, seen, clearCookie, seen.outcome.principal);
    const automatic = withoutCredential(req, seen);
    if (!(automatic instanceof Promise)) return admitted(req, place, seen, clearCookie, automatic);
    return automatic.then((principal) => admitted(req, place, seen, clearCookie, principal));
  }

  const isForeign = ({ extracted }: Seen): boolean => extracted.kind === 'credentials' && extracted.foreign;

  /** A strange `Authorization` is a credential, though none of ours: it signs nobody in. */
  const isStrange = (seen: Seen): boolean => isForeign(seen) && !dependencies.upstreamAuthorization;

  function admitted(
    req: RequestHead,
    place: Surface,
    seen: Seen,
    clearCookie: boolean,
    principal: Principal,
  ): Identified {
    const { source } = seen;
    const found = { source, principal, passAuthorization: isForeign(seen), clearCookie, retry: false };
    if (!mayBeOf(req, place, principal, source)) {
      return place === 'open' ? { ...found, principal: anonymous } : { ...found, refusal: csrf };
    }
    if (principal === anonymous && isStrange(seen) && !forgiving.has(place)) {
      return { ...found, passAuthorization: false, refusal: { code: 'invalid_token' } };
    }
    return found;
  }

  function withoutCredential(req: RequestHead, seen: Seen): Principal | Promise<Principal> {
    if (dependencies.autoLogin === undefined || isStrange(seen)) return anonymous;
    // What needs an origin of ours is refused for that, below.
    if (!needsOrigin(req) && !dependencies.autoLoginMayRead(req, seen.source)) return anonymous;
    return dependencies.autoLogin(seen.source).then((principal) => principal ?? anonymous);
  }

  function mayBeOf(req: RequestHead, place: Surface, principal: Principal, source: RequestSource): boolean {
    if (!needsOrigin(req)) return true;
    if (principal.via === 'api-token' || principal.via === 'access-token') return true;
    // A grant is made by what is in the body, and auto-login is nothing that a program would bring along.
    const isGrant = place === 'grant' && principal.via === 'auto-login';
    const nothingToAbuse = isGrant || (principal === anonymous && place !== 'sign-in');
    if (nothingToAbuse && !(ownPlaces.has(place) && namesAnOrigin(req))) return true;
    return dependencies.comesFromOurselves(req, source);
  }

  async function explain(req: RequestHead): Promise<Explanation> {
    const identified = await identify(req, 'closed');
    const extracted = dependencies.extract(req, false);
    const presented = extracted.kind === 'credentials' ? extracted.credentials.map((one) => one.kind) : ['malformed'];
    if (!('principal' in identified)) {
      return {
        presented,
        outcome: identified.refusal.code,
        principal: anonymous,
        reason: reasonOf(identified.refusal),
      };
    }
    const { principal, refusal } = identified;
    if (refusal) return { presented, outcome: refusal.code, principal, reason: reasonOf(refusal) };
    if (principal === anonymous)
      return { presented, outcome: 'nobody', principal, reason: 'No credential of ours was sent.' };
    return { presented, outcome: 'principal', principal, reason: `Signed in by ${principal.via}.` };
  }

  return {
    look,
    identify,
    explain,
    answer: (req, refusal, options = {}) => dependencies.respond(req, refusal, options),
  };
}

const reasonOf = (refusal: Refusal): string => refusal.detail ?? refusal.code;
