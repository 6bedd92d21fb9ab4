/**
 * The settings, resolved: every default applied, every value parsed and checked, frozen. Durations are milliseconds.
 * The key of a setting is its environment name in camel case: `SESSION_IDLE` is `sessionIdle`.
 */
export interface Settings {
  readonly upstream: string | undefined;
  readonly upstreamAuthorization: boolean;
  readonly rules: string;
  readonly host: string;
  readonly port: number;
  /** An origin, without path or trailing slash. */
  readonly publicUrl: string | undefined;
  /** Begins with `/`, ends without one. */
  readonly prefix: string;
  /** `ISSUER` as given; the effective issuer is worked out from `publicUrl` and `prefix` where it is not. */
  readonly issuer: string | undefined;
  /** CIDRs. */
  readonly trustedProxies: readonly string[];
  readonly proxySecret: string | undefined;
  /** As given; `undefined` means the hosts of `publicUrl` and the loopback names. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly authEnabled: boolean;
  readonly autoLogin: boolean;
  readonly autoLoginUser: string | undefined;
  readonly autoLoginRole: string;
  /** CIDRs. */
  readonly autoLoginNetworks: readonly string[];
  readonly superuser: string | undefined;
  readonly superuserPassword: string | undefined;
  /** The list as given, newest first, each at least 32 bytes of URL-safe base64. `undefined`: kept in `dataDir`. */
  readonly secretKey: readonly string[] | undefined;
  readonly defaultRole: string;
  /** As written; `authorize/roles.ts` makes the ladder of it. */
  readonly roles: string;
  /** As written; `authorize/scopes.ts` makes the table of it. */
  readonly scopes: string;
  readonly reservedNames: readonly string[];
  readonly passwordMinLength: number;
  /** Holds a password, often: never shown. */
  readonly mongodbUrl: string | undefined;
  /** Holds a password, often: never shown. */
  readonly redisUrl: string | undefined;
  readonly dataDir: string;
  readonly cookieName: string | undefined;
  readonly cookieDomain: string | undefined;
  readonly cookieSamesite: 'lax' | 'strict' | 'none';
  readonly sessionIdle: number;
  readonly sessionLifetime: number;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
  readonly tokenAlgorithm: 'EdDSA' | 'ES256';
  readonly loginMaxFailures: number;
  readonly loginWindow: number;
  readonly loginMaxFailuresAddress: number;
  readonly loginMaxFailuresUser: number;
  readonly identityHeaders: readonly ('x-forwarded' | 'remote' | 'x-auth-request' | 'x-authentik')[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly logFormat: 'json' | 'pretty';
  readonly brandName: string;
}

/** What `gatewarden({ … })` takes, all optional: the settings, in the same words as the environment or already parsed. */
export type Options = {
  readonly [K in keyof Settings]?: Settings[K] extends number
    ? number | string
    : Settings[K] extends readonly (infer E)[] | undefined
      ? readonly E[] | string
      : Settings[K] | string;
};
