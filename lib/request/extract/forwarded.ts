import { isIPv6 } from 'node:net';
import { canonicalAddress } from '../../net/addresses.ts';

/** The address in a list item, without its port; `undefined` when it is not an address. */
function addressIn(item: string): string | undefined {
  const text = item.trim();
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed) return isIPv6(bracketed[1] ?? '') ? canonicalAddress(bracketed[1] ?? '') : undefined;
  const ported = /^([\d.]+):\d{1,5}$/.exec(text);
  return canonicalAddress(ported?.[1] ?? text);
}

/**
 * The client's address in an X-Forwarded-For list: the rightmost one that is not a trusted proxy, since the client may have
 * written everything to the left of it. The leftmost when all are trusted. `undefined` when an item that it reads is not an
 * address.
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

/** Whether a `Forwarded` header has the syntax of RFC 7239, 4. Its values are not used. */
export const isForwardedSyntax = (value: string): boolean => elements.test(value);
