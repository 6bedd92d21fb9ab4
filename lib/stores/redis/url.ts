/** A host and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** A parsed Redis URL. */
export interface Target {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or some nodes of the cluster. Never empty. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly tls: boolean;
  readonly credentials: Credentials;
  /** Credentials for the sentinels themselves. */
  readonly sentinelCredentials: Credentials;
  /** The sentinels' name of the master; '' without Sentinel. */
  readonly master: string;
  /** The number of the database; always 0 in a cluster. */
  readonly database: number;
}

const schemes: Readonly<Record<string, Readonly<{ kind: Target['kind']; tls: boolean }>>> = {
  redis: { kind: 'single', tls: false },
  rediss: { kind: 'single', tls: true },
  'redis+sentinel': { kind: 'sentinel', tls: false },
  'rediss+sentinel': { kind: 'sentinel', tls: true },
  'redis+cluster': { kind: 'cluster', tls: false },
  'rediss+cluster': { kind: 'cluster', tls: true },
};

const form = /^([a-z+]+):\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;

/**
 * Parses a Redis URL. The forms, each with `rediss` in place of `redis` for TLS:
 *
 * - `redis://[user:password@]host[:6379][/database]`
 * - `redis+sentinel://[user:password@]host[:26379][,host2…]/master[/database][?sentinel_user=…&sentinel_password=…]`
 * - `redis+cluster://[user:password@]host[:6379][,host2…]`
 *
 * User and password are percent-encoded; `:password@` alone means the default user. IPv6 addresses are in brackets.
 * Throws a `TypeError` that says what is wrong without repeating any part of the URL.
 */
export function parseRedisUrl(url: string): Target {
  const [, name = '', userinfo, hosts = '', path = '', query = ''] = form.exec(url) ?? [];
  const scheme = schemes[name.toLowerCase()];
  if (scheme === undefined) {
    throw wrong(`it must begin with one of ${Object.keys(schemes).join('://, ')}://, and hold no # or unencoded /`);
  }
  return {
    ...scheme,
    endpoints: endpointsOf(hosts, scheme.kind),
    credentials: credentialsOf(userinfo),
    ...pathOf(path, scheme.kind),
    ...queryOf(query, scheme.kind),
  };
}

const wrong = (what: string) => new TypeError(`the Redis URL cannot be used: ${what}`);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('its user, its password or its path are not percent-encoded');
  }
}

function credentialsOf(userinfo: string | undefined): Credentials {
  if (userinfo === undefined) return {};
  const colon = userinfo.indexOf(':');
  const [user, password] = colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return { username: decoded(user) || undefined, password: decoded(password) || undefined };
}

function endpointsOf(hosts: string, kind: Target['kind']): Target['endpoints'] {
  const [first, ...more] = hosts.split(',').map((host) => endpointOf(host, kind === 'sentinel' ? 26379 : 6379));
  if (first === undefined) throw wrong('it names no host');
  if (kind === 'single' && more.length > 0) {
    throw wrong('several hosts need redis+sentinel:// or redis+cluster://');
  }
  return [first, ...more];
}

function endpointOf(text: string, usual: number): Endpoint {
  const [, bracketed, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? name;
  const port = digits === undefined ? usual : Number(digits);
  if (host === undefined || port < 1 || port > 65535) {
    // Not repeated: it may be part of a password with an unencoded slash.
    throw wrong('what should be a host, with a port from 1 to 65535, is none');
  }
  return { host, port };
}

function pathOf(path: string, kind: Target['kind']): Pick<Target, 'master' | 'database'> {
  const parts = path.split('/').slice(1).map(decoded);
  const master = kind === 'sentinel' ? (parts.shift() ?? '') : '';
  if (kind === 'sentinel' && master === '') throw wrong('with Sentinel the path names the master, such as /mymaster');
  const [database = '', ...rest] = parts;
  if (rest.length > 0 || !/^\d{0,5}$/.test(database)) throw wrong('its path is not the number of a database');
  if (kind === 'cluster' && Number(database) !== 0) throw wrong('a cluster has no other database than 0');
  return { master, database: Number(database) };
}

function queryOf(query: string, kind: Target['kind']): Pick<Target, 'sentinelCredentials'> {
  const given = new URLSearchParams(query);
  const known = kind === 'sentinel' ? ['sentinel_user', 'sentinel_password'] : [];
  if ([...given.keys()].some((name) => !known.includes(name))) {
    throw wrong(`after “?” it may hold ${known.length > 0 ? known.join(' and ') : 'nothing'}`);
  }
  return {
    sentinelCredentials: {
      username: given.get('sentinel_user') ?? undefined,
      password: given.get('sentinel_password') ?? undefined,
    },
  };
}

/** `host:port` of each endpoint, without credentials, to be shown and logged. */
export function endpointsShown(target: Target): string {
  const shown = target.endpoints
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(', ');
  return target.kind === 'single' ? shown : `${target.kind} ${shown}`;
}
