import { isLoopbackHost } from '../net/addresses.ts';
import { isHttps } from './derived.ts';
import type { Settings } from './settings.ts';

/**
 * What settings allow and hardly anybody means, one sentence each, beginning with the setting's name: said at every start
 * and by `gatewarden check`. No sentence holds a secret. Pure.
 */
export function warningsOf(settings: Settings): readonly string[] {
  const warnings = [
    settings.authEnabled ? undefined : 'AUTH_ENABLED=false: every request is passed on as anonymous',
    plainAddress(settings),
    unnamedProxy(settings),
    plainStore('MONGODB_URL', settings.mongodbUrl, mongoHasTls),
    plainStore('REDIS_URL', settings.redisUrl, (url) => url.startsWith('rediss')),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

function plainAddress({ publicUrl }: Settings): string | undefined {
  if (publicUrl === undefined || isHttps({ publicUrl }) || isLoopbackHost(new URL(publicUrl).hostname))
    return undefined;
  return 'PUBLIC_URL: is http: passwords and cookies travel where others may read and change them; use https';
}

/** Whoever ends TLS in front of us is the peer of every connection. */
function unnamedProxy({ publicUrl, trustedProxies }: Settings): string | undefined {
  if (!isHttps({ publicUrl }) || trustedProxies.length > 0) return undefined;
  return 'PUBLIC_URL: is https, and TRUSTED_PROXIES names no proxy: if one stands in front, all people have its address and share its limit of failed sign-ins';
}

function plainStore(setting: string, url: string | undefined, hasTls: (url: string) => boolean): string | undefined {
  if (url === undefined || hasTls(url)) return undefined;
  if (hostsIn(url).every((host) => host.startsWith('%2f') || isLoopbackHost(host))) return undefined;
  return `${setting}: reaches another machine without TLS: what is stored, and the password of the store, can be read on the way`;
}

/** `mongodb+srv:` has TLS unless it is switched off, `mongodb:` where it is switched on. */
function mongoHasTls(url: string): boolean {
  const said = /[?&](?:tls|ssl)=(true|false)\b/i.exec(url)?.[1]?.toLowerCase();
  return said === undefined ? url.startsWith('mongodb+srv:') : said === 'true';
}

/** The hosts of a store's URL, which may name several; lower case, without ports. */
function hostsIn(url: string): readonly string[] {
  const [, authority = ''] = /^[^/]*\/\/([^/?#]*)/.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  return hosts.map((host) => host.toLowerCase().replace(/:\d+$/, ''));
}
