/** Headers that only Gatewarden may send to an upstream. A trailing `*` matches anything. */
const reserved = [
  'forwarded',
  'remote-*',
  'x-auth-request-*',
  'x-authentik-*',
  'x-forwarded',
  'x-forwarded-*',
  'x-gatewarden-*',
  'x-http-method*',
  'x-method-override',
  'x-original-*',
  'x-real-ip',
  'x-remote-*',
  'x-rewrite-url',
  'x-webauth-*',
];

const pattern = new RegExp(`^(?:${reserved.map((name) => name.replace('*', '.*')).join('|')})$`);

/**
 * True for a header that is never taken from a client (identity, forwarding, method and URL overrides), in every
 * spelling that an upstream may fold into it, as CGI does: the case and the signs between the words do not matter.
 */
export function isReservedHeader(name: string): boolean {
  if (!mayBeReserved(name.charCodeAt(0) | 0x20, name.charCodeAt(2) | 0x20)) return false;
  return pattern.test(name.toLowerCase().replace(/[^a-z0-9]/g, '-'));
}

const [f, m, r, x] = [0x66, 0x6d, 0x72, 0x78];

/** The usual names are told by two letters: `Range` and `Referer` are not `Remote-…`. */
const mayBeReserved = (first: number, third: number): boolean =>
  first === x || (first === r && third === m) || (first === f && third === r);
