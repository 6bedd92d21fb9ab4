import { andThen, type MaybePromise } from '../and-then.ts';
import type { ErrorCode, Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Outcome } from './authenticate/chain.ts';
import { nothingBehind } from './authorize/admin-url.ts';
import type { Credential, Extracted } from './extract/credential.ts';
import type { RequestHead } from './extract/head.ts';
import type { RequestSource } from './extract/source.ts';

/** How a kind of route treats credentials and the Origin of a request. */
type SurfaceRules = Readonly<{
  /** Whether it is one of Gatewarden's own routes, where every Bearer token is read as Gatewarden's. */
  own: boolean;
  /** Whether a cookie without a live session, or a foreign `Authorization`, counts as absent instead of being refused. */
  forgiving: boolean;
  /** When an anonymous unsafe request must be same-origin: never, when it has `Origin` or `Sec-Fetch-Site`, or always. */
  anonymousOrigin: 'never' | 'when-named' | 'always';
  /** Whether auto-login counts as anonymous, because the credential is in the body. */
  credentialInBody: boolean;
  /** Whether a cross-origin unsafe request is treated as anonymous instead of being refused. */
  strangersPass: boolean;
}>;

const surfaces = {
  /** The sign-in, sign-up and setup pages. */
  'sign-in': {
    own: true,
    forgiving: true,
    anonymousOrigin: 'always',
    credentialInBody: false,
    strangersPass: false,
  },
  /** Routes that take the credential in the body and return a token; programs send these requests. */
  grant: { own: true, forgiving: true, anonymousOrigin: 'when-named', credentialInBody: true, strangersPass: false },
  /** Every other of Gatewarden's own routes. */
  own: { own: true, forgiving: false, anonymousOrigin: 'when-named', credentialInBody: false, strangersPass: false },
  /** Routes that end what they are called with: a cookie that has ended is read by the route itself. */
  'sign-out': {
    own: true,
    forgiving: true,
    anonymousOrigin: 'when-named',
    credentialInBody: false,
    strangersPass: false,
  },
  /** A path of an app or an upstream that requires a principal. */
  closed: { own: false, forgiving: false, anonymousOrigin: 'never', credentialInBody: false, strangersPass: false },
  /** A public path of an app or an upstream. */
  open: { own: false, forgiving: true, anonymousOrigin: 'never', credentialInBody: false, strangersPass: true },
} as const satisfies Record<string, SurfaceRules>;

/** The kind of route: it decides how a dead cookie, a foreign `Authorization` and the Origin are treated. */
export type Surface = keyof typeof surfaces;

/** The policy of a route for credentials. */
export type CredentialPolicy = Readonly<{
  /**
   * An `Authorization` header without a Gatewarden token belongs to the upstream: it is passed on, and not refused alone.
   */
  upstreamAuthorization: boolean;
  /** Origins besides the route's own that unsafe requests may come from, such as `https://app.example.com`. */
  origins: readonly string[];
}>;

/** The policy of Gatewarden's own routes. */
export const ownCredentialPolicy: CredentialPolicy = Object.freeze({
  upstreamAuthorization: false,
  origins: Object.freeze([]),
});

/** Whether the answer clears the session cookie: no, the cookie as it is set, or every cookie of its name. */
export type ClearCookie = boolean | 'everywhere';

/** The principal of a request, before any rule. `refusal`: the credentials are malformed, bad or of two principals. */
export type Identified = Readonly<{
  source: RequestSource;
  principal: Principal;
  refusal?: Refusal | undefined;
  passAuthorization: boolean;
  clearCookie: ClearCookie;
  /** A dead cookie under auto-login: redirect the navigation to itself, with the cookie cleared. */
  retry: boolean;
}>;

/** The result of `identify`: the principal, or a refusal before the credentials were read. */
export type Identification = Identified | Readonly<{ refusal: Refusal }>;

/** The source of a request, or why it cannot be determined. */
export type Located = RequestSource | Readonly<{ refusal: Refusal }>;

/** Determines the source and the principal of a request. Rejects only with an outage. */
export interface Identifier {
  /** The source of the request; a refusal for TRACE, invalid headers and hosts that are not served. */
  locate(head: RequestHead): Located;
  /** `locate`, unless its result is given; credentials, auto-login, and the Origin of unsafe requests that no Bearer token authenticates. */
  identify(
    head: RequestHead,
    surface: Surface,
    policy: CredentialPolicy,
    located?: Located,
  ): MaybePromise<Identification>;
  /** The kinds of credential that the request presents; `malformed` for credentials that cannot be parsed. */
  presented(head: RequestHead): readonly string[];
}

type Dependencies = Readonly<{
  authEnabled: boolean;
  anonymous: Principal;
  readSource: (head: RequestHead) => RequestSource | Readonly<{ malformed: string; code: ErrorCode }>;
  hostIsServed: (hostname: string) => boolean;
  extract: (head: RequestHead, own: boolean) => Extracted;
  authenticate: (extracted: Extracted) => MaybePromise<Outcome>;
  /** Absent when auto-login is off. */
  autoLogin: ((source: RequestSource) => MaybePromise<Principal | undefined>) | undefined;
  /** Whether the request comes from a page of the source's origin, or of one of `origins`. */
  comesFromOurselves: (head: RequestHead, source: RequestSource, origins: readonly string[]) => boolean;
  /** Whether auto-login applies to a safe request: not to one that another site makes a browser send. */
  autoLoginMayRead: (head: RequestHead, source: RequestSource) => boolean;
  isNavigation: (head: RequestHead) => boolean;
}>;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request must be same-origin: one that may change something, or open a socket that may. */
const needsOrigin = (head: RequestHead): boolean =>
  !safeMethods.has(head.method ?? '') || head.headers.upgrade !== undefined;

const namesAnOrigin = (head: RequestHead): boolean =>
  head.headers.origin !== undefined || head.headers['sec-fetch-site'] !== undefined;

const strange: Refusal = Object.freeze({
  code: 'invalid_token',
  detail:
    'This Authorization header holds no Gatewarden credential. For one that the upstream reads, send the Gatewarden token in X-Gatewarden-Token, or set UPSTREAM_AUTHORIZATION=true.',
});

const csrf: Refusal = Object.freeze({ code: 'csrf_rejected' });

/** The answer to TRACE would repeat the request's headers with the credentials (RFC 9110, 9.3.8). */
const trace = Object.freeze({
  refusal: Object.freeze({ code: 'validation_failed', detail: 'TRACE is not served.' } as const),
});

/** What is read of a request before its credentials are authenticated. */
type RequestContext = Readonly<{
  head: RequestHead;
  rules: SurfaceRules;
  policy: CredentialPolicy;
  source: RequestSource;
  extracted: Extracted;
}>;

const isBasic = (credential: Credential): boolean => credential.kind === 'api-token' && credential.basic === true;

const isForeign = ({ extracted }: RequestContext): boolean => extracted.kind === 'credentials' && extracted.foreign;

/** Whether the request has a foreign `Authorization` that the route does not leave to the upstream. */
const isStrange = (context: RequestContext): boolean => isForeign(context) && !context.policy.upstreamAuthorization;

/** Creates the identifier of requests: host, source, credentials, auto-login and Origin. */
export function identifier(dependencies: Dependencies): Identifier {
  const { anonymous, authEnabled, readSource, hostIsServed, extract, authenticate, autoLogin } = dependencies;
  const { comesFromOurselves, autoLoginMayRead, isNavigation } = dependencies;

  function locate(head: RequestHead): Located {
    if (head.method === 'TRACE') return trace;
    const source = readSource(head);
    if ('malformed' in source) return { refusal: { code: source.code, detail: source.malformed } };
    return hostIsServed(source.hostname) ? source : { refusal: { code: 'misdirected_host' } };
  }

  function identify(
    head: RequestHead,
    surface: Surface,
    policy: CredentialPolicy,
    source: Located = locate(head),
  ): MaybePromise<Identification> {
    if ('refusal' in source) return source;
    const rules = surfaces[surface];
    if (source.admin && !rules.own) return refusedBefore(source, nothingBehind);
    const extracted = withoutBasic(head, extract(head, authEnabled && rules.own), source, policy);
    const context: RequestContext = { head, rules, policy, source, extracted };
    if (!authEnabled) return withoutAuth(context);
    return andThen(authenticate(extracted), (outcome) => concluded(context, outcome));
  }

  /** The refusal of a request whose credentials are not read. */
  function refusedBefore(source: RequestSource, refusal: Refusal): Identified {
    return { source, principal: anonymous, refusal, passAuthorization: false, clearCookie: false, retry: false };
  }

  /**
   * A browser stores a Basic credential and sends it on its own. It counts when a program sends it, not on navigations or
   * cross-site requests.
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

  function withoutAuth(context: RequestContext): Identified {
    const { head, rules, policy, source } = context;
    const elsewhere = needsOrigin(head) && !comesFromOurselves(head, source, policy.origins);
    const refusal = elsewhere && !rules.strangersPass ? csrf : undefined;
    const passAuthorization = isForeign(context);
    return { source, principal: anonymous, refusal, passAuthorization, clearCookie: false, retry: false };
  }

  function concluded(context: RequestContext, outcome: Outcome): MaybePromise<Identified> {
    if (outcome.kind === 'principal') return admitted(context, outcome.principal, false);
    if (outcome.kind === 'nobody') return withoutCredential(context, false);
    if (!outcome.cookieOnly || !context.rules.forgiving) return refusedAt(context, outcome);
    const clearCookie = outcome.keepCookie !== true;
    return outcome.beside === undefined
      ? withoutCredential(context, clearCookie)
      : admitted(context, outcome.beside, clearCookie);
  }

  function refusedAt(
    { head, source }: RequestContext,
    { refusal, cookieOnly, keepCookie, tossed }: Extract<Outcome, { kind: 'refused' }>,
  ): Identified {
    const isDead = cookieOnly && keepCookie !== true;
    const retry = isDead && autoLogin !== undefined && isNavigation(head);
    const clearCookie = tossed ? 'everywhere' : isDead;
    return { source, principal: anonymous, refusal, passAuthorization: false, clearCookie, retry };
  }

  /** The anonymous principal, or the user of auto-login. */
  function withoutCredential(context: RequestContext, clearCookie: boolean): MaybePromise<Identified> {
    return andThen(automatic(context), (principal) => admitted(context, principal ?? anonymous, clearCookie));
  }

  function automatic(context: RequestContext): MaybePromise<Principal | undefined> {
    if (autoLogin === undefined || isStrange(context)) return undefined;
    // `admitted` refuses an unsafe request that is not same-origin.
    if (!needsOrigin(context.head) && !autoLoginMayRead(context.head, context.source)) return undefined;
    return autoLogin(context.source);
  }

  function admitted(context: RequestContext, principal: Principal, clearCookie: boolean): Identified {
    const { source, rules } = context;
    const found = { source, principal, passAuthorization: isForeign(context), clearCookie, retry: false };
    if (!mayBeOf(context, principal)) {
      return rules.strangersPass ? { ...found, principal: anonymous } : { ...found, refusal: csrf };
    }
    if (principal === anonymous && isStrange(context) && !rules.forgiving) {
      return { ...found, passAuthorization: false, refusal: strange };
    }
    return found;
  }

  function mayBeOf({ head, rules, policy, source }: RequestContext, principal: Principal): boolean {
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
