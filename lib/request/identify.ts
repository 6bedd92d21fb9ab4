import type { ErrorCode, Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Outcome } from './authenticate/chain.ts';
import type { Extracted } from './extract/credential.ts';
import type { Incoming } from './extract/head.ts';
import type { Origin } from './extract/source.ts';
import type { Answer } from './respond/write.ts';

/** Where a request stands: it decides how a dead cookie and a strange `Authorization` are taken. */
export type Place =
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
  origin: Origin;
  principal: Principal;
  refusal?: Refusal | undefined;
  passAuthorization: boolean;
  clearCookie: boolean;
  /** A dead cookie under auto-login: a navigation is sent to itself once, with the cookie cleared. */
  retry: boolean;
}>;

/** What `identify` gives: who, or why not even that was looked at. */
export type Found = Identified | Readonly<{ refusal: Refusal }>;

/** The request path, as Express and the gateway's server use it. Rejects only with an outage. */
export interface RequestPath {
  /**
   * Host, forwarding headers, credentials, Origin (for unsafe methods not signed in by our bearer).
   * A promise only where something had to be looked up.
   */
  identify(req: Incoming, place: Place): Found | Promise<Found>;
  /**
   * The answer to a refusal: problem+json with its challenge, a page, or for a navigation without sign-in the way to the
   * sign-in page (`signIn`: its path, absent when there is none).
   */
  answer(
    req: Incoming,
    refusal: Refusal,
    options?: { signIn?: string | undefined; clearCookie?: boolean; retry?: boolean },
  ): Answer;
  explain(req: Incoming): Promise<Explanation>;
}

/** Why a request was or was not authenticated and allowed, without a secret in it. */
export type Explanation = Readonly<{
  presented: readonly string[];
  outcome: 'principal' | 'nobody' | ErrorCode;
  principal: Principal;
  rule?: string | undefined;
  reason: string;
}>;

type Parts = Readonly<{
  authEnabled: boolean;
  upstreamAuthorization: boolean;
  anonymous: Principal;
  readOrigin: (req: Incoming) => Origin | Readonly<{ malformed: string; code: ErrorCode }>;
  hostIsServed: (hostname: string) => boolean;
  extract: (req: Incoming, own: boolean) => Extracted;
  authenticate: (extracted: Extracted) => Outcome | Promise<Outcome>;
  /** Absent where auto-login is off. */
  autoLogin: ((origin: Origin) => Promise<Principal | undefined>) | undefined;
  /** Section 4 of the contract, "Origin": the request is of a page of ours. */
  comesFromOurselves: (req: Incoming, origin: Origin) => boolean;
  /** A GET that auto-login may answer: not one that another site makes a browser send. */
  autoLoginMayRead: (req: Incoming, origin: Origin) => boolean;
  isNavigation: (req: Incoming) => boolean;
  respond: (req: Incoming, refusal: Refusal, options: NonNullable<Parameters<RequestPath['answer']>[2]>) => Answer;
}>;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What changes something, or opens a socket that may: another site must not make a browser send it. */
const needsOrigin = (req: Incoming): boolean => !safeMethods.has(req.method ?? '') || req.headers.upgrade !== undefined;

const namesAnOrigin = (req: Incoming): boolean =>
  req.headers.origin !== undefined || req.headers['sec-fetch-site'] !== undefined;

const ownPlaces: ReadonlySet<Place> = new Set(['sign-in', 'grant', 'own']);

/** Places where a cookie that names no live session counts as absent. */
const forgiving: ReadonlySet<Place> = new Set(['sign-in', 'grant', 'open']);

const csrf: Refusal = Object.freeze({ code: 'csrf_rejected' });

/** It asks for the request's headers back, with credentials in them (RFC 9110, 9.3.8). */
const trace: Refusal = Object.freeze({ code: 'validation_failed', detail: 'TRACE is not served.' });

type Seen = { origin: Origin; extracted: Extracted; outcome: Outcome };

/** The request path up to the principal: host, origin, credentials, auto-login, and whose page the request is of. */
export function requestPath(parts: Parts): RequestPath & Readonly<{ look(req: Incoming): Refusal | Origin }> {
  const { anonymous } = parts;

  function look(req: Incoming): Refusal | Origin {
    if (req.method === 'TRACE') return trace;
    const origin = parts.readOrigin(req);
    if ('malformed' in origin) return { code: origin.code, detail: origin.malformed };
    return parts.hostIsServed(origin.hostname) ? origin : { code: 'misdirected_host' };
  }

  function identify(req: Incoming, place: Place): ReturnType<RequestPath['identify']> {
    const origin = look(req);
    if ('code' in origin) return { refusal: origin };
    if (!parts.authEnabled) return withoutAuth(req, origin, place);
    const extracted = parts.extract(req, ownPlaces.has(place));
    const outcome = parts.authenticate(extracted);
    if (!(outcome instanceof Promise)) return concluded(req, place, { origin, extracted, outcome });
    return outcome.then((settled) => concluded(req, place, { origin, extracted, outcome: settled }));
  }

  function concluded(req: Incoming, place: Place, seen: Seen): Identified | Promise<Identified> {
    return seen.outcome.is === 'refused' ? refusedAt(req, place, seen) : accepted(req, place, seen, false);
  }

  function withoutAuth(req: Incoming, origin: Origin, place: Place): Identified {
    const refusal = place !== 'open' && needsOrigin(req) && !parts.comesFromOurselves(req, origin) ? csrf : undefined;
    const extracted = parts.extract(req, false);
    const passAuthorization = extracted.is === 'credentials' && extracted.foreign;
    return { origin, principal: anonymous, refusal, passAuthorization, clearCookie: false, retry: false };
  }

  function refusedAt(req: Incoming, place: Place, seen: Seen): Identified | Promise<Identified> {
    const { origin, outcome } = seen;
    const cookieOnly = outcome.is === 'refused' && outcome.cookieOnly;
    if (cookieOnly && forgiving.has(place)) {
      const rest: Outcome = outcome.beside ? { is: 'principal', principal: outcome.beside } : { is: 'nobody' };
      return accepted(req, place, { ...seen, outcome: rest }, true);
    }
    const retry = cookieOnly && parts.autoLogin !== undefined && parts.isNavigation(req);
    const refusal = outcome.is === 'refused' ? outcome.refusal : undefined;
    return { origin, principal: anonymous, refusal, passAuthorization: false, clearCookie: cookieOnly, retry };
  }

  function accepted(req: Incoming, place: Place, seen: Seen, clearCookie: boolean): Identified | Promise<Identified> {
    if (seen.outcome.is === 'principal') return admitted(req, place, seen, clearCookie, seen.outcome.principal);
    const automatic = withoutCredential(req, seen);
    if (!(automatic instanceof Promise)) return admitted(req, place, seen, clearCookie, automatic);
    return automatic.then((principal) => admitted(req, place, seen, clearCookie, principal));
  }

  const isForeign = ({ extracted }: Seen): boolean => extracted.is === 'credentials' && extracted.foreign;

  /** A strange `Authorization` is a credential, though none of ours: it signs nobody in. */
  const isStrange = (seen: Seen): boolean => isForeign(seen) && !parts.upstreamAuthorization;

  function admitted(req: Incoming, place: Place, seen: Seen, clearCookie: boolean, principal: Principal): Identified {
    const { origin } = seen;
    const found = { origin, principal, passAuthorization: isForeign(seen), clearCookie, retry: false };
    if (!mayBeOf(req, place, principal, origin)) {
      return place === 'open' ? { ...found, principal: anonymous } : { ...found, refusal: csrf };
    }
    if (principal === anonymous && isStrange(seen) && !forgiving.has(place)) {
      return { ...found, passAuthorization: false, refusal: { code: 'invalid_token' } };
    }
    return found;
  }

  function withoutCredential(req: Incoming, seen: Seen): Principal | Promise<Principal> {
    if (parts.autoLogin === undefined || isStrange(seen)) return anonymous;
    // What needs an origin of ours is refused for that, below.
    if (!needsOrigin(req) && !parts.autoLoginMayRead(req, seen.origin)) return anonymous;
    return parts.autoLogin(seen.origin).then((principal) => principal ?? anonymous);
  }

  function mayBeOf(req: Incoming, place: Place, principal: Principal, origin: Origin): boolean {
    if (!needsOrigin(req)) return true;
    if (principal.via === 'api-token' || principal.via === 'access-token') return true;
    // A grant is made by what is in the body, and auto-login is nothing that a program would bring along.
    const isGrant = place === 'grant' && principal.via === 'auto-login';
    const nothingToAbuse = isGrant || (principal === anonymous && place !== 'sign-in');
    if (nothingToAbuse && !(ownPlaces.has(place) && namesAnOrigin(req))) return true;
    return parts.comesFromOurselves(req, origin);
  }

  async function explain(req: Incoming): Promise<Explanation> {
    const identified = await identify(req, 'closed');
    const extracted = parts.extract(req, false);
    const presented = extracted.is === 'credentials' ? extracted.credentials.map((one) => one.kind) : ['malformed'];
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

  return { look, identify, explain, answer: (req, refusal, options = {}) => parts.respond(req, refusal, options) };
}

const reasonOf = (refusal: Refusal): string => refusal.detail ?? refusal.code;
