import { isLoopbackHost } from '../net/addresses.ts';
import type { Settings } from '../settings/settings.ts';
import { parseHost } from './extract/host.ts';
import type { RequestSource } from './extract/source.ts';
import { returnTo } from './respond/return-to.ts';

/** Where people sign in: on the host of each service, or at `PUBLIC_URL` alone, which hands the sign-in over to the other hosts. */
export type SignInMode = 'each-host' | 'public-url';

/**
 * How a host gets its session cookie. `here`: by a sign-in on it; `shared-cookie`: by one at `PUBLIC_URL`, whose cookie has a
 * `COOKIE_DOMAIN` that the host is in; `hand-over`: by a one-time code that `PUBLIC_URL` gives out.
 */
export type SignInWay = 'here' | 'shared-cookie' | 'hand-over';

type Site = Pick<RequestSource, 'hostname' | 'admin'>;

/** Where people sign in, for each host that is served. */
export interface SignInSites {
  wayOf(source: Site): SignInWay;
  /** Whether a request was made at `PUBLIC_URL`. */
  isPublic(source: Site): boolean;
  /**
   * The URL of the sign-in for a request, which leads back to its target: a path on the host of the request, or an absolute one at
   * `PUBLIC_URL`. A target that `returnTo` does not accept leads back to `/`. `prefix`: the path of the pages.
   */
  urlFor(source: Site | undefined, target: string | undefined, prefix: string): string;
  /**
   * The origin of a host that is served: scheme and port are those of `PUBLIC_URL`. Undefined for other hosts, without a
   * `PUBLIC_URL`, and where it is plain http on a network: sign-in is never sent elsewhere then.
   */
  originOf(hostname: string): string | undefined;
  /** The host name of an origin, if sign-in at `PUBLIC_URL` is handed over to it. */
  handsOverTo(origin: string): string | undefined;
  /**
   * The place to go to after sign-in: `next` when it is a path that `returnTo` accepts, or a URL of a host that shares the cookie,
   * else `fallback`.
   */
  nextOf(next: unknown, fallback?: string): string;
}

type SiteSettings = Pick<Settings, 'publicUrl' | 'adminUrl' | 'cookieDomain'>;

type Dependencies = Readonly<{
  settings: SiteSettings;
  /** Takes a host name in lower case, without a port. */
  hostIsServed: (hostname: string) => boolean;
  /** Asked at each request: a reload of the configuration file may change it. */
  mode: () => SignInMode;
}>;

/** Why people cannot sign in so; undefined when they can. */
export function signInModeProblem(mode: SignInMode, { publicUrl }: Pick<Settings, 'publicUrl'>): string | undefined {
  if (mode === 'each-host') return undefined;
  if (publicUrl === undefined) return 'public-url needs GATEWARDEN_PUBLIC_URL';
  if (publicUrl.startsWith('https:') || isLoopbackHost(hostnameOf(publicUrl) ?? '')) return undefined;
  return 'public-url needs a GATEWARDEN_PUBLIC_URL with https; plain http is for this machine alone';
}

const isWithin = (hostname: string, domain: string): boolean => hostname === domain || hostname.endsWith(`.${domain}`);

export function signInSites({ settings, hostIsServed, mode }: Dependencies): SignInSites {
  const { publicUrl, adminUrl, cookieDomain } = settings;
  const originOf = originFinder(settings, hostIsServed);
  const publicHost = publicUrl === undefined ? undefined : hostnameOf(publicUrl);
  const sharesCookie = (hostname: string): boolean => cookieDomain !== undefined && isWithin(hostname, cookieDomain);

  function wayOf({ hostname, admin }: Site): SignInWay {
    if (hostname === publicHost || originOf(hostname) === undefined) return 'here';
    // The pages at ADMIN_URL are safe from every upstream's scripts, so the password is typed there.
    if (sharesCookie(hostname)) return admin ? 'here' : 'shared-cookie';
    return mode() === 'public-url' ? 'hand-over' : 'here';
  }

  /** The host name of an origin, if it is exactly the one that people use for that host. */
  function hostnameAt(origin: string): string | undefined {
    const hostname = parseHost(origin.replace(/^https?:\/\//, ''))?.hostname;
    if (hostname === undefined) return undefined;
    return origin === originOf(hostname) || origin === adminUrl ? hostname : undefined;
  }

  function isShared(url: string): boolean {
    const [, origin = '', path = '/'] = /^(https?:\/\/[^/?#\\@]+)(\/.*)?$/.exec(url) ?? [];
    const hostname = hostnameAt(origin);
    return hostname !== undefined && sharesCookie(hostname) && returnTo(path, '') !== '';
  }

  function nextOf(next: unknown, fallback = '/'): string {
    return typeof next === 'string' && isShared(next) ? next : returnTo(next, fallback);
  }

  return {
    wayOf,
    isPublic: ({ hostname, admin }) => !admin && hostname === publicHost,
    originOf,
    urlFor(source, target, prefix) {
      if (source === undefined || wayOf(source) !== 'shared-cookie') return signInAt(prefix, returnTo(target));
      const next = nextOf(target);
      return signInAt(`${publicUrl}${prefix}`, next.startsWith('/') ? `${originOf(source.hostname)}${next}` : next);
    },
    handsOverTo(origin) {
      const hostname = hostnameAt(origin);
      const isHandedOver = hostname !== undefined && wayOf({ hostname, admin: origin === adminUrl }) === 'hand-over';
      return isHandedOver ? hostname : undefined;
    },
    nextOf,
  };
}

const signInAt = (base: string, next: string): string => `${base}/login?next=${encodeURIComponent(next)}`;

function hostnameOf(url: string): string | undefined {
  return parseHost(new URL(url).host)?.hostname;
}

function originFinder(
  { publicUrl, adminUrl }: SiteSettings,
  hostIsServed: Dependencies['hostIsServed'],
): SignInSites['originOf'] {
  if (publicUrl === undefined) return () => undefined;
  const { protocol, port } = new URL(publicUrl);
  const named = new Map([adminUrl, publicUrl].map((url) => [url && hostnameOf(url), url]));
  const onLoopback = isLoopbackHost(hostnameOf(publicUrl) ?? '');
  // https does not lead to another machine's loopback, and http nowhere else.
  const isReachable = (hostname: string): boolean =>
    protocol === 'https:' ? onLoopback || !isLoopbackHost(hostname) : onLoopback && isLoopbackHost(hostname);

  return function originOf(hostname) {
    const known = named.get(hostname);
    if (!isReachable(hostname) || (known === undefined && !hostIsServed(hostname))) return undefined;
    const host = hostname.includes(':') ? `[${hostname}]` : hostname;
    return known ?? `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
  };
}
