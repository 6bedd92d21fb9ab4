export {
  AuthError,
  type ErrorCode,
  errorTable,
  type FieldProblem,
  NotToldError,
  type Refusal,
  type Result,
  SettingsError,
  StoreUnavailableError,
} from './errors.ts';
export type { Guards } from './express/guards.ts';
export { type FromGateway, type FromGatewayOptions, fromGateway } from './from-gateway.ts';
export { type Gatewarden, type GatewardenOptions, gatewarden } from './gatewarden.ts';
export type { Log } from './log.ts';
export type { Rule, RuleNetworks } from './request/authorize/rules.ts';
export type { Decision } from './request/decide.ts';
export type { Explanation, PathReading, WrittenRule } from './request/explain.ts';
export type { RequestHead } from './request/extract/head.ts';
export type { RequestSource } from './request/extract/source.ts';
export type { ClearCookie } from './request/identify.ts';
export type {
  ApiTokens,
  ApiTokenView,
  AuditEntry,
  AuditLog,
  AuditQuery,
  Caller,
  ClientEdit,
  ClientQuery,
  Clients,
  ClientView,
  GateEvent,
  GateEventName,
  GateEvents,
  InvitationQuery,
  Invitations,
  InvitationView,
  IssuedApiToken,
  IssuedClient,
  IssuedInvitation,
  NewApiToken,
  NewClient,
  NewInvitation,
  NewUser,
  PasswordChange,
  SessionEnding,
  SessionQuery,
  Sessions,
  SessionView,
  SignIn,
  SignInDoor,
  UserEdit,
  UserEnding,
  UserQuery,
  UserSessionView,
  Users,
  UserView,
} from './services.ts';
export type { RedactedSettings } from './settings/redact.ts';
export type { Options, SecretKey, Settings } from './settings/settings.ts';
export type { Page } from './stores/records/page.ts';
export type { Stores } from './stores/stores.ts';
export type { Actor, Principal, Via } from './types.ts';
