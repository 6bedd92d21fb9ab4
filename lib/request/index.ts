/**
 * What the gateway and the command use of the request path, imported as `#request`. Internal: not part of the public API.
 */

export { andThen, type MaybePromise } from '../and-then.ts';
export { type ErrorCode, errorTable, type Refusal, StoreUnavailableError } from '../errors.ts';
export { canonicalAddress, networks } from '../net/addresses.ts';
export { withoutCookies } from '../net/cookies.ts';
export type { Principal } from '../types.ts';
export { type AnswerNotes, answerNotes, noteAnswer } from './answer-notes.ts';
export { callerAskedAbout, requestAskedAbout } from './asked-about.ts';
export { isReadAsReceived } from './authorize/changed-path.ts';
export { isPublic } from './authorize/decide.ts';
export { hostPattern } from './authorize/hosts.ts';
export type { RuleTable } from './authorize/match.ts';
export { isCleanPath } from './authorize/path.ts';
export { canMatchBelow } from './authorize/pattern.ts';
export { type Rule, readRole } from './authorize/rules.ts';
export { autoLoginMayRead } from './authorize/same-origin.ts';
export { coversOwnPages } from './authorize/service-worker.ts';
export { shadowedRules } from './authorize/shadowed.ts';
export { type Allowed, type Decision, type Denied, isOwnPath, type OwnPath, type Routed } from './decide.ts';
export type { Explanation } from './explain.ts';
export type { RequestHead } from './extract/head.ts';
export { isNavigation } from './extract/navigation.ts';
export { foldedHeaderName, isClientAddressHeader, isReservedHeader } from './extract/reserved-headers.ts';
export type { RequestSource } from './extract/source.ts';
export { explainHypothetically, type HypotheticalRequest } from './hypothetical.ts';
export { identityHeaderNames } from './identity-headers.ts';
export { isRequestId, requestIdOf } from './request-id.ts';
export { type Answer, writeAnswer } from './respond/write.ts';
export { type RouteOptions, type RoutePolicies, routePolicies } from './route-policies.ts';
export { oneRoute, type ReplaceableRouteTable, type RouteTable, replaceableRoutes } from './route-table.ts';
export { type RouteEntry, routesByHost } from './routes-by-host.ts';
export { type SignInMode, signInModeProblem } from './sign-in-sites.ts';
export type { TargetReport, UpstreamReport } from './upstream-report.ts';
