import type { Refusal } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Policies } from './policies.ts';
import type { RoutePolicies } from './route-policies.ts';

/** Finds the route of a request by its host and path. */
export interface RouteTable {
  /** Whether a route names this host (lower case, without port), so that it is served besides `ALLOWED_HOSTS`' default. */
  serves(hostname: string): boolean;
  /**
   * The route of a request target as it was received. A refusal when there is none (`not_found`), and when readings of the path
   * belong to different routes (`ambiguous_path`). Never throws.
   */
  find(hostname: string, target: string): RoutePolicies | Refusal;
}

/**
 * Returns the test of the hosts that are served: those of `ALLOWED_HOSTS`; by default `PUBLIC_URL`, `ADMIN_URL`, the loopback names
 * and the hosts that routes name.
 */
export function hostIsServed(
  { allowedHosts }: Pick<Settings, 'allowedHosts'>,
  policies: Pick<Policies, 'hostIsServed'>,
  routes: Pick<RouteTable, 'serves'>,
): (hostname: string) => boolean {
  if (allowedHosts !== undefined) return policies.hostIsServed;
  return (hostname) => policies.hostIsServed(hostname) || routes.serves(hostname);
}

/** The table of an installation with one route for every host. */
export const oneRoute = (policies: RoutePolicies): RouteTable =>
  Object.freeze({ serves: () => false, find: () => policies });

/** A table that can be exchanged as a whole: each request is decided on by one table. */
export interface ReplaceableRouteTable extends RouteTable {
  replace(table: RouteTable): void;
}

export function replaceableRoutes(first: RouteTable): ReplaceableRouteTable {
  let current = first;
  return {
    serves: (hostname) => current.serves(hostname),
    find: (hostname, target) => current.find(hostname, target),
    replace(table) {
      current = table;
    },
  };
}
