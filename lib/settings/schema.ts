import { cookieDomain, listenHost, network, servedHost } from './addresses.ts';
import type { Use } from './check.ts';
import {
  anyText,
  choice,
  duration,
  flag,
  folder,
  headerSecret,
  listOf,
  listOrNone,
  type Parser,
  password,
  role,
  secretKeys,
  title,
  username,
  wholeNumber,
} from './parsers.ts';
import type { Settings } from './settings.ts';
import { cookieName, issuer, origin, pathPrefix, storeUrl } from './urls.ts';

/** One setting: all that the program, `--help` and the documentation know of it. */
export interface Setting<T = unknown> {
  /** Its name after `GATEWARDEN_`. */
  readonly env: string;
  readonly parser: Parser<T>;
  /** What is taken when it is not given, as one would write it; undefined: nothing. */
  readonly default?: string;
  /** The default in words, where it is worked out from something else. */
  readonly defaultInWords?: string;
  /** Never shown, logged or repeated in an error. */
  readonly secret?: true;
  readonly help: string;
  readonly appliesTo: readonly Use[];
  /** A value to show; for secrets how to get one. */
  readonly example: string;
}

const everywhere = ['middleware', 'gateway', 'command'] as const;
const serving = ['middleware', 'gateway'] as const;
const gateway = ['gateway'] as const;

/** Every setting there is, once. The key is the one of `Settings` and `Options`, the order that of the documentation. */
export const settingTable: { readonly [K in keyof Settings]: Setting<Exclude<Settings[K], undefined>> } = {
  upstream: {
    env: 'UPSTREAM',
    parser: origin(
      'must be an http or https URL without credentials, path, query or fragment: paths are forwarded as they come',
    ),
    help: 'The one service behind the gateway.',
    appliesTo: gateway,
    example: 'http://localhost:3000',
  },
  upstreamAuthorization: {
    env: 'UPSTREAM_AUTHORIZATION',
    parser: flag,
    default: 'false',
    help: 'An `Authorization` header that is none of ours is the upstream’s business: it is passed on and signs nobody in. Otherwise such a header alone is 401.',
    appliesTo: gateway,
    example: 'true',
  },
  rules: {
    env: 'RULES',
    parser: anyText,
    default: 'viewer read /**; user * /**',
    help: 'Who may do what: `role METHODS path`, separated by `;` or new lines. The first that matches decides, what none matches is for `admin` only.',
    appliesTo: serving,
    example: 'public read /assets/**; viewer read /**; user * /**',
  },
  host: {
    env: 'HOST',
    parser: listenHost,
    default: '127.0.0.1',
    help: 'The address that the gateway listens on. The Docker image sets `0.0.0.0`. Any but a loopback address needs `PUBLIC_URL`.',
    appliesTo: gateway,
    example: '0.0.0.0',
  },
  port: {
    env: 'PORT',
    parser: wholeNumber(0, 65_535),
    default: '8080',
    help: 'The port that the gateway listens on; 0 takes any that is free.',
    appliesTo: gateway,
    example: '8443',
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    parser: origin('must be an http or https URL without credentials, path, query or fragment'),
    defaultInWords: 'from the request’s Host while on loopback',
    help: 'The address that people use. It alone decides `Secure` cookies, redirects and Origin checks. Needed when `HOST` is not loopback; without it the middleware serves loopback hosts only.',
    appliesTo: everywhere,
    example: 'https://app.example.com',
  },
  prefix: {
    env: 'PREFIX',
    parser: pathPrefix,
    default: '/_gatewarden',
    help: 'The path that the gateway’s own pages and API live below.',
    appliesTo: ['gateway', 'command'],
    example: '/auth',
  },
  issuer: {
    env: 'ISSUER',
    parser: issuer,
    defaultInWords: '`PUBLIC_URL` + `PREFIX`',
    help: '`iss` and default `aud` of our tokens. Instances and apps that share a store share it.',
    appliesTo: everywhere,
    example: 'https://app.example.com/_gatewarden',
  },
  trustedProxies: {
    env: 'TRUSTED_PROXIES',
    parser: listOf(network),
    default: '',
    help: 'Networks (CIDR) of proxies whose `X-Forwarded-*` headers are believed.',
    appliesTo: serving,
    example: '10.0.0.0/8,fd00::/8',
  },
  proxySecret: {
    env: 'PROXY_SECRET',
    parser: headerSecret,
    secret: true,
    help: 'A secret that a trusted proxy must send as well, in `X-Gatewarden-Proxy-Secret`, before its headers are believed. Never passed on.',
    appliesTo: serving,
    example: '16 or more characters of your own',
  },
  allowedHosts: {
    env: 'ALLOWED_HOSTS',
    parser: listOf(servedHost),
    defaultInWords: 'the host of `PUBLIC_URL`, and the loopback names',
    help: 'The Host headers that are answered, without ports; any other gets 421. Stops DNS rebinding.',
    appliesTo: serving,
    example: 'app.example.com,*.apps.example.com',
  },
  authEnabled: {
    env: 'AUTH_ENABLED',
    parser: flag,
    default: 'true',
    help: '`false`: every request passes as anonymous, our own pages and API answer 403 `auth_disabled`. Hosts, paths and Origin are still checked, identity headers still removed.',
    appliesTo: serving,
    example: 'false',
  },
  autoLogin: {
    env: 'AUTO_LOGIN',
    parser: flag,
    default: 'false',
    help: 'A request without any credential, from `AUTO_LOGIN_NETWORKS`, acts as `AUTO_LOGIN_USER`.',
    appliesTo: serving,
    example: 'true',
  },
  autoLoginUser: {
    env: 'AUTO_LOGIN_USER',
    parser: username,
    defaultInWords: '`SUPERUSER`, else a user `local` without a password',
    help: 'Whom such a request acts as.',
    appliesTo: serving,
    example: 'local',
  },
  autoLoginRole: {
    env: 'AUTO_LOGIN_ROLE',
    parser: role,
    default: 'operator',
    help: 'The most that auto-login may do. Account, admin and credential calls need a real sign-in unless it is `admin`.',
    appliesTo: serving,
    example: 'viewer',
  },
  autoLoginNetworks: {
    env: 'AUTO_LOGIN_NETWORKS',
    parser: listOf(network),
    default: '127.0.0.0/8,::1/128',
    help: 'Auto-login is only for clients from these networks (CIDR). May not overlap `TRUSTED_PROXIES`.',
    appliesTo: serving,
    example: '192.168.1.0/24',
  },
  superuser: {
    env: 'SUPERUSER',
    parser: username,
    help: 'Made at start with the highest role while there is no admin; never overwritten.',
    appliesTo: everywhere,
    example: 'ada',
  },
  superuserPassword: {
    env: 'SUPERUSER_PASSWORD',
    parser: password,
    secret: true,
    help: 'The password of `SUPERUSER`. Well-known defaults are refused.',
    appliesTo: everywhere,
    example: 'a long phrase of your own',
  },
  secretKey: {
    env: 'SECRET_KEY',
    parser: secretKeys,
    secret: true,
    defaultInWords: 'made at the first start, in `DATA_DIR/secret_key`; needed with `MONGODB_URL` or `REDIS_URL`',
    help: 'At least 32 bytes as URL-safe base64; `gatewarden keygen` makes one. A comma-separated list rotates: the first signs and encrypts, all verify and decrypt.',
    appliesTo: everywhere,
    example: 'what `gatewarden keygen` prints',
  },
  defaultRole: {
    env: 'DEFAULT_ROLE',
    parser: role,
    default: 'user',
    help: 'The role of a new user.',
    appliesTo: everywhere,
    example: 'viewer',
  },
  roles: {
    env: 'ROLES',
    parser: anyText,
    default: 'anony,viewer,user,operator,admin',
    help: 'The ladder of roles, lowest first. It begins with `anony` and ends with `admin`; `name=rung` says which of our own roles a name stands for.',
    appliesTo: everywhere,
    example: 'anony,guest=viewer,member=user,lead=operator,admin',
  },
  scopes: {
    env: 'SCOPES',
    parser: anyText,
    default: '',
    help: 'Scopes of the application, comma-separated; `name=role` gives the least role that may hold one.',
    appliesTo: everywhere,
    example: 'deploy:write=operator,reports:read',
  },
  reservedNames: {
    env: 'RESERVED_NAMES',
    parser: listOf(username),
    default: '',
    help: 'More usernames that only an admin gives, beside `admin`, `root`, `system` and the like.',
    appliesTo: everywhere,
    example: 'billing,support',
  },
  passwordMinLength: {
    env: 'PASSWORD_MIN_LENGTH',
    parser: wholeNumber(8, 256),
    default: '12',
    help: 'The fewest characters of a new password. Common passwords and the user’s own name are refused besides.',
    appliesTo: everywhere,
    example: '16',
  },
  mongodbUrl: {
    env: 'MONGODB_URL',
    parser: storeUrl(
      ['mongodb:', 'mongodb+srv:'],
      'must be a URL such as mongodb://user:password@host:27017/gatewarden',
    ),
    secret: true,
    help: 'Users, tokens, audit and keys in MongoDB instead of SQLite, for several instances that share them.',
    appliesTo: everywhere,
    example: 'mongodb://localhost:27017/gatewarden',
  },
  redisUrl: {
    env: 'REDIS_URL',
    parser: storeUrl(
      ['redis:', 'rediss:', 'redis+sentinel:', 'rediss+sentinel:', 'redis+cluster:', 'rediss+cluster:'],
      'must be a URL such as redis://user:password@host:6379 (rediss: for TLS, redis+sentinel: and redis+cluster: with a list of hosts)',
    ),
    secret: true,
    help: 'Sessions, counters and the channel between instances in Redis instead of SQLite. `redis+sentinel://host,host/master` and `redis+cluster://host,host` too.',
    appliesTo: everywhere,
    example: 'redis://localhost:6379',
  },
  dataDir: {
    env: 'DATA_DIR',
    parser: folder,
    default: './.gatewarden',
    help: 'The folder of the SQLite file and the secret key that is made at the first start.',
    appliesTo: everywhere,
    example: '/var/lib/gatewarden',
  },
  cookieName: {
    env: 'COOKIE_NAME',
    parser: cookieName,
    defaultInWords: '`__Host-gatewarden` on https, else `gatewarden`',
    help: 'The name of the session cookie; its path is always `/`.',
    appliesTo: serving,
    example: '__Host-session',
  },
  cookieDomain: {
    env: 'COOKIE_DOMAIN',
    parser: cookieDomain,
    help: 'The session cookie is sent to this domain and all below it; the default name loses its `__Host-`.',
    appliesTo: serving,
    example: 'example.com',
  },
  cookieSamesite: {
    env: 'COOKIE_SAMESITE',
    parser: choice('lax', 'strict', 'none'),
    default: 'lax',
    help: '`SameSite` of the session cookie: `lax`, `strict`, or, with https only, `none`.',
    appliesTo: serving,
    example: 'strict',
  },
  sessionIdle: {
    env: 'SESSION_IDLE',
    parser: duration,
    default: '12h',
    help: 'A session ends after this long unused.',
    appliesTo: serving,
    example: '30m',
  },
  sessionLifetime: {
    env: 'SESSION_LIFETIME',
    parser: duration,
    default: '30d',
    help: 'A session ends after this long, whatever happens.',
    appliesTo: serving,
    example: '7d',
  },
  accessTokenLifetime: {
    env: 'ACCESS_TOKEN_LIFETIME',
    parser: duration,
    default: '1h',
    help: 'How long an access token is good for.',
    appliesTo: serving,
    example: '15m',
  },
  refreshTokenLifetime: {
    env: 'REFRESH_TOKEN_LIFETIME',
    parser: duration,
    default: '30d',
    help: 'How long a refresh token is good for.',
    appliesTo: serving,
    example: '7d',
  },
  tokenAlgorithm: {
    env: 'TOKEN_ALGORITHM',
    parser: choice('EdDSA', 'ES256'),
    default: 'EdDSA',
    help: 'What access tokens and assertions are signed with: `EdDSA` or `ES256`.',
    appliesTo: everywhere,
    example: 'ES256',
  },
  loginMaxFailures: {
    env: 'LOGIN_MAX_FAILURES',
    parser: wholeNumber(1, 1_000_000),
    default: '5',
    help: 'Wrong passwords for one user from one address within `LOGIN_WINDOW`; then 429.',
    appliesTo: serving,
    example: '10',
  },
  loginWindow: {
    env: 'LOGIN_WINDOW',
    parser: duration,
    default: '15m',
    help: 'How long failures count.',
    appliesTo: serving,
    example: '5m',
  },
  loginMaxFailuresAddress: {
    env: 'LOGIN_MAX_FAILURES_ADDRESS',
    parser: wholeNumber(1, 1_000_000),
    default: '100',
    help: 'Wrong passwords from one address in a day, whoever they are for (IPv6 by /64).',
    appliesTo: serving,
    example: '1000',
  },
  loginMaxFailuresUser: {
    env: 'LOGIN_MAX_FAILURES_USER',
    parser: wholeNumber(1, 1_000_000),
    default: '100',
    help: 'Wrong passwords for one user in a day, from addresses that never signed in as them.',
    appliesTo: serving,
    example: '50',
  },
  identityHeaders: {
    env: 'IDENTITY_HEADERS',
    parser: listOrNone(choice('x-forwarded', 'remote', 'x-auth-request', 'x-authentik')),
    default: 'x-forwarded',
    help: 'The headers that tell upstreams who asks: `x-forwarded`, `remote`, `x-auth-request`, `x-authentik`, a list of them, or `none`.',
    appliesTo: gateway,
    example: 'x-forwarded,remote',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    parser: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    help: 'The least important lines that are logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    appliesTo: everywhere,
    example: 'warn',
  },
  logFormat: {
    env: 'LOG_FORMAT',
    parser: choice('json', 'pretty'),
    defaultInWords: '`json`, on a terminal `pretty`',
    help: 'How log lines are written: `json` or `pretty`.',
    appliesTo: gateway,
    example: 'json',
  },
  brandName: {
    env: 'BRAND_NAME',
    parser: title,
    default: 'Gatewarden',
    help: 'The name that the pages show.',
    appliesTo: serving,
    example: 'Example Corp',
  },
};

/** The keys of the settings, in the order of the table. */
export const settingKeys = Object.keys(settingTable) as readonly (keyof Settings)[];
