import { isLoopback } from './addresses.ts';
import type { Settings } from './settings.ts';

/** Whether people reach us by https: `PUBLIC_URL` alone says so. */
export function isHttps(settings: Pick<Settings, 'publicUrl'>): boolean {
  return settings.publicUrl?.startsWith('https:') ?? false;
}

/**
 * `iss` and default `aud` of our tokens: `ISSUER`, else `PUBLIC_URL` and the path that our pages live below (`prefix`,
 * default `PREFIX`). Without a `PUBLIC_URL` only this machine is served: `http://localhost` and `PORT` stand in.
 */
export function issuerOf(
  settings: Pick<Settings, 'issuer' | 'publicUrl' | 'port' | 'prefix'>,
  prefix: string = settings.prefix,
): string {
  return settings.issuer ?? `${settings.publicUrl ?? `http://localhost:${settings.port}`}${prefix}`;
}

/** The session cookie's name: `COOKIE_NAME`, else `__Host-gatewarden` on https without a domain, else `gatewarden`. */
export function cookieNameOf(settings: Pick<Settings, 'cookieName' | 'cookieDomain' | 'publicUrl'>): string {
  if (settings.cookieName !== undefined) return settings.cookieName;
  return isHttps(settings) && settings.cookieDomain === undefined ? '__Host-gatewarden' : 'gatewarden';
}

/** Whether `HOST` can be reached from other machines. */
export function isExposed(settings: Pick<Settings, 'host'>): boolean {
  return !isLoopback(settings.host);
}
