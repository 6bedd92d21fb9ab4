import type { PasswordPolicy } from './accounts/password-policy.ts';
import type { MaybePromise } from './and-then.ts';
import type { ExportPlaces } from './audit/export-places.ts';
import type { Refusal, Result } from './errors.ts';
import type { Log } from './log.ts';
import type { Brand } from './pages/brand/brand.ts';
import type { Outcome } from './request/authenticate/chain.ts';
import type { Principals } from './request/authenticate/principal.ts';
import type { Decider, Denied } from './request/decide.ts';
import type { Explanation } from './request/explain.ts';
import type { Credential } from './request/extract/credential.ts';
import type { RequestHead } from './request/extract/head.ts';
import type { RequestSource } from './request/extract/source.ts';
import type { HypotheticalRequest } from './request/hypothetical.ts';
import type { ClearCookie, Identifier } from './request/identify.ts';
import type { Answer } from './request/respond/write.ts';
import type { RouteInForce } from './request/route-table.ts';
import type { SignInSites } from './request/sign-in-sites.ts';
import type { UpstreamIdentity } from './request/upstream-identity.ts';
import type { UpstreamReport } from './request/upstream-report.ts';
import type {
  AccessTokenClaims,
  AccessTokens,
  ApiTokens,
  AuditLog,
  ClientSignIn,
  Clients,
  Devices,
  EndNamedSession,
  EndTokenAgain,
  Figures,
  FirstAdmin,
  Invitations,
  PasswordSignIn,
  RecordEvent,
  RevokeGranted,
  Sessions,
  SignUp,
  Users,
} from './services.ts';
import type { BrowserSessions } from './session/browser-sessions.ts';
import type { HandOvers } from './session/hand-overs.ts';
import type { PasswordAuthenticator } from './session/password-authenticator.ts';
import type { SettingOrigins } from './settings/index.ts';
import type { Settings } from './settings/settings.ts';
import type { Stores } from './stores/stores.ts';
import type { Ladder, Principal, ScopeTable } from './types.ts';

/** What the composition root provides to the routes and to Express's middleware. */
export interface Core {
  readonly settings: Settings;
  /** Where each setting is from. */
  readonly settingOrigins: SettingOrigins;
  readonly ladder: Ladder;
  readonly scopes: ScopeTable;
  readonly principals: Principals;
  readonly anonymous: Principal;
  readonly stores: Stores;
  readonly users: Users;
  readonly invitations: Invitations;
  readonly signIn: PasswordSignIn;
  readonly signUp: SignUp;
  /** What is wrong with a new password, before it is sent with a form. */
  readonly problemOfPassword: PasswordPolicy;
  readonly passwordAuthenticator: PasswordAuthenticator;
  readonly firstAdmin: FirstAdmin;
  readonly sessions: Sessions;
  readonly browserSessions: BrowserSessions;
  readonly handOvers: HandOvers;
  readonly tokens: ApiTokens;
  readonly accessTokens: AccessTokens;
  readonly devices: Devices;
  readonly clients: Clients;
  readonly clientSignIn: ClientSignIn;
  readonly revokeGranted: RevokeGranted;
  /** The claims of an access token whose signature and times are valid, whether or not its session has ended. */
  verifyAccessToken(token: string): Promise<Result<AccessTokenClaims>>;
  /** The principal of a credential on its own, by the checks of the request path. Rejects, or throws, only with an outage. */
  authenticate(credential: Credential): MaybePromise<Outcome>;
  readonly endNamed: EndNamedSession;
  readonly endTokenAgain: EndTokenAgain;
  readonly audit: AuditLog;
  readonly exportPlaces: ExportPlaces;
  readonly record: RecordEvent;
  readonly figures: Figures;
  readonly identify: Identifier['identify'];
  readonly locate: Identifier['locate'];
  readonly signInSites: SignInSites;
  readonly decider: Decider;
  /** The same for requests that were decided on before, such as open sockets: the figures do not count its verdicts. */
  readonly decidesAgain: Decider;
  explain(head: RequestHead): Promise<Explanation>;
  /** The routes that requests are decided by now: a reload changes them. */
  routesInForce(): readonly RouteInForce[];
  /** Explains a request that was not sent, by the routes that are in force. */
  explainHypothetically(request: HypotheticalRequest): Promise<Explanation>;
  /**
   * The answer to a refusal: problem+json with its challenge, a page, or a redirect to the sign-in page for a navigation
   * that is not signed in. `prefix`: the path of the pages, default `PREFIX`; `signIn`: returns the URL of the sign-in that leads
   * back to a path, absent when there is none; `retry`: redirect a navigation to the same target, with the cookie cleared; `location`: a checked path
   * to redirect a safe request to.
   */
  answer(
    head: RequestHead,
    refusal: Refusal,
    options?: Readonly<{
      prefix?: string | undefined;
      signIn?: ((back: string) => string) | undefined;
      clearCookie?: ClearCookie | undefined;
      /** Offer `Basic` beside `Bearer` to programs. Not on Gatewarden's own routes, which do not accept it. */
      offerBasic?: boolean | undefined;
      retry?: boolean | undefined;
      location?: string | undefined;
      /** Who made the request, for pages. */
      principal?: Principal | undefined;
      /** With it the request id of a trusted proxy is taken over. */
      source?: RequestSource | undefined;
      /** The request id that the answer has. Default: that of a trusted proxy, else a new one. */
      requestId?: string | undefined;
    }>,
  ): Answer;
  /** The answer to an unexpected error: 500 without details, as a page for navigations. `prefix`: the path of the pages, default `PREFIX`. */
  answerBroken(head: RequestHead, options: Readonly<{ requestId: string; prefix?: string | undefined }>): Answer;
  /** Records a refusal in the audit log, and counts it. */
  onRefusal(head: RequestHead, denied: Denied): void;
  /** The headers that carry a principal to the upstream of a route. */
  readonly upstreamIdentity: UpstreamIdentity;
  /** The public keys that verify access tokens and assertions (RFC 7517). */
  jwks(): Promise<Readonly<{ keys: readonly object[] }>>;
  /** `iss` of access tokens and assertions. */
  readonly issuer: string;
  /** How the services behind the gateway are; absent where there is no gateway. */
  readonly upstreams?: (() => Promise<readonly UpstreamReport[]>) | undefined;
  /** The version that runs, and since when, in milliseconds since the epoch. */
  readonly running: Readonly<{ version: string; since: number }>;
  /** How the pages look. */
  readonly brand: Brand;
  readonly log: Log;
}
