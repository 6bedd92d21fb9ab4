/**
 * The services behind the API: `gate.users`, `gate.tokens`, `gate.clients`, `gate.sessions`, `gate.invitations`, `gate.audit`,
 * `gate.signIn`. One grammar:
 *
 *     verb(handle, …, wish, by)
 *
 * - A handle is a name that users know, the owner's before the record's: a username (in any case), a session's public id,
 *   a token's name, a client id, an invitation's id. Other internal ids are never handles.
 * - `wish` is one object with the input. Times are milliseconds since the epoch, durations milliseconds.
 * - `by` is the actor, always the last argument: `{ principal: req.auth, address, agent }`. Its rights are checked (an actor
 *   can never grant more than it has), and the audit log names it. Without `by` the program itself acts, and no rights are
 *   checked: leave it out in scripts, never when you serve a request.
 *   `signIn.verify` takes a `Caller` instead, since no user is signed in yet.
 * - A read returns a view, or `undefined` when the record does not exist. A list returns a `Page`, which is empty for an
 *   unknown user.
 * - A change returns a `Result`: the value, or the refusal (`not_found` when the record does not exist). A refusal is never
 *   thrown.
 * - A view is frozen and holds no hash, epoch or key, so it is safe to send to a client.
 * - Every verb rejects with `StoreUnavailableError` when a store cannot answer, and with no other error.
 */
export type { AuditEntry, AuditLog, AuditQuery } from './services/audit.ts';
export type { ClientEdit, ClientQuery, Clients, ClientView, IssuedClient, NewClient } from './services/clients.ts';
export type {
  DeviceApproval,
  DeviceRequest,
  Devices,
  NewDeviceRequest,
  PollError,
  Redemption,
} from './services/devices.ts';
export type { GateEvent, GateEventName, GateEvents, NewEvent, RecordEvent } from './services/events.ts';
export {
  type FigureHistory,
  type FigurePeriod,
  type FigureSpan,
  type Figures,
  figureSpans,
  type RuleFigure,
} from './services/figures.ts';
export type {
  AccessTokenClaims,
  AccessTokens,
  ClientSecrets,
  ClientSignIn,
  ClientTokenClaims,
  DeviceSignIn,
  EndNamedSession,
  EndTokenAgain,
  FirstAdmin,
  GrantedToken,
  NamedSession,
  NewPassword,
  PasswordSignIn,
  RefreshTokenStanding,
  RevokeGranted,
  TokenGrant,
  TokenPair,
  UserTokenClaims,
} from './services/internal.ts';
export type {
  InvitationQuery,
  Invitations,
  InvitationView,
  IssuedInvitation,
  NewInvitation,
} from './services/invitations.ts';
export type { SessionEnding, SessionQuery, Sessions, SessionView, UserSessionView } from './services/sessions.ts';
export type { Caller, PasswordChange, SignIn, SignInDoor } from './services/sign-in.ts';
export type { SignUp, SignUpInput } from './services/sign-up.ts';
export type { ApiTokens, ApiTokenView, IssuedApiToken, NewApiToken } from './services/tokens.ts';
export type { NewUser, UserEdit, UserEnding, UserQuery, Users, UserView } from './services/users.ts';
