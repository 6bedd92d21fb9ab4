import type { Log, Refusal } from 'gatewarden';
import { type Allowed, autoLoginMayRead, type Denied, type RoutePolicies, somethingBroke } from '#request';
import type { RequestConfig, RouteConfig } from '../config/route-config.ts';
import type { Exchange } from '../exchange.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import { writeOwn } from '../own-answer.ts';
import { type HeadChanges, headWriter } from '../proxy/headers-in.ts';
import { type AnswerChanges, answerHeadWriter } from '../proxy/headers-out.ts';
import { linksOf } from '../proxy/links.ts';
import type { LongRunning } from '../proxy/long-running.ts';
import { discardRest } from '../proxy/request-body.ts';
import type { Route } from '../proxy/route.ts';
import { targetAddress } from '../upstreams/address.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import { failureCode, upstreamRefusal } from '../upstreams/upstream-error.ts';
import { hopsOf } from './hops.ts';
import { type PathChange, pathChange } from './path-change.ts';
import { requestProblem } from './request-problem.ts';

type Dependencies = Readonly<{
  gate: Gate;
  policies: RoutePolicies;
  upstream: Upstream;
  longRunning: LongRunning;
  limits: Limits;
  log: Log;
  draining: () => boolean;
  /** The marks of all routes; this one adds its own. */
  hopMarks: Set<string>;
  /** What the configuration file says of the route; absent for that of `UPSTREAM`. */
  config?: RouteConfig;
}>;

/** Creates a route to an upstream. What it does not use costs its requests nothing. */
export function routeTo(dependencies: Dependencies): Route {
  const { gate, policies, upstream, longRunning, limits, log, draining, config } = dependencies;
  const { authEnabled } = gate.settings;
  const hops = hopsOf(gate, policies.name, dependencies.hopMarks);
  const change = config && pathChangeOf(config.request);

  function refused(exchange: Exchange, decision: Allowed, refusal: Refusal): void {
    const { req } = exchange;
    const { principal, rule, source, clearCookie } = decision;
    const denied: Denied = { allow: false, principal, rule, source, refusal, clearCookie, retry: false };
    writeOwn(exchange, gate.answer(req, denied), { source, code: refusal.code });
    discardRest(req, limits.discard);
  }

  return {
    policies,
    upstream,
    longRunning,
    limits,
    mostBody: config?.limits.body,
    target: change === undefined ? upstream.target : (received) => upstream.target(change.toUpstream(received)),
    problem: config && requestProblem({ policies, limits: config.limits, change }),
    isLoop: hops.includes,
    upstreamHead: headWriter(policies.identityNames, { ...headChangesOf(config, change), hops: hops.sent }),
    answerHead: answerHeadWriter(answerChangesOf(policies, config, change)),
    cookieNames: gate.cookieNames,
    ownCookies: new Set(gate.cookieNames.map((name) => name.toLowerCase())),
    clearCookieHeader: gate.clearCookieHeader,
    draining,
    shared: ({ rule, principal, clearCookie }) =>
      principal.kind === 'anonymous' && !clearCookie && (rule?.public ?? !authEnabled),
    serviceWorkers: policies.serviceWorkers,
    watch: ({ req }, decision, onEnd, isEndless) =>
      gate.watch(req, decision, onEnd, () => (isEndless() ? undefined : policies)),
    broke(exchange: Exchange, error: unknown): void {
      const { req, res, requestId } = exchange;
      log.error({ err: error, requestId }, 'an answer could not be passed on');
      res.shouldKeepAlive = false;
      if (res.headersSent) res.destroy();
      else writeOwn(exchange, somethingBroke);
      discardRest(req, limits.discard);
    },
    failed(exchange, decision, error): void {
      const refusal = upstreamRefusal(error);
      const { requestId } = exchange;
      log.warn({ code: refusal.code, cause: failureCode(error), requestId }, 'no answer from the upstream');
      refused(exchange, decision, refusal);
    },
    refused,
    mayListen: ({ req }, { principal, source }) =>
      (principal.via !== 'session' && principal.via !== 'auto-login') || autoLoginMayRead(req, source),
  };
}

const pathChangeOf = (request: RequestConfig): PathChange | undefined =>
  request.stripPrefix === '' && request.addPrefix === '' ? undefined : pathChange(request);

function headChangesOf(config: RouteConfig | undefined, change: PathChange | undefined): HeadChanges {
  if (config === undefined) return {};
  const { set, remove, keep, stripPrefix } = config.request;
  return { set, remove, keep, ...(change && { stripPrefix, destination: change.destination }) };
}

function answerChangesOf(
  { publicCors }: RoutePolicies,
  config: RouteConfig | undefined,
  change: PathChange | undefined,
): AnswerChanges {
  if (config === undefined) return { publicCors };
  const hosts = config.upstream.targets.map((target) => new URL(targetAddress(target).origin).host);
  return { ...config.answer, publicCors, ...(change && { links: linksOf({ ...change, hosts }) }) };
}
