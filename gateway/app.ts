import type { Log } from 'gatewarden';
import { accessLog } from './access-log.ts';
import type { Gate } from './gate.ts';
import { requestHandlers } from './handlers.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { tlsFilesOf } from './listener/key-pair.ts';
import { ownPages } from './own-pages.ts';
import { longRunning } from './proxy/long-running.ts';
import { type Routing, routingOf } from './routes/routing.ts';
import { type Serving, serving } from './routes/serving.ts';
import { type GatewayServer, gatewayServer } from './server.ts';

/** A gateway: a server and its upstreams. */
export interface App
  extends Pick<GatewayServer, 'listen' | 'draining'>,
    Pick<Serving, 'apply' | 'health' | 'upstreams'> {
  /** Lets running requests finish within `limits.drain`, then closes the connections to the upstreams. */
  close(): Promise<void>;
}

type Options = Readonly<{
  log: Log;
  limits?: Limits;
  /** The routes that `gate` decides by. Default: the one to `upstream`. */
  routing?: Routing;
}>;

/**
 * Creates the gateway: a server that serves Gatewarden's own pages and forwards what `gate` allows to the upstream of its route.
 * `upstream`: the URL of `UPSTREAM`.
 * @throws SettingsError when a file of a route's TLS options cannot be read
 */
export function gatewayApp(
  gate: Gate,
  upstream: string | undefined,
  { log, limits = defaultLimits, routing = routingOf(gate.ownRoute) }: Options,
): App {
  const long = longRunning();
  const served = serving({ gate, upstream, routing, longRunning: long, limits, log, draining: () => draining() });
  const own = ownPages(gate);
  const handlers = requestHandlers({
    gate,
    own,
    routes: served.routes,
    limits,
    log,
    logAccess: accessLog(log, gate.settings.prefix),
    draining: () => draining(),
  });
  const { listen, draining, drain } = gatewayServer(handlers, {
    limits,
    log,
    tls: tlsFilesOf(gate.settings),
    trustedProxies: gate.settings.proxySecret === undefined ? gate.settings.trustedProxies : [],
  });

  return {
    listen,
    draining,
    apply: served.apply,
    health: served.health,
    upstreams: served.upstreams,
    async close() {
      await drain(limits.drain);
      long.close();
      await served.close();
    },
  };
}
