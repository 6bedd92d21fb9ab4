import type { Log } from 'gatewarden';
import type { UpstreamReport } from '#request';
import type { GatewayConfig, RouteConfig } from '../config/route-config.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import type { LongRunning } from '../proxy/long-running.ts';
import type { Route } from '../proxy/route.ts';
import type { HealthReport } from '../upstreams/health.ts';
import { reacher } from '../upstreams/reach.ts';
import { sharedTargets } from '../upstreams/targets.ts';
import { oneTarget, upstreamOf } from '../upstreams/upstream.ts';
import { routeTo } from './route-to-upstream.ts';
import type { Routing } from './routing.ts';
import { type ServedRoutes, servedRoutes } from './served-routes.ts';

type Dependencies = Readonly<{
  gate: Gate;
  /** The URL of `UPSTREAM`, which the route `routing.own` leads to. */
  upstream: string | undefined;
  routing: Routing;
  longRunning: LongRunning;
  limits: Limits;
  log: Log;
  draining: () => boolean;
}>;

/** The routes of a gateway with the connections to their upstreams. */
export interface Serving {
  readonly routes: ServedRoutes;
  /**
   * Puts another configuration in force, as a whole: requests that come from now on are decided on and served by it; those that were
   * decided on before are served to their end by the one before. Sockets and streams that it does not allow end. Targets
   * that both have keep their connections and their health.
   * @throws SettingsError when a file of a route's TLS options cannot be read; then nothing has changed
   */
  apply(config: GatewayConfig): void;
  /** The health of the targets of all routes. */
  health(): readonly HealthReport[];
  /** How the services behind each route are, and how long a connection to them takes. */
  upstreams(): Promise<readonly UpstreamReport[]>;
  /** Closes the connections to the upstreams. */
  close(): Promise<void>;
}

export function serving(given: Dependencies): Serving {
  const dependencies = { ...given, hopMarks: new Set<string>() };
  const { gate, upstream, routing, limits, log } = given;
  const targets = sharedTargets({ log });
  const reachedAt = reacher();
  const replaced = new Set<NodeJS.Timeout>();
  const own =
    upstream === undefined || routing.own === undefined
      ? []
      : [
          routeTo({
            ...dependencies,
            policies: routing.own,
            targets: [upstream],
            upstream: upstreamOf(oneTarget(upstream, gate.settings.upstreamCa), { targets, limits }),
          }),
        ];
  let configured = routesOf(routing.config()?.routes ?? []);
  const routes = servedRoutes([...own, ...configured]);

  function routeOf(config: RouteConfig): Route {
    const { policies } = config;
    const ofRoute = limitsOf(config, limits);
    return routeTo({
      ...dependencies,
      config,
      policies,
      limits: ofRoute,
      targets: config.upstream.targets,
      upstream: upstreamOf(config.upstream, { targets, limits: ofRoute }),
    });
  }

  /** All of them, or none. */
  function routesOf(configs: readonly RouteConfig[]): readonly Route[] {
    const made: Route[] = [];
    try {
      for (const config of configs) made.push(routeOf(config));
      return made;
    } catch (error) {
      release(made);
      throw error;
    }
  }

  /** A request that was decided on by a route before it was replaced may not have been forwarded yet. */
  function releaseLater(before: readonly Route[]): void {
    const timer = setTimeout(() => {
      replaced.delete(timer);
      release(before);
    }, limits.drain).unref();
    replaced.add(timer);
  }

  return {
    routes,
    apply(config) {
      const before = configured;
      configured = routesOf(config.routes);
      routes.replace([...own, ...configured]);
      routing.replace(config);
      void gate.decideAll();
      releaseLater(before);
    },
    health: targets.health,
    upstreams: () => Promise.all([...own, ...configured].map((route) => reportOf(route, reachedAt))),
    async close() {
      for (const timer of replaced) clearTimeout(timer);
      await targets.close();
    },
  };
}

function release(routes: readonly Route[]): void {
  for (const { upstream } of routes) upstream.release();
}

async function reportOf({ policies, upstream }: Route, reachedAt: ReturnType<typeof reacher>): Promise<UpstreamReport> {
  const targets = upstream
    .health()
    .map(async (one) => ({ ...one, target: withoutUser(one.target), connected: await reachedAt(one.target) }));
  return { route: policies.name, targets: await Promise.all(targets) };
}

/** Only what is reported loses the user: the connection needs none. */
function withoutUser(target: string): string {
  const url = new URL(target);
  if (url.username === '' && url.password === '') return target;
  [url.username, url.password] = ['', ''];
  return url.href;
}

/** The limits of a route: its own, and for the rest those of the gateway. */
function limitsOf({ limits: own }: RouteConfig, limits: Limits): Limits {
  return {
    ...limits,
    upstreamTimeout: own.upstreamTimeout ?? limits.upstreamTimeout,
    upstreamRequests: own.requests ?? limits.upstreamRequests,
  };
}
