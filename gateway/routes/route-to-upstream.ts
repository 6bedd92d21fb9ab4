import type { Log, Refusal } from 'gatewarden';
import { type Allowed, autoLoginMayRead, type Denied, type RoutePolicies, somethingBroke } from '#request';
import type { Exchange } from '../exchange.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import { writeOwn } from '../own-answer.ts';
import { headWriter } from '../proxy/headers-in.ts';
import { answerHeadWriter } from '../proxy/headers-out.ts';
import type { LongRunning } from '../proxy/long-running.ts';
import { discardRest } from '../proxy/request-body.ts';
import type { Route } from '../proxy/route.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import { failureCode, upstreamRefusal } from '../upstreams/upstream-error.ts';

type Dependencies = Readonly<{
  gate: Gate;
  policies: RoutePolicies;
  upstream: Upstream;
  longRunning: LongRunning;
  limits: Limits;
  log: Log;
  draining: () => boolean;
}>;

/** Creates a route to an upstream. */
export function routeTo({ gate, policies, upstream, longRunning, limits, log, draining }: Dependencies): Route {
  const { authEnabled } = gate.settings;

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
    upstreamHead: headWriter(policies.identityNames),
    answerHead: answerHeadWriter(),
    cookieNames: gate.cookieNames,
    ownCookies: new Set(gate.cookieNames.map((name) => name.toLowerCase())),
    clearCookieHeader: gate.clearCookieHeader,
    draining,
    shared: ({ rule, principal, clearCookie }) =>
      principal.kind === 'anonymous' && !clearCookie && (rule?.public ?? !authEnabled),
    serviceWorkers: policies.serviceWorkers,
    watch: ({ req }, decision, onEnd) => gate.watch(req, decision, onEnd),
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
