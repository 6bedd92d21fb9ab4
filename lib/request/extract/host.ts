import { isIPv6 } from 'node:net';
import { canonicalAddress } from '../../net/addresses.ts';

/** A Host header: `host` as sent, in lower case; `hostname` without port, trailing dot and brackets. */
export type Host = Readonly<{ host: string; hostname: string }>;

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const registered = new RegExp(`^((?:${label}\\.)*${label})\\.?$`);
const portOf = /:([1-9]\d{0,4})$/;
const longestName = 253;

/**
 * Reads a Host header strictly (RFC 9110, 7.2): one name or address, and a port from 1 to 65535 when there is one.
 * `undefined` for anything else: user information, quotes, lists, spaces, letters beyond ASCII.
 */
export function parseHost(sent: string): Host | undefined {
  const host = sent.toLowerCase();
  const port = portOf.exec(host);
  if (port !== null && Number(port[1]) > 65_535) return undefined;
  const name = port === null ? host : host.slice(0, port.index);
  const hostname = name.startsWith('[') ? bracketed(name) : named(name);
  return hostname === undefined ? undefined : { host, hostname };
}

function bracketed(name: string): string | undefined {
  const inner = name.endsWith(']') ? name.slice(1, -1) : '';
  return isIPv6(inner) && !inner.includes('%') ? canonicalAddress(inner) : undefined;
}

function named(name: string): string | undefined {
  return name.length <= longestName + 1 ? registered.exec(name)?.[1] : undefined;
}

/** Creates a `parseHost` that caches up to `remembered` hosts: an instance serves few, and clients may invent many. */
export function hostParser(remembered = 64): (sent: string) => Host | undefined {
  const cached = new Map<string, Host>();
  return function parse(sent) {
    const hit = cached.get(sent);
    if (hit !== undefined) return hit;
    const host = parseHost(sent);
    if (host === undefined) return undefined;
    if (cached.size >= remembered) cached.clear();
    cached.set(sent, host);
    return host;
  };
}
