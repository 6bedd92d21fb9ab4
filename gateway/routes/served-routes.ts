import type { RoutePolicies } from '#request';
import type { Route } from '../proxy/route.ts';

/** The routes that are served, by the policies that requests are decided by. */
export interface ServedRoutes {
  /** The route of a decision; also one that was replaced since the decision, so that each request is served as it was decided on. */
  of(policies: RoutePolicies): Route;
  /** Whether there are several, so that the log names them. */
  several(): boolean;
  replace(routes: readonly Route[]): void;
}

export function servedRoutes(first: readonly Route[]): ServedRoutes {
  const byPolicies = new WeakMap<RoutePolicies, Route>();
  let count = 0;

  function replace(routes: readonly Route[]): void {
    for (const route of routes) byPolicies.set(route.policies, route);
    count = routes.length;
  }

  replace(first);
  return {
    of(policies) {
      const route = byPolicies.get(policies);
      if (route === undefined) throw new Error('a request was decided on by a route that is not served');
      return route;
    },
    several: () => count > 1,
    replace,
  };
}
