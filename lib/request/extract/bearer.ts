import type { Credential } from './credential.ts';

/** The result of reading an `Authorization` header. */
export type Authorization =
  | Readonly<{ kind: 'ours'; credential: Credential }>
  /** A credential for the upstream. */
  | Readonly<{ kind: 'foreign' }>
  /** A Gatewarden token where it is not accepted: neither a credential nor passed on. */
  | Readonly<{ kind: 'withheld' }>
  | Readonly<{ kind: 'malformed'; detail: string }>;

const foreign: Authorization = Object.freeze({ kind: 'foreign' });
const withheld: Authorization = Object.freeze({ kind: 'withheld' });
const malformed = (detail: string): Authorization => ({ kind: 'malformed', detail });
/** RFC 9110, 11.2 */
const scheme = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110's token68. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;
const apiTokenPrefix = 'gwt_';
/**
 * Client secrets, refresh tokens and invitations authenticate no request. They are read as access tokens, which they are not: so
 * they are refused, and neither passed on to the upstream nor taken for no credential.
 */
const secretPrefixes = ['gws_', 'gwr_', 'gwi_'];
const isSecret = (text: string): boolean => secretPrefixes.some((prefix) => text.startsWith(prefix));

/**
 * Reads an `Authorization` header (RFC 9110, RFC 6750, RFC 7617). `ours` are `Bearer gwt_…`, a Bearer JWT whose `iss` is
 * `issuer`, and Basic with a `gwt_…` token as its password. With `own`, for Gatewarden's own routes, every Bearer is, and
 * Basic is not. Verifies nothing.
 */
export function readAuthorization(header: string, issuer: string, own: boolean): Authorization {
  const end = header.search(/[ \t]/);
  const word = end === -1 ? header : header.slice(0, end);
  if (!scheme.test(word)) return malformed('The Authorization header has no scheme.');
  const rest = header.slice(word.length);
  if (word.toLowerCase() === 'bearer') return bearer(rest, issuer, own);
  // A proxy has joined two headers into one: the Bearer in the second would be passed on as the upstream's.
  if (/,\s*bearer\s/i.test(header)) return malformed('There is more than one Authorization header.');
  return word.toLowerCase() === 'basic' ? basic(rest, own) : foreign;
}

/** Reads the value of `X-Gatewarden-Token`: the bare token, of either kind. Undefined for anything else. */
export function readBareToken(token: string): Credential | undefined {
  if (!token68.test(token)) return undefined;
  if (token.startsWith(apiTokenPrefix)) return { kind: 'api-token', token };
  return token.split('.').length === 3 ? { kind: 'access-token', token } : undefined;
}

function bearer(rest: string, issuer: string, own: boolean): Authorization {
  const token = rest.slice(1);
  if (!rest.startsWith(' ') || !token68.test(token))
    return malformed('The bearer token is not written as RFC 6750 has it.');
  if (token.startsWith(apiTokenPrefix)) return { kind: 'ours', credential: { kind: 'api-token', token } };
  return own || isSecret(token) || issuerIs(token, issuer)
    ? { kind: 'ours', credential: { kind: 'access-token', token } }
    : foreign;
}

/** Clients that support only Basic (git, CalDAV, WebDAV) send an API token as the password. */
function basic(rest: string, own: boolean): Authorization {
  const pair = Buffer.from(rest.trim(), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const [user, password] = colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  if (isSecret(password) && !own) return { kind: 'ours', credential: { kind: 'access-token', token: password } };
  if (!user.startsWith(apiTokenPrefix) && !password.startsWith(apiTokenPrefix)) return foreign;
  if (own || !password.startsWith(apiTokenPrefix)) return withheld;
  return { kind: 'ours', credential: { kind: 'api-token', token: password, basic: true } };
}

/**
 * Whether a JWT names this issuer. Non-canonical base64url is accepted here and refused by the verifier, so that an altered
 * token is refused instead of being passed on to the upstream.
 */
function issuerIs(token: string, issuer: string): boolean {
  const [, payload, signature, more] = token.split('.');
  if (payload === undefined || signature === undefined || more !== undefined) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'iss' in claims && claims.iss === issuer;
  } catch {
    return false;
  }
}
