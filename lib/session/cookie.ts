import type { CookieOptions } from 'express-session';
import { bindingCookieNames } from './binding-cookie.ts';

/** The settings of the session cookie. */
export type CookieSettings = Readonly<{
  publicUrl: string | undefined;
  cookieName: string | undefined;
  cookieDomain: string | undefined;
  cookieSamesite: 'lax' | 'strict' | 'none';
}>;

/** The session cookie: its name, its attributes, and the header that clears it. */
export type SessionCookie = Readonly<{
  name: string;
  /** Every name that a cookie of Gatewarden may have under some settings, that of the session cookie in use first. */
  names: readonly string[];
  secure: boolean;
  options: CookieOptions;
  /** The `Set-Cookie` value that clears the cookie, with the attributes it is set with. */
  clearCookieHeader: string;
}>;

const defaultNames = ['__Host-gatewarden', '__Secure-gatewarden', 'gatewarden'] as const;

/** Browsers accept a prefixed name only with `Secure`, so that no http page can set the cookie. */
function defaultName(secure: boolean, domain: string | undefined): (typeof defaultNames)[number] {
  if (!secure) return 'gatewarden';
  return domain === undefined ? '__Host-gatewarden' : '__Secure-gatewarden';
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * The session cookie of these settings. `PUBLIC_URL` alone decides `Secure` and the prefix `__Host-` (RFC 6265bis); with a
 * domain, the prefix is `__Secure-`.
 */
export function sessionCookie(settings: CookieSettings): SessionCookie {
  const secure = settings.publicUrl?.startsWith('https:') === true;
  const { cookieDomain: domain, cookieSamesite: sameSite } = settings;
  const name = settings.cookieName ?? defaultName(secure, domain);
  const attributes = [
    'Path=/',
    domain === undefined ? '' : `Domain=${domain}`,
    'Max-Age=0',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'HttpOnly',
    secure ? 'Secure' : '',
    `SameSite=${capital(sameSite)}`,
  ].filter(Boolean);
  return Object.freeze({
    name,
    names: Object.freeze([...new Set([name, ...defaultNames, ...bindingCookieNames])]),
    secure,
    options: Object.freeze({ path: '/', httpOnly: true, secure, sameSite, ...(domain !== undefined && { domain }) }),
    clearCookieHeader: [`${name}=`, ...attributes].join('; '),
  });
}

/**
 * The `Set-Cookie` value that sets the cookie for the host of the answer alone, whatever `COOKIE_DOMAIN` says. `value` is signed.
 * `expires`: in milliseconds since the epoch; default: with the browser's session.
 */
export function hostCookie({ name, secure, options }: SessionCookie, value: string, expires?: number): string {
  const attributes = [
    'Path=/',
    expires === undefined ? '' : `Expires=${new Date(expires).toUTCString()}`,
    'HttpOnly',
    secure ? 'Secure' : '',
    `SameSite=${capital(String(options.sameSite))}`,
  ].filter(Boolean);
  return [`${name}=${encodeURIComponent(value)}`, ...attributes].join('; ');
}

/** The most `Set-Cookie` headers to send, so that the response's headers stay within the limits of proxies. */
const mostCleared = 40;

/**
 * The `Set-Cookie` values that clear a cookie of our name wherever one may have been set for this host and path: without a
 * domain and for each domain above the host, on each prefix of the path. `hostname` is a valid name or address.
 */
export function clearedEverywhere({ name, secure }: SessionCookie, hostname: string, path: string): string[] {
  const ends = ['Max-Age=0', 'HttpOnly', ...(secure ? ['Secure'] : [])].join('; ');
  const values = prefixesOf(path).flatMap((prefix) =>
    ['', ...domainsOf(hostname)].map((domain) => `${name}=; Path=${prefix}; ${domain}${ends}`),
  );
  return values.slice(0, mostCleared);
}

/** An address has no domains, and browsers accept no cookie for a single label. */
function domainsOf(hostname: string): string[] {
  if (hostname.includes(':') || /^[\d.]+$/.test(hostname)) return [];
  const labels = hostname.split('.');
  return labels.slice(0, -1).map((_, at) => `Domain=${labels.slice(at).join('.')}; `);
}

/** `/a/b` gives `/`, `/a`, `/a/`, `/a/b`. */
function prefixesOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => /^[\w.~-]{1,100}$/.test(segment));
  const below = segments.slice(0, 4).flatMap((_, at) => {
    const prefix = `/${segments.slice(0, at + 1).join('/')}`;
    return [prefix, `${prefix}/`];
  });
  return ['/', ...below];
}
