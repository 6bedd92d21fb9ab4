import { isLoopbackHost } from '../net/addresses.ts';
import { isHttps } from './derived.ts';
import type { Settings } from './settings.ts';

/**
 * Warnings about settings that are valid but rarely intended: a sentence each, beginning with the setting's name. They are
 * logged at every start and printed by `gatewarden check`. No sentence holds a secret. Pure.
 */
export function warningsOf(settings: Settings): readonly string[] {
  const warnings = [
    settings.authEnabled ? undefined : 'AUTH_ENABLED=false: every request is passed on as anonymous',
    unconfirmedCalls(settings),
    passwordGrant(settings),
    plainAddress(settings),
    unnamedProxy(settings),
    plainStore('MONGODB_URL', settings.mongodbUrl, mongoHasTls),
    plainStore('REDIS_URL', settings.redisUrl, (url) => url.startsWith('rediss')),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

function unconfirmedCalls({ authEnabled, autoLogin, autoLoginRole }: Settings): string | undefined {
  if (!authEnabled || !autoLogin || autoLoginRole !== 'admin') return undefined;
  return 'AUTO_LOGIN_ROLE=admin: every client in AUTO_LOGIN_NETWORKS can manage users and tokens without a password, and so can every script of the upstream';
}

function passwordGrant({ authEnabled, passwordGrant: isOffered }: Settings): string | undefined {
  if (!authEnabled || !isOffered) return undefined;
  return 'PASSWORD_GRANT=true: OAuth clients take the passwords of users and can keep them; RFC 9700 advises against it, use the device grant or API tokens';
}

function plainAddress({ publicUrl }: Settings): string | undefined {
  if (publicUrl === undefined || isHttps({ publicUrl }) || isLoopbackHost(new URL(publicUrl).hostname))
    return undefined;
  return 'PUBLIC_URL: is http: others on the network can read and change passwords and cookies; use https';
}

/** A proxy that terminates TLS is the peer of every connection. */
function unnamedProxy({ publicUrl, trustedProxies, tlsCert }: Settings): string | undefined {
  if (!isHttps({ publicUrl }) || trustedProxies.length > 0 || tlsCert !== undefined) return undefined;
  return 'PUBLIC_URL: is https, and TRUSTED_PROXIES names no proxy: behind one, all users have its address and share its limit of failed sign-ins';
}

function plainStore(setting: string, url: string | undefined, hasTls: (url: string) => boolean): string | undefined {
  if (url === undefined || hasTls(url)) return undefined;
  if (hostsIn(url).every((host) => host.startsWith('%2f') || isLoopbackHost(host))) return undefined;
  return `${setting}: reaches another machine without TLS: records and the password of the store can be read on the network`;
}

/** `mongodb+srv:` has TLS unless it is switched off, `mongodb:` where it is switched on. */
function mongoHasTls(url: string): boolean {
  const option = /[?&](?:tls|ssl)=(true|false)\b/i.exec(url)?.[1]?.toLowerCase();
  return option === undefined ? url.startsWith('mongodb+srv:') : option === 'true';
}

/** The hosts in a store's URL, which may be several; lower case, without ports. */
function hostsIn(url: string): readonly string[] {
  const [, authority = ''] = /^[^/]*\/\/([^/?#]*)/.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  return hosts.map((host) => host.toLowerCase().replace(/:\d+$/, ''));
}
