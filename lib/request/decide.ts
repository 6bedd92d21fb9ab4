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

/** Decides on requests: for the gateway, `protect()` and `explain` alike, with the policies of a route. */
export interface Decider {
  /** Decides by the rules of a route. Rejects, or throws, only with an outage. Calls `trace` with each step. */
  decide(head: RequestHead, policies: RoutePolicies, trace?: Trace): MaybePromise<Decision>;
  /** As `decide`, for targets that may be Gatewarden's own. One that only some readings put below `PREFIX` is refused. */
  route(head: RequestHead, policies: RoutePolicies, trace?: Trace): MaybePromise<Decision | OwnPath>;
  /** The decision on a request that is refused before any rule is read. */
  refuse(refusal: Refusal): Denied;
}

type Dependencies = Readonly<{
  identify: Identifier['identify'];
  ownerOf: (target: string) => PathOwner;
  ladder: Ladder;
  authEnabled: boolean;
  anonymous: Principal;
  /** Called with each refusal, for the audit log. */
  onRefusal: (head: RequestHead, decision: Denied) => void;
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

const unclear: Refusal = Object.freeze({
  code: 'ambiguous_path',
  detail: 'Some servers read this path as one of the gateway’s own pages.',
});

export function decider(dependencies: Dependencies): Decider {
  const { identify, ownerOf, ladder, authEnabled, anonymous, onRefusal } = dependencies;

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

  function decide(head: RequestHead, policies: RoutePolicies, trace?: Trace): MaybePromise<Decision> {
    const destination = readDestination(head);
    if (destination !== undefined) return decideWithDestination(head, policies, destination, trace);
    return decideOn(head, policies, policies.rules.select(head.method ?? '', head.url ?? '', trace), trace);
  }

  function decideOn(
    head: RequestHead,
    policies: RoutePolicies,
    selection: Selection,
    trace: Trace | undefined,
  ): MaybePromise<Decision> {
    if (selection.kind === 'refused') return refused(head, refuse(selection.refusal));
    const identified = identify(head, isPublic(selection) ? 'open' : 'closed', policies);
    return andThen(identified, (found) => decideIdentified(head, selection, found, trace));
  }

  /** The destination must be on the host of the request, and not one of Gatewarden's own paths. */
  function decideWithDestination(
    head: RequestHead,
    policies: RoutePolicies,
    destination: Destination | Refusal,
    trace: Trace | undefined,
  ): MaybePromise<Decision> {
    if ('code' in destination) return refused(head, refuse(destination));
    if (ownerOf(destination.target) !== 'upstream') return refused(head, refuse(unclear));
    const selection = selectWithDestination(policies.rules, head, destination, trace);
    return andThen(decideOn(head, policies, selection, trace), (decision) => {
      if (!decision.allow || isOnHost(destination, decision.source)) return decision;
      return refused(head, refuse(elsewhere, decision));
    });
  }

  type Selected = Extract<Selection, { kind: 'selected' }>;

  function decideIdentified(head: RequestHead, selection: Selected, found: Identification, trace?: Trace): Decision {
    if (trace !== undefined) traceIdentity(trace, found);
    if (!('principal' in found)) return refused(head, refuse(found.refusal));
    if (found.refusal) return refused(head, refuse(found.refusal, found));
    const { principal, source, passAuthorization } = found;
    const clearCookie = found.clearCookie !== false;
    if (!authEnabled) return { allow: true, principal, source, passAuthorization, clearCookie };
    const verdict = decideRules(selection, { principal, address: source.address, ladder }, trace);
    if (!verdict.allow) return refused(head, refuse(verdict.refusal, found, verdict.rule));
    return { allow: true, principal, rule: strictest(selection), source, passAuthorization, clearCookie };
  }

  function traceIdentity(trace: Trace, found: Identification): void {
    if ('source' in found) trace({ kind: 'source', source: found.source });
    const principal = 'principal' in found ? found.principal : anonymous;
    trace({ kind: 'principal', principal, refusal: found.refusal });
  }

  return {
    decide,
    refuse: (refusal) => refuse(refusal),
    route(head, policies, trace) {
      const owner = ownerOf(head.url ?? '');
      trace?.({ kind: 'owner', owner });
      if (owner === 'ours') return ownPath;
      return owner === 'unclear' ? refused(head, refuse(unclear)) : decide(head, policies, trace);
    },
  };
}
