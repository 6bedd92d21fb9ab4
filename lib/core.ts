import type { Refusal } from './errors.ts';
import type { Log } from './log.ts';
import type { Principals } from './request/authenticate/principal.ts';
import type { Decider, Denied } from './request/decide.ts';
import type { Explanation } from './request/explain.ts';
import type { RequestHead } from './request/extract/head.ts';
import type { ClearCookie, Identifier } from './request/identify.ts';
import type { Answer } from './request/respond/write.ts';
import type { RoutePolicies } from './request/route-policies.ts';
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
  readonly identify: Identifier['identify'];
  readonly decider: Decider;
  explain(head: RequestHead, policies: RoutePolicies): Promise<Explanation>;
  /**
   * The answer to a refusal: problem+json with its challenge, a page, or for a navigation without sign-in the way to the
   * sign-in page. `prefix`: the path that our pages live below, default `PREFIX`; `signIn`: the sign-in page's path, absent
   * when there is none; `retry`: send a navigation to the same target once more, with the cookie cleared.
   */
  answer(
    head: RequestHead,
    refusal: Refusal,
    options?: Readonly<{
      prefix?: string | undefined;
      signIn?: string | undefined;
      clearCookie?: ClearCookie | undefined;
      /** Offer `Basic` beside `Bearer` to programs: not on routes of our own, where it is no credential. */
      offerBasic?: boolean | undefined;
      retry?: boolean | undefined;
    }>,
  ): Answer;
  /** Writes down that a request was refused. */
  onRefusal(head: RequestHead, denied: Denied): void;
  /** RFC 7517: the public keys of our access tokens and assertions. */
  jwks(): Promise<Readonly<{ keys: readonly object[] }>>;
  /** `iss` of our tokens. */
  readonly issuer: string;
  readonly log: Log;
}
