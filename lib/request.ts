/** What a gateway of one's own needs of the request path beside `gate.decide()`: published as `gatewarden/request`. */

export { decideRules, isPublic } from './authorize/decide.ts';
export { ruleTable, type Selection } from './authorize/match.ts';
export { ladder } from './authorize/roles.ts';
export { parseRules } from './authorize/rules.ts';
export { scopeTable } from './authorize/scopes.ts';
export { AuthError, type ErrorCode, errorTable, type Refusal, StoreUnavailableError } from './errors.ts';
export { withoutCookies } from './extract/cookie.ts';
export { isNavigation } from './extract/navigation.ts';
export { isReservedHeader } from './extract/reserved-headers.ts';
export { writeAnswer } from './respond/write.ts';
export type { Answer, Decision, Incoming, Origin, Principal, Rule } from './types.ts';
