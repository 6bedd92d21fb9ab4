import { network } from './addresses.ts';
import { duration, flag, listOf, role, username, wholeNumber } from './parsers.ts';
import { type Setting, servers } from './setting.ts';

/** Settings of authentication, auto-login and the limits of failed sign-ins. */
export const signInSettings = {
  /**
   * `false`: every request passes as anonymous, Gatewarden’s own pages and API answer 403 `auth_disabled`. Hosts, paths
   * and Origin are still checked, identity headers still removed. Default: `true`.
   */
  authEnabled: {
    parser: flag,
    default: 'true',
    help: '`false`: every request passes as anonymous, Gatewarden’s own pages and API answer 403 `auth_disabled`. Hosts, paths and Origin are still checked, identity headers still removed.',
    appliesTo: servers,
    example: 'false',
  },
  /** A request without any credential, from `AUTO_LOGIN_NETWORKS`, acts as `AUTO_LOGIN_USER`. Default: `false`. */
  autoLogin: {
    parser: flag,
    default: 'false',
    help: 'A request without any credential, from `AUTO_LOGIN_NETWORKS`, acts as `AUTO_LOGIN_USER`.',
    appliesTo: servers,
    example: 'true',
  },
  /** The user that requests with auto-login act as. Default: `SUPERUSER`, else a user `local` without a password. */
  autoLoginUser: {
    parser: username,
    defaultInWords: '`SUPERUSER`, else a user `local` without a password',
    help: 'The user that requests with auto-login act as.',
    appliesTo: servers,
    example: 'local',
  },
  /**
   * The most that auto-login may do. Account, admin and credential calls need a real sign-in unless it is `admin`.
   * Default: `operator`.
   */
  autoLoginRole: {
    parser: role,
    default: 'operator',
    help: 'The most that auto-login may do. Account, admin and credential calls need a real sign-in unless it is `admin`.',
    appliesTo: servers,
    example: 'viewer',
  },
  /**
   * Auto-login is only for clients from these networks (CIDR). May not overlap `TRUSTED_PROXIES`. Default:
   * `127.0.0.0/8,::1/128`.
   */
  autoLoginNetworks: {
    parser: listOf(network),
    default: '127.0.0.0/8,::1/128',
    help: 'Auto-login is only for clients from these networks (CIDR). May not overlap `TRUSTED_PROXIES`.',
    appliesTo: servers,
    example: '192.168.1.0/24',
  },
  /**
   * How long after the password was typed an access token may create or change credentials and users without
   * `current_password`. Calls with a cookie always need it, except at `ADMIN_URL`. Default: `15m`.
   */
  confirmWithin: {
    parser: duration,
    default: '15m',
    help: 'How long after the password was typed an access token may create or change credentials and users without `current_password`. Calls with a cookie always need it, except at `ADMIN_URL`.',
    appliesTo: servers,
    example: '5m',
  },
  /** Wrong passwords for one user from one address within `LOGIN_WINDOW`; then 429. Default: `5`. */
  loginMaxFailures: {
    parser: wholeNumber(1, 1_000_000),
    default: '5',
    help: 'Wrong passwords for one user from one address within `LOGIN_WINDOW`; then 429.',
    appliesTo: servers,
    example: '10',
  },
  /** The time within which failed sign-ins are counted. Default: `15m`. */
  loginWindow: {
    parser: duration,
    default: '15m',
    help: 'The time within which failed sign-ins are counted.',
    appliesTo: servers,
    example: '5m',
  },
  /** Wrong passwords from one address in a day, for all users together (IPv6 by /64). Default: `100`. */
  loginMaxFailuresAddress: {
    parser: wholeNumber(1, 1_000_000),
    default: '100',
    help: 'Wrong passwords from one address in a day, for all users together (IPv6 by /64).',
    appliesTo: servers,
    example: '1000',
  },
  /** Wrong passwords for one user in a day, from addresses that never signed in as them. Default: `100`. */
  loginMaxFailuresUser: {
    parser: wholeNumber(1, 1_000_000),
    default: '100',
    help: 'Wrong passwords for one user in a day, from addresses that never signed in as them.',
    appliesTo: servers,
    example: '50',
  },
} satisfies Readonly<Record<string, Setting>>;
