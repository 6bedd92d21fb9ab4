import { andThen, type MaybePromise } from '../and-then.ts';
import type { Refusal } from '../errors.ts';
import type { Ladder, Principal } from '../types.ts';
import { decideRules, isPublic } from './authorize/decide.ts';
import { type Destination, isOnHost, readDestination, selectWithDestination } from './authorize/destination.ts';
import type { Selection } from './authorize/match.ts';
import type { PathOwner } from './authorize/own-paths.ts';
import type { Rule } from './authorize/rules.ts';
import type { Trace } from './authorize/trace.ts';
import type { RequestHead } from './extract/head.ts';
import type { RequestSource } from './extract/source.ts';
import type { ClearCookie, Identification, Identified, Identifier } from './identify.ts';
import type { RoutePolicies } from './route-policies.ts';
import type { RouteTable } from './route-table.ts';

/** The decision on one request. */
export type Decision =
  | Readonly<{
      allow: true;
      principal: Principal;
      rule?: Rule | undefined;
      source: RequestSource;
      /** The `Authorization` header belongs to the upstream: pass it on. */
      passAuthorization: boolean;
      /** The session cookie names no live session: clear it. */
      clearCookie: boolean;
    }>
  | Readonly<{
      allow: false;
      principal: Principal;
      refusal: Refusal;
      rule?: Rule | undefined;
      source?: RequestSource | undefined;
      clearCookie: ClearCookie;
      /**
       * Redirect a navigation to the same target instead of answering with the refusal (a dead cookie under auto-login).
       */
      retry: boolean;
    }>;

export type Allowed = Extract<Decision, { allow: true }>;
export type Denied = Extract<Decision, { allow: false }>;

/** The target is one of Gatewarden's own routes, which have guards of their own: no rule applies. */
export const ownPath = Object.freeze({ kind: 'own-path' });
export type OwnPath = typeof ownPath;

export const isOwnPath = (decision: Decision | OwnPath): decision is OwnPath => decision === ownPath;

/** A decision with the route that it was made for. */
export type Routed = (Allowed & Readonly<{ route: RoutePolicies }>) | Denied;

/** Decides on requests: for the gateway, forward-auth, `protect()` and `explain` alike. */
export interface Decider {
  /** Decides by the rules of a route. Rejects, or throws, only with an outage. Calls `trace` with each step. */
  decide(head: RequestHead, route: RoutePolicies, trace?: Trace): MaybePromise<Routed>;
  /** The same for a request that was located before, on a host that need not be served any more. */
  decideLocated(head: RequestHead, route: RoutePolicies, source: RequestSource): MaybePromise<Routed>;
  /**
   * Decides by the rules of the route that the table has for the host and path, for targets that may be Gatewarden's own. A
   * target that only some readings put below `PREFIX` is refused.
   */
  route(head: RequestHead, trace?: Trace): MaybePromise<Routed | OwnPath>;
  /** The route of the host and path of a request, without a decision; undefined when it has none. */
  routeOf(head: RequestHead): RoutePolicies | undefined;
  /** The decision on a request that is refused before any rule is read. */
  refuse(refusal: Refusal): Denied;
}

type Dependencies = Readonly<{
  identify: Identifier['identify'];
  locate: Identifier['locate'];
  ownerOf: (target: string) => PathOwner;
  routes: Pick<RouteTable, 'find'>;
  ladder: Ladder;
  authEnabled: boolean;
  anonymous: Principal;
  /** Called with each refusal, for the audit log. */
  onRefusal: (head: RequestHead, decision: Denied) => void;
  /** Called with each verdict of the rules, for the figures; without `rule` none matched. */
  onVerdict: (route: RoutePolicies, rule: Rule | undefined, passed: boolean) => void;
}>;

/**
 * A selected rule that is not public if there is one, else the first: an answer to a public request may be cached for
 * all.
 */
const strictest = ({ chosen }: Extract<Selection, { kind: 'selected' }>): Rule | undefined =>
  (chosen.find(({ rule }) => rule?.public !== true) ?? chosen[0]).rule;

const elsewhere: Refusal = Object.freeze({
  code: 'validation_failed',
  detail: 'The Destination header names another host.',
});

const otherRoute: Refusal = Object.freeze({
  code: 'validation_failed',
  detail: 'The Destination header names a path of another service.',
});

/** A request that is decided on. `byTable`: its route was found by its host and path. */
type Call = Readonly<{
  head: RequestHead;
  route: RoutePolicies;
  source: RequestSource;
  byTable: boolean;
  trace: Trace | undefined;
}>;

const unclear: Refusal = Object.freeze({
  code: 'ambiguous_path',
  detail: 'Some servers read this path as one of the gateway’s own pages.',
});

export function decider(dependencies: Dependencies): Decider {
  const { identify, locate, ownerOf, routes, ladder, authEnabled, anonymous, onRefusal, onVerdict } = dependencies;

  const refuse = (refusal: Refusal, found?: Partial<Identified>, rule?: Rule): Denied => ({
    allow: false,
    principal: found?.principal ?? anonymous,
    refusal,
    rule,
    source: found?.source,
    clearCookie: found?.clearCookie ?? false,
    retry: found?.retry ?? false,
  });

  function refused(head: RequestHead, denied: Denied): Denied {
    onRefusal(head, denied);
    return denied;
  }

  function decideCall(call: Call): MaybePromise<Routed> {
    const { head, route, trace } = call;
    const destination = readDestination(head);
    if (destination !== undefined) return decideWithDestination(call, destination);
    return decideOn(call, route.rules.select(head.method ?? '', head.url ?? '', trace));
  }

  function decideOn(call: Call, selection: Selection): MaybePromise<Routed> {
    const { head, route, source } = call;
    if (selection.kind === 'refused') return refused(head, refuse(selection.refusal));
    const identified = identify(head, isPublic(selection) ? 'open' : 'closed', route, source);
    return andThen(identified, (found) => decideIdentified(call, selection, found));
  }

  /** The destination must be on the host of the request, of the same route, and not one of Gatewarden's own paths. */
  function decideWithDestination(call: Call, destination: Destination | Refusal): MaybePromise<Routed> {
    const { head, route, trace } = call;
    if ('code' in destination) return refused(head, refuse(destination));
    if (ownerOf(destination.target) !== 'upstream') return refused(head, refuse(unclear));
    if (isOfOtherRoute(call, destination)) return refused(head, refuse(otherRoute));
    const selection = selectWithDestination(route.rules, head, destination, trace);
    return andThen(decideOn(call, selection), (decision) => {
      if (!decision.allow || isOnHost(destination, decision.source)) return decision;
      return refused(head, refuse(elsewhere, decision));
    });
  }

  /** The rules of one route say nothing about the paths of another. */
  const isOfOtherRoute = ({ route, source, byTable }: Call, { target }: Destination): boolean =>
    byTable && routes.find(source.hostname, target) !== route;

  type Selected = Extract<Selection, { kind: 'selected' }>;

  function decideIdentified({ head, route, trace }: Call, selection: Selected, found: Identification): Routed {
    if (trace !== undefined) traceIdentity(trace, found);
    if (!('principal' in found)) return refused(head, refuse(found.refusal));
    if (found.refusal) return refused(head, refuse(found.refusal, found));
    const { principal, source, passAuthorization } = found;
    const clearCookie = found.clearCookie !== false;
    if (!authEnabled) return { allow: true, principal, source, passAuthorization, clearCookie, route };
    const verdict = decideRules(selection, { principal, address: source.address, ladder }, trace);
    const rule = verdict.allow ? strictest(selection) : verdict.rule;
    onVerdict(route, rule, verdict.allow);
    if (!verdict.allow) return refused(head, refuse(verdict.refusal, found, rule));
    return { allow: true, principal, rule, source, passAuthorization, clearCookie, route };
  }

  function unlocated(head: RequestHead, refusal: Refusal, trace: Trace | undefined): Denied {
    trace?.({ kind: 'principal', principal: anonymous, refusal });
    return refused(head, refuse(refusal));
  }

  function traceIdentity(trace: Trace, found: Identification): void {
    if ('source' in found) trace({ kind: 'source', source: found.source });
    const principal = 'principal' in found ? found.principal : anonymous;
    trace({ kind: 'principal', principal, refusal: found.refusal });
  }

  return {
    decide(head, route, trace) {
      const source = locate(head);
      if ('refusal' in source) return unlocated(head, source.refusal, trace);
      return decideCall({ head, route, source, byTable: false, trace });
    },
    decideLocated: (head, route, source) => decideCall({ head, route, source, byTable: false, trace: undefined }),
    refuse: (refusal) => refuse(refusal),
    routeOf(head) {
      const located = locate(head);
      const route = 'refusal' in located ? undefined : routes.find(located.hostname, head.url ?? '');
      return route === undefined || 'code' in route ? undefined : route;
    },
    route(head, trace) {
      const target = head.url ?? '';
      const owner = ownerOf(target);
      trace?.({ kind: 'owner', owner });
      if (owner === 'ours') return ownPath;
      if (owner === 'unclear') return refused(head, refuse(unclear));
      const source = locate(head);
      if ('refusal' in source) return unlocated(head, source.refusal, trace);
      const route = routes.find(source.hostname, target);
      if ('code' in route) return refused(head, refuse(route, { source }));
      trace?.({ kind: 'route', name: route.name });
      return decideCall({ head, route, source, byTable: true, trace });
    },
  };
}
