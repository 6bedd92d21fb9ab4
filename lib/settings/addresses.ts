import ipaddr from 'ipaddr.js';
import { canonicalAddress, type Network, parseNetwork } from '../net/addresses.ts';
import { type Parser, text } from './parsers.ts';

const problem = 'must be networks such as 10.0.0.0/8 or fd00::/8, or single addresses';

/** The first address of a range, with its length: `10.1.2.3/8` is `10.0.0.0/8`. */
function networkOf([address, bits]: Network): string {
  const network = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${network.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}

/** A network (CIDR) or a single address, written as its network: what is given with host bits means its network. */
export const network: Parser<string> = text(problem, (given) => {
  const range = parseNetwork(given);
  return range && networkOf(range);
});

/** Whether two networks (as `network` gives them) share an address. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [ipaddr.parseCIDR(a), ipaddr.parseCIDR(b)];
  if (one[0].kind() !== other[0].kind()) return false;
  const bits = Math.min(one[1], other[1]);
  return one[0].match(other[0], bits);
}

const hostname = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const isAddress = (text: string) => !text.includes('%') && canonicalAddress(text) !== undefined;
// A name that ends in a number would be read as an address: 127.1, 1.2.3.
const isName = (text: string) => hostname.test(text) && !/(^|\.)(\d+|0x[0-9a-f]*)$/i.test(text);

/** An address or a name to listen on. */
export const listenHost: Parser<string> = text('must be an address or a host name, without a port', (given) => {
  const bare = given.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isAddress(bare) || isName(bare) ? bare : undefined;
});

/** A host that is served: a name, `*.name` for all below it, or an address; lower case, no port. */
export const servedHost: Parser<string> = text(
  'must be host names such as app.example.com or *.example.com, without ports',
  (given) => {
    const bare = given
      .toLowerCase()
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/(?<=[^.])\.$/, '');
    return isAddress(bare) || isName(bare.replace(/^\*\./, '')) ? bare : undefined;
  },
);

/** The domain of a cookie: two labels at least, no address. */
export const cookieDomain: Parser<string> = text('must be a domain such as example.com', (given) => {
  const bare = given.toLowerCase().replace(/^\./, '');
  return bare.includes('.') && isName(bare) && !bare.includes('_') ? bare : undefined;
});
