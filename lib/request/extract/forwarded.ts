import { isIPv6 } from 'node:net';
import { canonicalAddress } from '../../net/addresses.ts';

/** `undefined` where a header that should hold one address does not. */
function addressIn(item: string): string | undefined {
  const text = item.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed) return isIPv6(bracketed[1] ?? '') ? canonicalAddress(bracketed[1] ?? '') : undefined;
  const ported = /^([\d.]+):\d{1,5}$/.exec(text);
  return canonicalAddress(ported?.[1] ?? text);
}

/**
 * The client's address in an X-Forwarded-For list: the rightmost one that is no trusted proxy, since everything to the
 * left of it may be invented. All trusted: the leftmost. `undefined` when an entry on the way is no address.
 */
export function clientAddress(list: string, isTrusted: (address: string) => boolean): string | undefined {
  let address: string | undefined;
  for (let end = list.length; end >= 0; ) {
    const comma = end === 0 ? -1 : list.lastIndexOf(',', end - 1);
    address = addressIn(list.slice(comma + 1, end));
    if (address === undefined || !isTrusted(address)) return address;
    end = comma;
  }
  return address;
}

/** The scheme in X-Forwarded-Proto; some proxies write `ws` and `wss` for sockets. */
export function forwardedProto(value: string): 'http' | 'https' | undefined {
  const proto = value.trim().toLowerCase();
  if (proto === 'https' || proto === 'wss') return 'https';
  return proto === 'http' || proto === 'ws' ? 'http' : undefined;
}

const token = "[!#$%&'*+.^_`|~0-9a-z-]+";
const pair = `${token}=(?:${token}|"(?:[^"\\\\]|\\\\.)*")`;
const elements = new RegExp(`^${pair}(?:[ \\t]*[;,][ \\t]*${pair})*$`, 'i');

/** True when a `Forwarded` header is written as RFC 7239, 4 has it. It is checked, never believed. */
export const isForwardedSyntax = (value: string): boolean => elements.test(value);
