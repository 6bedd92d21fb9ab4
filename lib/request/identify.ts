import { andThen, type MaybePromise } from '../and-then.ts';
import type { ErrorCode, Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Outcome } from './authenticate/chain.ts';
import type { Credential, Extracted } from './extract/credential.ts';
import type { RequestHead } from './extract/head.ts';
import type { RequestSource } from './extract/source.ts';

/** How one kind of place takes credentials and the Origin of a request. */
type SurfaceRules = Readonly<{
  /** It is a route of our own: every Bearer is meant for us. */
  own: boolean;
  /** A cookie that names no live session, or a foreign `Authorization`, counts as absent instead of being refused. */
  forgiving: boolean;
  /** When a changing request of nobody must come from a page of ours: never, when it names where it comes from, always. */
  anonymousOrigin: 'never' | 'when-named' | 'always';
  /** Auto-login is treated as nobody: what counts is the credential in the body. */
  credentialInBody: boolean;
  /** A changing request from elsewhere goes on as nobody instead of being refused. */
  strangersPass: boolean;
}>;

const surfaces = {
  /** Our sign-in, sign-up and setup pages. */
  'sign-in': {
    own: true,
    forgiving: true,
    anonymousOrigin: 'always',
    credentialInBody: false,
    strangersPass: false,
  },
  /** Calls of ours whose credential is in the body and whose answer is a token: no page need send them. */
  grant: { own: true, forgiving: true, anonymousOrigin: 'when-named', credentialInBody: true, strangersPass: false },
  /** Every other route of ours. */
  own: { own: true, forgiving: false, anonymousOrigin: 'when-named', credentialInBody: false, strangersPass: false },
  /** A path of an app or an upstream that asks for somebody. */
  closed: { own: false, forgiving: false, anonymousOrigin: 'never', credentialInBody: false, strangersPass: false },
  /** A path of an app or an upstream that anybody may use. */
  open: { own: false, forgiving: true, anonymousOrigin: 'never', credentialInBody: false, strangersPass: true },
} as const satisfies Record<string, SurfaceRules>;

/** Where a request arrives: it decides how a dead cookie, a foreign `Authorization` and the Origin are taken. */
export type Surface = keyof typeof surfaces;

/** What a route says of credentials. */
export type CredentialPolicy = Readonly<{
  /** An `Authorization` header that is none of ours is the upstream's business: alone it is not refused, and is passed on. */
  upstreamAuthorization: boolean;
  /** Origins beside the route's own that changing requests may come from, such as `https://app.example.com`. */
  origins: readonly string[];
}>;

/** What holds on routes of our own. */
export const ownCredentialPolicy: CredentialPolicy = Object.freeze({
  upstreamAuthorization: false,
  origins: Object.freeze([]),
});

/** Whether the answer clears the session cookie: not, as it was set, or wherever somebody may have set one of its name. */
export type ClearCookie = boolean | 'everywhere';

/** Who makes a request, before any rule. `refusal`: the credentials were malformed, bad or of two people. */
export type Identified = Readonly<{
  source: RequestSource;
  principal: Principal;
  refusal?: Refusal | undefined;
  passAuthorization: boolean;
  clearCookie: ClearCookie;
  /** A dead cookie under auto-login: a navigation is sent to itself once, with the cookie cleared. */
  retry: boolean;
}>;

/** What `identify` returns: who makes the request, or a refusal from before the credentials were read. */
export type Identification = Identified | Readonly<{ refusal: Refusal }>;

/** Reads where a request comes from and who makes it. Rejects only with an outage. */
export interface Identifier {
  /** Where the request comes from and which host it is for; a refusal for TRACE, unreadable headers and hosts that are not served. */
  locate(head: RequestHead): RequestSource | Readonly<{ refusal: Refusal }>;
  /** `locate`, credentials, auto-login, and the Origin of changing requests that no bearer of ours signs in. */
  identify(head: RequestHead, surface: Surface, policy: CredentialPolicy): MaybePromise<Identification>;
  /** The kinds of credential that the request presents, `malformed` for what cannot be read. */
  presented(head: RequestHead): readonly string[];
}

type Dependencies = Readonly<{
  authEnabled: boolean;
  anonymous: Principal;
  readSource: (head: RequestHead) => RequestSource | Readonly<{ malformed: string; code: ErrorCode }>;
  hostIsServed: (hostname: string) => boolean;
  extract: (head: RequestHead, own: boolean) => Extracted;
  authenticate: (extracted: Extracted) => MaybePromise<Outcome>;
  /** Absent where auto-login is off. */
  autoLogin: ((source: RequestSource) => Promise<Principal | undefined>) | undefined;
  /** Whether the request comes from a page of the given source's origin, or of one of `origins`. */
  comesFromOurselves: (head: RequestHead, source: RequestSource, origins: readonly string[]) => boolean;
  /** Whether auto-login may answer a GET: not one that another site makes a browser send. */
  autoLoginMayRead: (head: RequestHead, source: RequestSource) => boolean;
  isNavigation: (head: RequestHead) => boolean;
}>;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What changes something, or opens a socket that may: another site must not make a browser send it. */
const needsOrigin = (head: RequestHead): boolean =>
  !safeMethods.has(head.method ?? '') || head.headers.upgrade !== undefined;

const namesAnOrigin = (head: RequestHead): boolean =>
  head.headers.origin !== undefined || head.headers['sec-fetch-site'] !== undefined;

const strange: Refusal = Object.freeze({
  code: 'invalid_token',
  detail:
    'This Authorization header is none of ours. For one that the service reads, send our token in X-Gatewarden-Token, or set UPSTREAM_AUTHORIZATION=true.',
});

const csrf: Refusal = Object.freeze({ code: 'csrf_rejected' });

/** It asks for the request's headers back, with credentials in them (RFC 9110, 9.3.8). */
const trace = Object.freeze({
  refusal: Object.freeze({ code: 'validation_failed', detail: 'TRACE is not served.' } as const),
});

/** One request on its way through identification. */
type Seen = Readonly<{
  head: RequestHead;
  rules: SurfaceRules;
  policy: CredentialPolicy;
  source: RequestSource;
  extracted: Extracted;
}>;

const isBasic = (credential: Credential): boolean => credential.kind === 'api-token' && credential.basic === true;

const isForeign = ({ extracted }: Seen): boolean => extracted.kind === 'credentials' && extracted.foreign;

/** A foreign `Authorization` is a credential, though none of ours: it signs nobody in. */
const isStrange = (seen: Seen): boolean => isForeign(seen) && !seen.policy.upstreamAuthorization;

/** Identification: host, source, credentials, auto-login, and whose page the request is of. */
export function identifier(dependencies: Dependencies): Identifier {
  const { anonymous, authEnabled, readSource, hostIsServed, extract, authenticate, autoLogin } = dependencies;
  const { comesFromOurselves, autoLoginMayRead, isNavigation } = dependencies;

  function locate(head: RequestHead): ReturnType<Identifier['locate']> {
    if (head.method === 'TRACE') return trace;
    const source = readSource(head);
    if ('malformed' in source) return { refusal: { code: source.code, detail: source.malformed } };
    return hostIsServed(source.hostname) ? source : { refusal: { code: 'misdirected_host' } };
  }

  function identify(head: RequestHead, surface: Surface, policy: CredentialPolicy): MaybePromise<Identification> {
    const source = locate(head);
    if ('refusal' in source) return source;
    const rules = surfaces[surface];
    const extracted = withoutBasic(head, extract(head, authEnabled && rules.own), source, policy);
    const seen: Seen = { head, rules, policy, source, extracted };
    if (!authEnabled) return withoutAuth(seen);
    return andThen(authenticate(extracted), (outcome) => concluded(seen, outcome));
  }

  /**
   * A browser remembers a Basic credential and sends it by itself: it counts where a program sends it, not on
   * navigations, nor where another site may have made a browser send it.
   */
  function withoutBasic(
    head: RequestHead,
    extracted: Extracted,
    source: RequestSource,
    policy: CredentialPolicy,
  ): Extracted {
    if (extracted.kind === 'malformed' || !extracted.credentials.some(isBasic)) return extracted;
    const site = head.headers['sec-fetch-site'];
    const elsewhere = site === undefined ? isOfOthers(head, source, policy) : site !== 'none';
    if (!elsewhere && !isNavigation(head)) return extracted;
    return { ...extracted, credentials: extracted.credentials.filter((one) => !isBasic(one)) };
  }

  const isOfOthers = (head: RequestHead, source: RequestSource, { origins }: CredentialPolicy): boolean =>
    head.headers.origin !== undefined && !comesFromOurselves(head, source, origins);

  function withoutAuth(seen: Seen): Identified {
    const { head, rules, policy, source } = seen;
    const elsewhere = needsOrigin(head) && !comesFromOurselves(head, source, policy.origins);
    const refusal = elsewhere && !rules.strangersPass ? csrf : undefined;
    const passAuthorization = isForeign(seen);
    return { source, principal: anonymous, refusal, passAuthorization, clearCookie: false, retry: false };
  }

  function concluded(seen: Seen, outcome: Outcome): MaybePromise<Identified> {
    if (outcome.kind === 'principal') return admitted(seen, outcome.principal, false);
    if (outcome.kind === 'nobody') return withoutCredential(seen, false);
    if (!outcome.cookieOnly || !seen.rules.forgiving) return refusedAt(seen, outcome);
    return outcome.beside === undefined ? withoutCredential(seen, true) : admitted(seen, outcome.beside, true);
  }

  function refusedAt(
    { head, source }: Seen,
    { refusal, cookieOnly, tossed }: Extract<Outcome, { kind: 'refused' }>,
  ): Identified {
    const retry = cookieOnly && autoLogin !== undefined && isNavigation(head);
    const clearCookie = tossed ? 'everywhere' : cookieOnly;
    return { source, principal: anonymous, refusal, passAuthorization: false, clearCookie, retry };
  }

  /** Nobody, or whom auto-login acts as. */
  function withoutCredential(seen: Seen, clearCookie: boolean): MaybePromise<Identified> {
    return andThen(automatic(seen), (principal) => admitted(seen, principal ?? anonymous, clearCookie));
  }

  function automatic(seen: Seen): MaybePromise<Principal | undefined> {
    if (autoLogin === undefined || isStrange(seen)) return undefined;
    // A request that needs an origin of ours is refused for that, in `admitted`.
    if (!needsOrigin(seen.head) && !autoLoginMayRead(seen.head, seen.source)) return undefined;
    return autoLogin(seen.source);
  }

  function admitted(seen: Seen, principal: Principal, clearCookie: boolean): Identified {
    const { source, rules } = seen;
    const found = { source, principal, passAuthorization: isForeign(seen), clearCookie, retry: false };
    if (!mayBeOf(seen, principal)) {
      return rules.strangersPass ? { ...found, principal: anonymous } : { ...found, refusal: csrf };
    }
    if (principal === anonymous && isStrange(seen) && !rules.forgiving) {
      return { ...found, passAuthorization: false, refusal: strange };
    }
    return found;
  }

  function mayBeOf({ head, rules, policy, source }: Seen, principal: Principal): boolean {
    if (!needsOrigin(head)) return true;
    if (principal.via === 'api-token' || principal.via === 'access-token') return true;
    const nobody = principal === anonymous || (rules.credentialInBody && principal.via === 'auto-login');
    if (nobody && rules.anonymousOrigin === 'never') return true;
    if (nobody && rules.anonymousOrigin === 'when-named' && !namesAnOrigin(head)) return true;
    return comesFromOurselves(head, source, policy.origins);
  }

  function presented(head: RequestHead): readonly string[] {
    const extracted = extract(head, false);
    return extracted.kind === 'credentials' ? extracted.credentials.map(({ kind }) => kind) : ['malformed'];
  }

  return { locate, identify, presented };
}
