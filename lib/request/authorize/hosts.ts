import { canonicalAddress } from '../../net/addresses.ts';

/** The loopback names and addresses. Browsers resolve `*.localhost` to loopback only (RFC 6761, 6.3). */
export const loopbackHosts: readonly string[] = Object.freeze(['localhost', '*.localhost', '127.0.0.1', '::1']);

const name = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Creates the test of `ALLOWED_HOSTS`: exact names and addresses, and `*.example.com` for every name below one. It takes the
 * `hostname` of a `RequestSource`: lower case, no port, no trailing dot, no brackets.
 * @throws TypeError for a pattern that is not a host name, such as one with a port
 */
export function hostGuard(patterns: readonly string[]): (hostname: string) => boolean {
  const normal = patterns.map(hostPattern);
  const exact = new Set(normal.filter((pattern) => !pattern.startsWith('*.')));
  const below = normal.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1));

  return function isAllowedHost(hostname) {
    return exact.has(hostname) || below.some((suffix) => hostname.endsWith(suffix) && hostname.length > suffix.length);
  };
}

/**
 * The normal form of a host name, an address or `*.example.com`: lower case, without a trailing dot and brackets.
 * @throws TypeError for what is none of these, such as a name with a port
 */
export function hostPattern(pattern: string): string {
  const text = pattern.trim().toLowerCase();
  const address = canonicalAddress(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  if (address !== undefined) return address;
  const plain = text.endsWith('.') ? text.slice(0, -1) : text;
  if (!name.test(plain))
    throw new TypeError(`"${pattern}" is not a host name such as app.example.com or *.example.com`);
  return plain;
}
