import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principals } from './authenticate/principal.ts';
import type { ErrorCode, Refusal } from './errors.ts';
import type {
  AccessTokens,
  ApiTokens,
  Asking,
  AuditLog,
  FirstAdmin,
  PasswordSignIn,
  RecordEvent,
  Sessions,
  Users,
} from './services.ts';
import type { Settings } from './settings/settings.ts';
import type { SessionRecord, Stores, UserRecord } from './stores/contracts.ts';
import type { Answer, Explanation, Incoming, Ladder, Origin, Principal, ScopeTable } from './types.ts';

/** What is logged through: pino fits. Objects first, a short message second; never a secret in either. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Sessions of browsers, through express-session. */
export interface BrowserSessions {
  /** express-session itself: afterwards `req.session` is there. Loads the session; runs on our pages and on demand only. */
  handler(req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void;
  /**
   * Signs a user in: a new session id, the identity, saved before it resolves; the cookie goes out with the headers.
   * Whatever session came with the request is dead afterwards.
   */
  begin(
    req: IncomingMessage,
    res: ServerResponse,
    user: UserRecord,
    options: { method: string; remember: boolean; asking: Asking },
  ): Promise<SessionRecord>;
  /** Ends the session that the request's cookie names, in the store; the cookie is cleared with the attributes it was set with. */
  end(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** The `Set-Cookie` value that clears the session cookie. */
  readonly clearing: string;
  /** The names of the cookies that are ours: an upstream may not set them, nor see them. */
  readonly cookieNames: readonly string[];
}

/** Where a request stands: it decides how a dead cookie and a strange `Authorization` are taken. */
export type Place =
  /** Our sign-in, sign-up and setup pages: a dead cookie counts as absent. */
  | 'sign-in'
  /** Calls of ours whose credential is in the body and whose answer is a token: as `sign-in`, but no page need send them. */
  | 'grant'
  /** Every other route of ours: each Bearer is ours. */
  | 'own'
  /** An app's or an upstream's path that asks for somebody. */
  | 'closed'
  /** An app's or an upstream's path that anybody may use. */
  | 'open';

/** Who makes a request, before any rule. `refusal`: the credentials were malformed, bad or of two people. */
export type Identified = Readonly<{
  origin: Origin;
  principal: Principal;
  refusal?: Refusal | undefined;
  passAuthorization: boolean;
  clearCookie: boolean;
  /** A dead cookie under auto-login: a navigation is sent to itself once, with the cookie cleared. */
  retry: boolean;
}>;

/** What `identify` gives: who, or why not even that was looked at. */
export type Found = Identified | Readonly<{ refusal: Refusal }>;

/** The request path, as Express and the gateway's server use it. Rejects only with an outage. */
export interface RequestPath {
  /**
   * Host, forwarding headers, credentials, Origin (for unsafe methods not signed in by our bearer).
   * A promise only where something had to be looked up.
   */
  identify(req: Incoming, place: Place): Found | Promise<Found>;
  /**
   * The answer to a refusal: problem+json with its challenge, a page, or for a navigation without sign-in the way to the
   * sign-in page (`signIn`: its path, absent when there is none).
   */
  answer(
    req: Incoming,
    refusal: Refusal,
    options?: { signIn?: string | undefined; clearCookie?: boolean; retry?: boolean },
  ): Answer;
  explain(req: Incoming): Promise<Explanation>;
}

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
