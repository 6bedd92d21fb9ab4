import type { Refusal } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Policies } from './policies.ts';
import type { RoutePolicies } from './route-policies.ts';

/** A route that is in force, and which requests it serves. */
export type RouteInForce = Readonly<{
  /** Lower case, without port: a name, or `*.example.com`. Absent: all hosts that no other route names. */
  host?: string | undefined;
  /** The path and all below it: '' for the whole host. */
  path: string;
  policies: RoutePolicies;
  /** The services behind it, by the URLs of the configuration file. Absent for the route of the settings. */
  upstream?: Readonly<{ targets: readonly string[] }> | undefined;
}>;

/** Finds the route of a request by its host and path. */
export interface RouteTable {
  /** Whether a route names this host (lower case, without port), so that it is served besides `ALLOWED_HOSTS`' default. */
  serves(hostname: string): boolean;
  /**
   * The route of a request target as it was received. A refusal when there is none (`not_found`), and when readings of the path
   * belong to different routes (`ambiguous_path`). Never throws.
   */
  find(hostname: string, target: string): RoutePolicies | Refusal;
  /** All routes, in the order of the configuration. */
  all(): readonly RouteInForce[];
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
  Object.freeze({ serves: () => false, find: () => policies, all: () => [{ path: '', policies }] });

/** A table that can be exchanged as a whole: each request is decided on by one table. */
export interface ReplaceableRouteTable extends RouteTable {
  replace(table: RouteTable): void;
}

export function replaceableRoutes(first: RouteTable): ReplaceableRouteTable {
  let current = first;
  return {
    serves: (hostname) => current.serves(hostname),
    find: (hostname, target) => current.find(hostname, target),
    all: () => current.all(),
    replace(table) {
      current = table;
    },
  };
}
