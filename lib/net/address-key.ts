import ipaddr from 'ipaddr.js';

/** By what an address is counted: itself, IPv4-mapped unwrapped, and for IPv6 its /64, as one household has a whole one. */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const [network] = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().split('%')[0]}/64`)
    .toString()
    .split('%');
  return `${network}/64`;
}
