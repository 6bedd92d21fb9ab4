export type { Log } from './core.ts';
export {
  AuthError,
  type ErrorCode,
  errorTable,
  type Refusal,
  type Result,
  SettingsError,
  StoreUnavailableError,
} from './errors.ts';
export { type Gatewarden, gatewarden } from './gatewarden.ts';
export type { IdentityHeader } from './identity.ts';
export type {
  ApiTokens,
  ApiTokenView,
  AuditLog,
  FirstAdmin,
  GateEvent,
  GateEventName,
  GateEvents,
  NewUser,
  PasswordSignIn,
  Sessions,
  SessionView,
  UserEdit,
  Users,
  UserView,
} from './services.ts';
export type { Options, Settings } from './settings/settings.ts';
export { type Survey, surveyStores } from './survey.ts';
export {
  type ExportOptions,
  type ImportOptions,
  type ImportSummary,
  openTransfer,
  type Transfer,
} from './transfer/index.ts';
export type {
  Actor,
  Answer,
  Decision,
  Explanation,
  Ladder,
  Origin,
  Principal,
  Rule,
  ScopeTable,
  Via,
} from './types.ts';
