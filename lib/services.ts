/**
 * The services behind the API: `gate.users`, `gate.tokens`, `gate.sessions`, `gate.audit`, `gate.signIn`. One grammar:
 *
 *     verb(handle, …, wish, by)
 *
 * - A handle is the name that people see, the owner's before the thing's: a user's username (in any case), a session's
 *   public id, a token's name. Nothing is named by an internal id.
 * - The wish is one object with all that is asked for. Times are milliseconds since the epoch, durations milliseconds.
 * - `by` is who acts, and always comes last: `{ principal: req.auth, address, agent }`. It is held to what it may do
 *   (nobody gives more than they hold), and the audit log names it. Without it the program itself acts, which is held to
 *   nothing: leave it out in scripts, never where a request asked.
 *   `signIn.verify` takes a `Caller` in its place: nobody has signed in yet.
 * - To read gives a view, or `undefined` for what is not there. A list is a `Page`, of somebody who is not there an empty
 *   one.
 * - To change gives a `Result`: the value, or the refusal (`not_found` for what is not there). A refusal is never thrown.
 * - A view holds no hash, no epoch and no key, so it may be sent as it is. It is frozen.
 * - Every verb rejects with `StoreUnavailableError` when a store cannot answer, and for nothing else.
 */
export type { AuditEntry, AuditLog, AuditQuery } from './services/audit.ts';
export type { GateEvent, GateEventName, GateEvents, NewEvent, RecordEvent } from './services/events.ts';
export type { AccessTokenClaims, AccessTokens, FirstAdmin, PasswordSignIn, TokenPair } from './services/internal.ts';
export type { SessionEnding, Sessions, SessionView } from './services/sessions.ts';
export type { Caller, PasswordChange, SignIn, SignInDoor } from './services/sign-in.ts';
export type { ApiTokens, ApiTokenView, IssuedApiToken, NewApiToken } from './services/tokens.ts';
export type { NewUser, UserEdit, UserQuery, Users, UserView } from './services/users.ts';
