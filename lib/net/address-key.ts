import ipaddr from 'ipaddr.js';

/**
 * The key by which attempts from an address are counted: the address itself, IPv4-mapped unwrapped; for IPv6 its /64, which
 * is what one household has.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const [network] = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().split('%')[0]}/64`)
    .toString()
    .split('%');
  return `${network}/64`;
}
