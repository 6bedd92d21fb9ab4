import { isLoopbackHost } from '../net/addresses.ts';
import { overlap } from './addresses.ts';
import { isExposed, isHttps } from './derived.ts';
import type { Use } from './setting.ts';
import type { Settings } from './settings.ts';

interface Check {
  /** The settings that it reads. The check is skipped when one of them could not be parsed. */
  readonly of: readonly (keyof Settings)[];
  readonly problem: (settings: Settings, use: Use) => string | undefined;
}

const checks: readonly Check[] = [
  {
    of: ['host', 'publicUrl'],
    problem: (settings, use) =>
      use === 'gateway' && isExposed(settings) && settings.publicUrl === undefined
        ? 'PUBLIC_URL: is needed when HOST is not loopback: it is the address that people use'
        : undefined,
  },
  {
    of: ['host', 'port', 'upstream'],
    problem: (settings) =>
      settings.upstream !== undefined && listensAt(settings, settings.upstream)
        ? 'UPSTREAM: is the address that the gateway listens on'
        : undefined,
  },
  {
    of: ['tlsCert', 'tlsKey'],
    problem: ({ tlsCert, tlsKey }) => {
      if ((tlsCert === undefined) === (tlsKey === undefined)) return undefined;
      return tlsKey === undefined
        ? 'TLS_KEY: is needed with TLS_CERT: the file of its private key'
        : 'TLS_CERT: is needed with TLS_KEY: the file of its certificate';
    },
  },
  {
    of: ['tlsCert', 'publicUrl'],
    problem: ({ tlsCert, publicUrl }, use) =>
      use === 'gateway' && tlsCert !== undefined && publicUrl !== undefined && !isHttps({ publicUrl })
        ? 'PUBLIC_URL: must be https with TLS_CERT: the gateway answers TLS only'
        : undefined,
  },
  {
    of: ['secretKey', 'mongodbUrl', 'redisUrl'],
    problem: ({ secretKey, mongodbUrl, redisUrl }) =>
      secretKey === undefined && (mongodbUrl ?? redisUrl) !== undefined
        ? 'SECRET_KEY: is needed with MONGODB_URL or REDIS_URL: all instances share it (gatewarden keygen makes one)'
        : undefined,
  },
  {
    of: ['superuser', 'superuserPassword'],
    problem: ({ superuser, superuserPassword }) =>
      superuserPassword !== undefined && superuser === undefined
        ? 'SUPERUSER_PASSWORD: is for SUPERUSER, which is not given'
        : undefined,
  },
  {
    of: ['signup', 'defaultRole'],
    problem: ({ signup, defaultRole }) =>
      signup === 'open' && defaultRole === 'admin'
        ? 'DEFAULT_ROLE: cannot be admin with SIGNUP=open: everybody who signs up would be one'
        : undefined,
  },
  {
    of: ['autoLogin', 'autoLoginNetworks', 'trustedProxies'],
    problem: ({ autoLogin, autoLoginNetworks, trustedProxies }) => {
      const shared = autoLoginNetworks.find((own) => trustedProxies.some((proxy) => overlap(own, proxy)));
      return autoLogin && shared !== undefined
        ? `AUTO_LOGIN_NETWORKS: ${shared} overlaps TRUSTED_PROXIES: requests that a proxy passes on would be signed in`
        : undefined;
    },
  },
  {
    of: ['proxySecret', 'trustedProxies'],
    problem: ({ proxySecret, trustedProxies }) =>
      proxySecret !== undefined && trustedProxies.length === 0
        ? 'PROXY_SECRET: has no effect without TRUSTED_PROXIES'
        : undefined,
  },
  {
    of: ['cookieSamesite', 'publicUrl'],
    problem: (settings) =>
      settings.cookieSamesite === 'none' && !isHttps(settings)
        ? 'COOKIE_SAMESITE: none needs a PUBLIC_URL with https'
        : undefined,
  },
  { of: ['adminUrl', 'publicUrl'], problem: adminUrlProblem },
  { of: ['cookieName', 'cookieDomain', 'publicUrl'], problem: cookieNameProblem },
  { of: ['cookieDomain', 'publicUrl'], problem: cookieDomainProblem },
  {
    of: ['cookieDomain', 'adminUrl'],
    problem: ({ cookieDomain, adminUrl }) =>
      cookieDomain !== undefined && adminUrl !== undefined && !isWithin(new URL(adminUrl).hostname, cookieDomain)
        ? 'COOKIE_DOMAIN: must be the host of ADMIN_URL or a domain above it, too'
        : undefined,
  },
];

/**
 * Problems between settings that are each valid by themselves: a sentence each, beginning with the setting's name.
 * Checks that read a setting in `unreadable` are skipped: its own problem is reported already. Pure.
 */
export function problemsBetween(
  settings: Settings,
  use: Use,
  unreadable: ReadonlySet<keyof Settings> = new Set(),
): string[] {
  return checks
    .filter((check) => !check.of.some((key) => unreadable.has(key)))
    .map((check) => check.problem(settings, use))
    .filter((problem) => problem !== undefined);
}

/** Whether the URL of an upstream is the address that the gateway itself listens on. */
export function listensAt({ host, port }: Pick<Settings, 'host' | 'port'>, upstream: string): boolean {
  if (port === 0) return false;
  const url = new URL(upstream);
  const upstreamPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const everywhere = host === '0.0.0.0' || host === '::';
  return upstreamPort === port && isLoopbackHost(url.hostname) && (everywhere || isLoopbackHost(host));
}

function cookieNameProblem({ cookieName = '', cookieDomain, publicUrl }: Settings): string | undefined {
  if (!/^__(host|secure)-/i.test(cookieName)) return undefined;
  if (!isHttps({ publicUrl })) return 'COOKIE_NAME: a name with __Host- or __Secure- needs a PUBLIC_URL with https';
  if (/^__host-/i.test(cookieName) && cookieDomain)
    return 'COOKIE_NAME: a name with __Host- cannot have a COOKIE_DOMAIN';
  return undefined;
}

function cookieDomainProblem({ cookieDomain, publicUrl }: Settings): string | undefined {
  if (cookieDomain === undefined) return undefined;
  if (publicUrl === undefined) return 'COOKIE_DOMAIN: needs a PUBLIC_URL within it';
  return isWithin(new URL(publicUrl).hostname, cookieDomain)
    ? undefined
    : 'COOKIE_DOMAIN: must be the host of PUBLIC_URL or a domain above it';
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

function adminUrlProblem({ adminUrl, publicUrl }: Settings): string | undefined {
  if (adminUrl === undefined) return undefined;
  if (publicUrl === undefined) return 'ADMIN_URL: needs a PUBLIC_URL, the address of everything else';
  if (adminUrl === publicUrl) return 'ADMIN_URL: must be another origin than PUBLIC_URL: another host, or another port';
  if (isHttps({ publicUrl }) !== isHttps({ publicUrl: adminUrl }))
    return 'ADMIN_URL: must be of the scheme of PUBLIC_URL';
  return undefined;
}
