import { type RoutePolicies, type RouteTable, replaceableRoutes, routesByHost } from '#request';
import type { GatewayConfig } from '../config/route-config.ts';

/** Which routes a gateway has: those of the configuration file, and that of `UPSTREAM` for all hosts that the file does not name. */
export interface Routing {
  /** Always the table of the routes in force. */
  readonly table: RouteTable;
  /** The route of `UPSTREAM`, if that is set. */
  readonly own: RoutePolicies | undefined;
  /** The configuration in force. */
  config(): GatewayConfig | undefined;
  /** Where people sign in. Default: on the host of each service. */
  signIn(): GatewayConfig['signIn'];
  /** Puts another configuration in force. */
  replace(config: GatewayConfig): void;
}

/** Creates the routing of a gateway, with `own` for the route of `UPSTREAM`. */
export function routingOf(own: RoutePolicies | undefined, first?: GatewayConfig): Routing {
  let current = first;
  const table = replaceableRoutes(routesByHost(first?.routes ?? [], own));
  return {
    table,
    own,
    config: () => current,
    signIn: () => current?.signIn ?? 'each-host',
    replace(config) {
      current = config;
      table.replace(routesByHost(config.routes, own));
    },
  };
}
