import { andThen, type MaybePromise } from '../../and-then.ts';
import type { Core } from '../../core.ts';
import type { Refusal } from '../../errors.ts';
import { pathOwner } from '../../request/authorize/own-paths.ts';
import { coversOwnPages } from '../../request/authorize/service-worker.ts';
import { pathOf } from '../../request/authorize/target.ts';
import { type Allowed, type Denied, isOwnPath, type Routed } from '../../request/decide.ts';
import type { RequestHead } from '../../request/extract/head.ts';
import { type RequestSource, trustedSender } from '../../request/extract/source.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { RoutePolicies } from '../../request/route-policies.ts';
import type { IdentityHeader } from '../../request/upstream-identity.ts';
import type { Principal } from '../../types.ts';
import {
  allowedHead,
  appendCredentials,
  appendRemovals,
  assertionHeader,
  refusalFor,
  remainingCredentials,
} from './answers.ts';
import type { Question } from './endpoints.ts';
import { aliasesIn, hasIdentity, originalRequest } from './original-request.ts';

/** The answer to a question of a front proxy. */
export type ForwardAuthAnswer =
  | Readonly<{
      allow: true;
      principal: Principal;
      source: RequestSource;
      /** 200 with these headers, names and values alternating, and without a body. The array is the caller's to extend. */
      headers: string[];
    }>
  | Readonly<{ allow: false; denied: Denied; answer: Answer }>;

/**
 * Answers whether a front proxy may pass on the request that it asks about. `prefix`: the path of the pages. Rejects, or throws,
 * only with an outage.
 */
export type ForwardAuth = (question: Question, head: RequestHead, prefix: string) => MaybePromise<ForwardAuthAnswer>;

type Dependencies = Pick<
  Core,
  'settings' | 'decider' | 'answer' | 'upstreamIdentity' | 'browserSessions' | 'signInSites'
>;

type Ask = Readonly<{ question: Question; head: RequestHead; prefix: string; aliases: readonly string[] }>;

type AllowedByRoute = Extract<Routed, { allow: true }>;

const refused = (detail: string): Refusal => Object.freeze({ code: 'forward_auth_refused', detail });

const untrusted = refused('Only TRUSTED_PROXIES are answered; with PROXY_SECRET they must send it.');
const ownPage = refused('This is one of Gatewarden’s own paths: send it to Gatewarden, without asking.');
const ownWorker = refused('This service worker could answer in place of Gatewarden’s own pages.');
const alias: Refusal = Object.freeze({
  code: 'validation_failed',
  detail: 'An identity header is spelled with other characters than letters, digits and hyphens.',
});

const byCore = new WeakMap<Dependencies, ForwardAuth>();

/** Forward-auth of an installation. */
export function forwardAuthOf(core: Dependencies): ForwardAuth {
  const known = byCore.get(core) ?? forwardAuth(core);
  byCore.set(core, known);
  return known;
}

function forwardAuth(core: Dependencies): ForwardAuth {
  const { settings, decider, upstreamIdentity, browserSessions } = core;
  const isTrusted = trustedSender(settings);
  const headOf = allowedHeads();
  const { cookieNames, clearCookieHeader } = browserSessions;

  function refuse(refusal: Refusal, { head, prefix }: Pick<Ask, 'head' | 'prefix'>): ForwardAuthAnswer {
    return { allow: false, denied: decider.refuse(refusal), answer: core.answer(head, refusal, { prefix }) };
  }

  function deny({ question, head, prefix }: Ask, denied: Denied): ForwardAuthAnswer {
    const { refusal, principal, source, clearCookie, retry } = denied;
    const signIn = settings.authEnabled ? (back: string) => core.signInSites.urlFor(source, back, prefix) : undefined;
    const location = source?.admin && head.url === '/' ? `${prefix}/account` : undefined;
    const asked = source === undefined ? head : { ...head, headers: { ...head.headers, host: source.host } };
    const about = { principal, source };
    const answer = core.answer(asked, refusal, {
      prefix,
      signIn,
      clearCookie,
      offerBasic: true,
      retry,
      location,
      ...about,
    });
    return { allow: false, denied, answer: refusalFor(question.front, answer, source) };
  }

  const denyAllowed = (ask: Ask, { principal, rule, source, clearCookie }: Allowed, refusal: Refusal) =>
    deny(ask, { allow: false, principal, rule, source, refusal, clearCookie, retry: false });

  /** `PREFIX` is the decider's to know; the pages of an app may be mounted elsewhere. */
  const isOwn = ({ head, prefix }: Ask): boolean =>
    prefix !== settings.prefix && prefix !== '' && pathOwner([prefix])(head.url ?? '') !== 'upstream';

  function decide(ask: Ask): MaybePromise<ForwardAuthAnswer> {
    if (isOwn(ask)) return refuse(ownPage, ask);
    return andThen(decider.route(ask.head), (decision) => {
      if (isOwnPath(decision)) return refuse(ownPage, ask);
      return decision.allow ? allow(ask, decision) : deny(ask, decision);
    });
  }

  function allow(ask: Ask, decision: AllowedByRoute): MaybePromise<ForwardAuthAnswer> {
    const { head, prefix, aliases } = ask;
    const { route, principal } = decision;
    if (aliases.length > 0 && hasIdentity(aliases, route.identityNames)) return refuse(alias, ask);
    if (!route.serviceWorkers && coversOwnPages(head, pathOf(head.url ?? '') ?? '', prefix)) {
      return denyAllowed(ask, decision, ownWorker);
    }
    return andThen(upstreamIdentity(principal, route, head), (identity) => answered(ask, decision, identity));
  }

  function answered(
    { question, head }: Ask,
    decision: AllowedByRoute,
    identity: readonly IdentityHeader[],
  ): ForwardAuthAnswer {
    const { principal, source, route, passAuthorization, clearCookie } = decision;
    const headers = [...headOf(principal, route, identity)];
    const remaining = remainingCredentials(head, { passAuthorization, cookieNames });
    appendCredentials(headers, remaining);
    if (clearCookie) headers.push('Set-Cookie', clearCookieHeader);
    if (!isForEverybody(decision)) headers.push('X-Gatewarden-Cache-Control', 'private');
    if (question.front === 'envoy') appendRemovals(headers, head, remaining);
    return { allow: true, principal, source, headers };
  }

  /** Whether shared caches may store what the service answers: the request is anonymous and its rule is public. */
  const isForEverybody = ({ rule, principal, clearCookie }: Allowed): boolean =>
    principal.kind === 'anonymous' && !clearCookie && (rule?.public ?? !settings.authEnabled);

  return function answer(question, asked, prefix) {
    const unread = { head: asked, prefix };
    if (!isTrusted(asked)) return refuse(untrusted, unread);
    const head = originalRequest(question, asked);
    if ('code' in head) return refuse(head, unread);
    const aliases = aliasesIn(head);
    if (aliases.length > 0 && hasIdentity(aliases)) return refuse(alias, unread);
    return decide({ question, head, prefix, aliases });
  };
}

type KeptHead = Readonly<{ route: RoutePolicies; assertion: string; head: readonly string[] }>;

/** Creates the cache of the headers for a principal: they are the same as long as its assertion is. */
function allowedHeads() {
  const kept = new WeakMap<Principal, KeptHead>();
  return function headOf(
    principal: Principal,
    route: RoutePolicies,
    identity: readonly IdentityHeader[],
  ): readonly string[] {
    const assertion = identity.at(-1)?.[1] ?? '';
    const last = kept.get(principal);
    if (last?.route === route && last.assertion === assertion) return last.head;
    const head = allowedHead(identity.length > 0 ? identity : withoutAuth(route));
    kept.set(principal, { route, assertion, head });
    return head;
  };
}

/** With `AUTH_ENABLED=false` nobody is named, and the front proxy must replace what the client sent all the same. */
const withoutAuth = ({ identityNames }: RoutePolicies): readonly IdentityHeader[] =>
  [...identityNames, assertionHeader].map((name) => [name, '']);
