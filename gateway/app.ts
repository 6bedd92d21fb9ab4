import type { Log } from 'gatewarden';
import { accessLog } from './access-log.ts';
import type { Gate } from './gate.ts';
import { requestHandlers } from './handlers.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { readTls } from './listener/key-pair.ts';
import { ownPages } from './own-pages.ts';
import { longRunning } from './proxy/long-running.ts';
import { routeTo } from './routes/route-to-upstream.ts';
import { servedRoutes } from './routes/served-routes.ts';
import { type GatewayServer, gatewayServer } from './server.ts';
import { sharedTargets } from './upstreams/targets.ts';
import { oneTarget, upstreamOf } from './upstreams/upstream.ts';

/** A gateway: a server and its upstream. */
export interface App extends Pick<GatewayServer, 'listen' | 'draining'> {
  /** Lets running requests finish within `limits.drain`, then closes the connections to the upstream. */
  close(): Promise<void>;
}

/** Creates the gateway: a server that serves Gatewarden's own pages and forwards what `gate` allows to the upstream. */
export function gatewayApp(
  gate: Gate,
  upstream: string,
  { log, limits = defaultLimits }: { log: Log; limits?: Limits },
): App {
  const long = longRunning();
  const shared = { gate, longRunning: long, limits, log, draining: () => draining() };
  const targets = sharedTargets({ log });
  const services = upstreamOf(oneTarget(upstream, gate.settings.upstreamCa), { targets, limits });
  const routes = servedRoutes([routeTo({ ...shared, policies: gate.ownRoute, upstream: services })]);
  const own = ownPages(gate);
  const handlers = requestHandlers({
    gate,
    own,
    routes,
    limits,
    log,
    logAccess: accessLog(log, gate.settings.prefix),
    draining: () => draining(),
  });
  const { listen, draining, drain } = gatewayServer(handlers, { limits, log, tls: readTls(gate.settings) });

  return {
    listen,
    draining,
    async close() {
      await drain(limits.drain);
      long.close();
      await targets.close();
    },
  };
}
