/** Headers that only Gatewarden may send to an upstream, and those of other products. A trailing `*` matches anything. */
const reserved = [
  'cf-access-*',
  'forwarded',
  'remote-*',
  'ssl-client-*',
  'x-amzn-oidc-*',
  'x-auth-request-*',
  'x-authentik-*',
  'x-forwarded',
  'x-forwarded-*',
  'x-gatewarden-*',
  'x-goog-authenticated-*',
  'x-goog-iap-*',
  'x-http-method*',
  'x-method-override',
  'x-ms-client-principal*',
  'x-ms-token-*',
  'x-original-*',
  'x-real-ip',
  'x-remote-*',
  'x-rewrite-url',
  'x-ssl-client-*',
  'x-webauth-*',
];

const pattern = new RegExp(`^(?:${reserved.map((name) => name.replace('*', '.*')).join('|')})$`);

/** A header's name as CGI-like servers fold it: in lower case, with every other character as a hyphen. */
export const foldedHeaderName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

/**
 * Whether a header is never accepted from a client (identity, forwarding, method and URL overrides), in every spelling
 * that an upstream may fold into it.
 */
export const isReservedHeader = (name: string): boolean => pattern.test(foldedHeaderName(name));

const clientAddress = new Set([
  'cf-connecting-ip',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'fastly-client-ip',
]);

/** Whether a header names the client's address, in every spelling. Only a trusted proxy may send it. */
export const isClientAddressHeader = (name: string): boolean => clientAddress.has(foldedHeaderName(name));
