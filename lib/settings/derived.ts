import { isLoopbackHost } from '../net/addresses.ts';
import type { Settings } from './settings.ts';

/** Whether the public URL is https. */
export function isHttps(settings: Pick<Settings, 'publicUrl'>): boolean {
  return settings.publicUrl?.startsWith('https:') ?? false;
}

/**
 * `iss` and default `aud` of the tokens: `ISSUER`, else `PUBLIC_URL` followed by `prefix`, the path of the pages (default:
 * `PREFIX`). Without a `PUBLIC_URL`, which serves this machine only, `http://localhost` and `PORT` take its place.
 */
export function issuerOf(
  settings: Pick<Settings, 'issuer' | 'publicUrl' | 'port' | 'prefix'>,
  prefix: string = settings.prefix,
): string {
  return settings.issuer ?? `${settings.publicUrl ?? `http://localhost:${settings.port}`}${prefix}`;
}

const metadata = '/.well-known/oauth-authorization-server';

/** The path at the root of the issuer's host where OAuth clients look for its metadata (RFC 8414, 3.1). */
export const metadataPathOf = (issuer: string): string => metadata + new URL(issuer).pathname.replace(/\/$/, '');

/** The paths that are Gatewarden's own, with all below them, in the gateway. */
export const ownPathsOf = (settings: Parameters<typeof issuerOf>[0]): readonly string[] => [
  settings.prefix,
  metadataPathOf(issuerOf(settings)),
];

/** Whether `HOST` can be reached from other machines. */
export function isExposed(settings: Pick<Settings, 'host'>): boolean {
  return !isLoopbackHost(settings.host);
}
