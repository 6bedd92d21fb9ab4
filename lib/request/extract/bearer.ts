import type { Credential } from './credential.ts';

/** What an `Authorization` header is. */
export type Authorization =
  | Readonly<{ kind: 'ours'; credential: Credential }>
  /** Somebody else's: the upstream's business. */
  | Readonly<{ kind: 'foreign' }>
  /** It holds a token of ours where it is no credential: it is not passed on either. */
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
 * Reads an `Authorization` header (RFC 9110, RFC 6750, RFC 7617). `Bearer gwt_…`, a Bearer JWT that names us in `iss`, and
 * Basic with a `gwt_…` as its password are ours. `own`: on our own routes every Bearer is, and Basic never. Nothing is
 * verified here.
 */
export function readAuthorization(header: string, issuer: string, own: boolean): Authorization {
  const end = header.search(/[ \t]/);
  const word = end === -1 ? header : header.slice(0, end);
  if (!scheme.test(word)) return malformed('The Authorization header has no scheme.');
  const rest = header.slice(word.length);
  if (word.toLowerCase() === 'bearer') return bearer(rest, issuer, own);
  // Two headers that a proxy has joined into one: what is hidden in the second would pass as the upstream's.
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
  return own || issuerIs(token, issuer) ? { kind: 'ours', credential: { kind: 'access-token', token } } : foreign;
}

/** The clients that know only Basic (git, CalDAV, WebDAV) send a token as the password. */
function basic(rest: string, own: boolean): Authorization {
  const pair = Buffer.from(rest.trim(), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const [user, password] = colon === -1 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  if (!user.startsWith(apiTokenPrefix) && !password.startsWith(apiTokenPrefix)) return foreign;
  if (own || !password.startsWith(apiTokenPrefix)) return withheld;
  return { kind: 'ours', credential: { kind: 'api-token', token: password, basic: true } };
}

/**
 * Whether a JWT claims to be of this issuer. Only the verifier insists on canonical base64url: a token of ours that
 * was bent a little stays ours, is refused there, and is not handed to the upstream as a stranger's.
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
