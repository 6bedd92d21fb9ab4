import type { RoutePolicies } from '#request';
import type { Route } from '../proxy/route.ts';

/** The routes that are served, by the policies that requests are decided by. */
export interface ServedRoutes {
  /**
   * The route of a decision.
   * @throws Error when it was removed since the decision
   */
  of(policies: RoutePolicies): Route;
}

export function servedRoutes(routes: readonly Route[]): ServedRoutes {
  const byPolicies = new Map(routes.map((route) => [route.policies, route]));
  return {
    of(policies) {
      const route = byPolicies.get(policies);
      if (route === undefined) throw new Error('the route of the request is not served any more');
      return route;
    },
  };
}
