/** What a gateway of one's own needs of the request path beside `gate.decide()`: published as `gatewarden/request`. */

export { AuthError, type ErrorCode, errorTable, type Refusal, StoreUnavailableError } from '../errors.ts';
export { withoutCookies } from '../net/cookies.ts';
export type { Principal } from '../types.ts';
export { decideRules, isPublic } from './authorize/decide.ts';
export { ruleTable, type Selection } from './authorize/match.ts';
export { ladder } from './authorize/roles.ts';
export type { Rule } from './authorize/rules.ts';
export { parseRules } from './authorize/rules.ts';
export { scopeTable } from './authorize/scopes.ts';
export type { Decision } from './decide.ts';
export type { RequestHead } from './extract/head.ts';
export { isNavigation } from './extract/navigation.ts';
export { isReservedHeader } from './extract/reserved-headers.ts';
export type { RequestSource } from './extract/source.ts';
export { somethingBroke } from './respond/something-broke.ts';
export type { Answer } from './respond/write.ts';
export { writeAnswer } from './respond/write.ts';
