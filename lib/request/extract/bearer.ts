import type { Credential } from './credential.ts';

/** What an `Authorization` header is: a credential of ours, somebody else's, or nothing that can be read. */
export type Authorization =
  | Readonly<{ kind: 'ours'; credential: Credential }>
  | Readonly<{ kind: 'foreign' }>
  | Readonly<{ kind: 'malformed'; detail: string }>;

const foreign: Authorization = Object.freeze({ kind: 'foreign' });
const malformed = (detail: string): Authorization => ({ kind: 'malformed', detail });

/** RFC 9110, 11.2 */
const scheme = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** One space, and RFC 9110's token68. */
const token68 = /^ [A-Za-z0-9\-._~+/]+=*$/;

/**
 * Reads an `Authorization` header (RFC 9110, RFC 6750), once `Bearer gwt_…`, once a Bearer JWT that names us in `iss`
 * are ours. `own`: on our own routes every Bearer is. Nothing is verified here.
 */
export function readAuthorization(header: string, issuer: string, own: boolean): Authorization {
  const end = header.search(/[ \t]/);
  const word = end === -1 ? header : header.slice(0, end);
  if (!scheme.test(word)) return malformed('The Authorization header has no scheme.');
  if (word.toLowerCase() === 'bearer') return bearer(header.slice(word.length), issuer, own);
  // Two headers that a proxy has joined into one: what is hidden in the second would pass as the upstream's.
  if (/,\s*bearer\s/i.test(header)) return malformed('There is more than one Authorization header.');
  return foreign;
}

function bearer(rest: string, issuer: string, own: boolean): Authorization {
  if (!token68.test(rest)) return malformed('The bearer token is not written as RFC 6750 has it.');
  const token = rest.slice(1);
  if (token.startsWith('gwt_')) return { kind: 'ours', credential: { kind: 'api-token', token } };
  return own || issuerIs(token, issuer) ? { kind: 'ours', credential: { kind: 'access-token', token } } : foreign;
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
