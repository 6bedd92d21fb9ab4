import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// Deprecated (RFC 4291, 2.5.5.1). ipaddr.js takes such an address for the IPv4 address in it.
const ipv4Compatible = /^::\d+\.\d+\.\d+\.\d+$/;

/** The family of an address in its plain form, else 0. */
const familyOf = (text: string): number => (ipv4Compatible.test(text) ? 0 : isIP(text));

/**
 * The canonical form of an IP address: IPv4-mapped IPv6 unwrapped, zone dropped, IPv6 compressed and in lower case.
 * `undefined` for everything that is not an address in its plain form (no octal, hexadecimal or short IPv4, no
 * IPv4-compatible IPv6).
 */
export function canonicalAddress(text: string): string | undefined {
  const zone = text.indexOf('%');
  const plain = zone === -1 ? text : text.slice(0, zone);
  const family = familyOf(plain);
  if (family === 0) return undefined;
  return family === 4 ? plain : ipaddr.process(plain).toString();
}

/** A network: its address as given, IPv4-mapped IPv6 unwrapped, and how many leading bits count. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** Parses a CIDR, or a single address as a network of one; `undefined` for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [plain = '', bits, more] = text.split('/');
  const family = familyOf(plain);
  if (family === 0 || plain.includes('%') || more !== undefined) return undefined;
  const width = family === 4 ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return undefined;
  return unwrapped(ipaddr.parse(plain), bits === undefined ? width : Number(bits));
}

function unwrapped(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): Network {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96) {
    return [address.toIPv4Address(), bits - 96];
  }
  return [address, bits];
}

/** True for a CIDR such as `10.0.0.0/8` or `fd00::/8`, and for a single address. */
export const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

/**
 * Compiles CIDRs into a function that tests an address. Text that is not an address is in no network.
 * @throws TypeError for a text that is not a CIDR
 */
export function networks(cidrs: readonly string[]): (address: string) => boolean {
  const compiled = cidrs.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new TypeError(`"${text}" is not a network such as 10.0.0.0/8 or fd00::/8`);
    return network;
  });
  return function isInNetworks(address) {
    if (compiled.length === 0) return false;
    const canonical = canonicalAddress(address);
    if (canonical === undefined) return false;
    const parsed = ipaddr.parse(canonical);
    return compiled.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  };
}

/** True for an address in 127.0.0.0/8 or `::1`, IPv4-mapped too. */
export function isLoopbackAddress(address: string): boolean {
  const canonical = canonicalAddress(address);
  return canonical !== undefined && ipaddr.parse(canonical).range() === 'loopback';
}

/**
 * True for a host that can only mean this machine: `localhost` and every name below it, which a browser resolves to it
 * and nowhere else (RFC 6761, 6.3), and loopback addresses, with or without brackets. Without a port.
 */
export function isLoopbackHost(host: string): boolean {
  return /^(?:.+\.)?localhost$/i.test(host) || isLoopbackAddress(host.replace(/^\[|\]$/g, ''));
}
