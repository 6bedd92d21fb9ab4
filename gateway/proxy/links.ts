import type { RequestSource } from 'gatewarden';

/** Changes what an upstream says about its own URLs into what the client must know them by. */
export interface Links {
  /** A URL or a path, as in `Location` and `Content-Location`. */
  location(value: string, source: RequestSource): string;
  /** Seconds and a URL. */
  refresh(value: string, source: RequestSource): string;
  /** URLs in angle brackets (RFC 8288). */
  link(value: string, source: RequestSource): string;
  /** The `Path` and the `Domain` of a `Set-Cookie`. */
  cookie(value: string, source: RequestSource): string;
}

type Options = Readonly<{
  /** The path that the client knows a path of the upstream by. */
  toClient: (path: string) => string;
  /** The same for the path of a cookie, which covers all below it. */
  cookiePath: (path: string) => string;
  /** The hosts of the targets, with ports, as `host` of a URL has them. */
  hosts: readonly string[];
}>;

const authority = /^(https?:)?\/\/([^/?#\\]*)/i;
const refreshed = /^[\d.\s]*[;,]\s*(?:url\s*=\s*)?["']?/i;

/** Creates the changes of a route whose paths are not those of its upstream. */
export function linksOf({ toClient, cookiePath, hosts }: Options): Links {
  const inside = new Set(hosts.map((host) => host.toLowerCase()));
  const insideNames = new Set([...inside].map((host) => new URL(`http://${host}`).hostname));

  function location(value: string, source: RequestSource): string {
    const [whole, scheme = '', named = ''] = authority.exec(value) ?? [];
    if (whole === undefined) return value.startsWith('/') ? withPath(value, toClient) : value;
    const host = withoutDefaultPort(named.toLowerCase(), scheme || `${source.proto}:`);
    const rest = withPath(value.slice(whole.length) || '/', toClient);
    if (inside.has(host)) return `${source.proto}://${source.host}${rest}`;
    return host === withoutDefaultPort(source.host, `${source.proto}:`) ? whole + rest : value;
  }

  function attribute(part: string): string | undefined {
    const sign = part.indexOf('=');
    const name = part.slice(0, sign === -1 ? part.length : sign).trim();
    const value = sign === -1 ? '' : part.slice(sign + 1).trim();
    if (/^path$/i.test(name) && value.startsWith('/')) return ` Path=${cookiePath(value)}`;
    // The browser would refuse it: the cookie is set for the host of the request instead.
    if (/^domain$/i.test(name) && insideNames.has(value.toLowerCase().replace(/^\./, ''))) return undefined;
    return part;
  }

  return {
    location,
    refresh(value, source) {
      const [before] = refreshed.exec(value) ?? [];
      return before === undefined ? value : before + location(value.slice(before.length), source);
    },
    link: (value, source) => value.replace(/<([^<>]*)>/g, (_, url: string) => `<${location(url, source)}>`),
    cookie(value) {
      const [pair = '', ...attributes] = value.split(';');
      // Browsers refuse a `__Host-` cookie with another path.
      if (/^\s*__host-/i.test(pair)) return value;
      return [pair, ...attributes.map(attribute).filter((part) => part !== undefined)].join(';');
    },
  };
}

/** Changes the path of a target or of what follows the host of a URL. */
function withPath(rest: string, change: (path: string) => string): string {
  const end = rest.search(/[?#]/);
  return end === -1 ? change(rest) : change(rest.slice(0, end)) + rest.slice(end);
}

const withoutDefaultPort = (host: string, scheme: string): string =>
  host.replace(scheme.toLowerCase() === 'https:' ? /:443$/ : /:80$/, '');
