import type { ErrorCode } from './errors.ts';
import type { Log } from './log.ts';
import type { Principals } from './request/authenticate/principal.ts';
import type { RequestPath } from './request/identify.ts';
import type {
  AccessTokens,
  ApiTokens,
  AuditLog,
  FirstAdmin,
  PasswordSignIn,
  RecordEvent,
  Sessions,
  Users,
} from './services.ts';
import type { BrowserSessions } from './session/browser-sessions.ts';
import type { PasswordAuthenticator } from './session/password-authenticator.ts';
import type { Settings } from './settings/settings.ts';
import type { Stores } from './stores/stores.ts';
import type { Ladder, Principal, ScopeTable } from './types.ts';

/** Everything that the composition root has put together: what the routes and Express's middleware work with. */
export interface Core {
  readonly settings: Settings;
  readonly ladder: Ladder;
  readonly scopes: ScopeTable;
  readonly principals: Principals;
  readonly anonymous: Principal;
  readonly stores: Stores;
  readonly users: Users;
  readonly signIn: PasswordSignIn;
  readonly passwordAuthenticator: PasswordAuthenticator;
  readonly firstAdmin: FirstAdmin;
  readonly sessions: Sessions;
  readonly browserSessions: BrowserSessions;
  readonly tokens: ApiTokens;
  readonly accessTokens: AccessTokens;
  readonly audit: AuditLog;
  readonly record: RecordEvent;
  readonly requests: RequestPath;
  /** RFC 7517: the public keys of our access tokens and assertions. */
  jwks(): Promise<Readonly<{ keys: readonly object[] }>>;
  /** `iss` of our tokens. */
  readonly issuer: string;
  /** Writes down that a signed-in principal was refused (`access.denied`). */
  denied(principal: Principal, target: string, code: ErrorCode): void;
  readonly log: Log;
}
