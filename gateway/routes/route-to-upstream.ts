import type { Log } from 'gatewarden';
import { autoLoginMayRead, type RoutePolicies } from '#request';
import type { RouteConfig } from '../config/route-config.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import { headWriter } from '../proxy/headers-in.ts';
import { answerHeadWriter } from '../proxy/headers-out.ts';
import type { LongRunning } from '../proxy/long-running.ts';
import type { Route } from '../proxy/route.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import { hopsOf } from './hops.ts';
import { requestProblem } from './request-problem.ts';
import { routeAnswers } from './route-answers.ts';
import { changesOf } from './route-changes.ts';

type Dependencies = Readonly<{
  gate: Gate;
  policies: RoutePolicies;
  upstream: Upstream;
  /** The URLs of its targets. */
  targets: readonly string[];
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
  const { targets } = dependencies;
  const { change, target, head, answer } = changesOf({ policies, config, targets, below: upstream.target });

  return {
    policies,
    upstream,
    longRunning,
    limits,
    mostBody: config?.limits.body,
    target,
    problem: config && requestProblem({ policies, limits: config.limits, change }),
    isLoop: hops.includes,
    upstreamHead: headWriter(policies.identityNames, { ...head, hops: hops.sent }),
    answerHead: answerHeadWriter(answer),
    cookieNames: gate.cookieNames,
    ownCookies: new Set(gate.cookieNames.map((name) => name.toLowerCase())),
    clearCookieHeader: gate.clearCookieHeader,
    draining,
    shared: ({ rule, principal, clearCookie }) =>
      principal.kind === 'anonymous' && !clearCookie && (rule?.public ?? !authEnabled),
    serviceWorkers: policies.serviceWorkers,
    watch: ({ req }, decision, onEnd, isEndless) =>
      gate.watch(req, decision, onEnd, () => (isEndless() ? undefined : policies)),
    ...routeAnswers({ gate, limits, log }),
    mayListen: ({ req }, { principal, source }) =>
      (principal.via !== 'session' && principal.via !== 'auto-login') || autoLoginMayRead(req, source),
  };
}
