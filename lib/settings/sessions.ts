import { cookieDomain } from './addresses.ts';
import { choice, duration, wholeNumber } from './parsers.ts';
import { type Setting, servers } from './setting.ts';
import { cookieName } from './urls.ts';

/** Settings of the session cookie and the lifetime of sessions. */
export const sessionsSettings = {
  /**
   * The name of the session cookie; its path is always `/`. Default: `__Host-gatewarden` on https,
   * `__Secure-gatewarden` on https with a `COOKIE_DOMAIN`, else `gatewarden`.
   */
  cookieName: {
    parser: cookieName,
    defaultInWords:
      '`__Host-gatewarden` on https, `__Secure-gatewarden` on https with a `COOKIE_DOMAIN`, else `gatewarden`',
    help: 'The name of the session cookie; its path is always `/`.',
    appliesTo: servers,
    example: '__Host-session',
  },
  /**
   * The session cookie is sent to this domain and all below it; the default name on https then begins with `__Secure-`
   * in place of `__Host-`. People sign in at `PUBLIC_URL` for all these hosts (on https, and on loopback). Default:
   * none.
   */
  cookieDomain: {
    parser: cookieDomain,
    help: 'The session cookie is sent to this domain and all below it; the default name on https then begins with `__Secure-` in place of `__Host-`. People sign in at `PUBLIC_URL` for all these hosts (on https, and on loopback).',
    appliesTo: servers,
    example: 'example.com',
  },
  /** `SameSite` of the session cookie: `lax`, `strict`, or, with https only, `none`. Default: `lax`. */
  cookieSamesite: {
    parser: choice('lax', 'strict', 'none'),
    default: 'lax',
    help: '`SameSite` of the session cookie: `lax`, `strict`, or, with https only, `none`.',
    appliesTo: servers,
    example: 'strict',
  },
  /** A session ends after this long unused. Default: `12h`. */
  sessionIdle: {
    parser: duration,
    default: '12h',
    help: 'A session ends after this long unused.',
    appliesTo: servers,
    example: '30m',
  },
  /** A session ends after this long, whatever happens. Default: `30d`. */
  sessionLifetime: {
    parser: duration,
    default: '30d',
    help: 'A session ends after this long, whatever happens.',
    appliesTo: servers,
    example: '7d',
  },
  /**
   * How many sessions a user may have; beyond it the least recently used one ends, with a line in the audit log.
   * Default: `200`.
   */
  sessionsPerUser: {
    parser: wholeNumber(1, 10_000),
    default: '200',
    help: 'How many sessions a user may have; beyond it the least recently used one ends, with a line in the audit log.',
    appliesTo: servers,
    example: '20',
  },
} satisfies Readonly<Record<string, Setting>>;
