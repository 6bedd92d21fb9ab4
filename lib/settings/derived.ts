import { isLoopbackHost } from '../net/addresses.ts';
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

/** Whether `HOST` can be reached from other machines. */
export function isExposed(settings: Pick<Settings, 'host'>): boolean {
  return !isLoopbackHost(settings.host);
}
