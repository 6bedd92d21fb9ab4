import type { RoutePolicies } from '#request';
import type { Route } from '../proxy/route.ts';

/** The routes that are served, by the policies that requests are decided by. */
export interface ServedRoutes {
  /**
   * The route of a decision; also one that was replaced since the decision, so that each request is served as it was decided on.
   * Undefined when nothing is forwarded: a gateway without an upstream answers forward-auth only.
   */
  of(policies: RoutePolicies): Route | undefined;
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
    of: (policies) => byPolicies.get(policies),
    several: () => count > 1,
    replace,
  };
}
