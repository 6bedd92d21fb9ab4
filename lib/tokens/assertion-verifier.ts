import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../and-then.ts';
import { ok, type Result, refused } from '../errors.ts';
import type { Principal } from '../types.ts';
import { type AssertionClaims, claimsIn } from './assertion-claims.ts';
import { assertionLifetime, assertionType, type RequestBinding, targetHash } from './assertion-form.ts';
import { type Jws, readJws, verifiedPayload } from './jws.ts';
import type { KeySource } from './key-set.ts';
import { seenIds } from './seen-ids.ts';

/**
 * Verifies the assertion of a request. Refuses with `token_expired` only one that was valid, else with `invalid_token`. A promise
 * unless the assertion is known. Rejects when the keys cannot be read.
 */
export type AssertionVerifier = (token: string, request: RequestBinding) => MaybePromise<Result<Principal>>;

type Dependencies = Readonly<{
  keys: KeySource;
  issuer: string;
  audience: string;
  /** `strict`: refuses assertions that are not bound to one request. */
  mode: 'reused' | 'strict';
  /** Milliseconds since the epoch. */
  clock?: (() => number) | undefined;
  /** The most assertions for one request within their lifetime. */
  mostUsed?: number | undefined;
}>;

/** The difference between the clocks of the gateway and of this machine that is allowed for, in seconds. */
const tolerance = 5;
const mostKept = 1000;
/** About 3,500 requests a second. */
const mostIds = 250_000;

const invalid = refused('invalid_token');
const expired = refused('token_expired');
const unbound = refused('invalid_token', { detail: 'The assertion is not for one request: the route must be strict.' });
const otherRequest = refused('invalid_token', { detail: 'The assertion is for another request.' });
const usedBefore = refused('invalid_token', { detail: 'The assertion was used before.' });
const tooMany = refused('store_unavailable', { detail: 'Too many requests to tell which were sent before.' });

export function assertionVerifier(dependencies: Dependencies): AssertionVerifier {
  const { keys, issuer, audience, mode, clock = Date.now, mostUsed = mostIds } = dependencies;
  const kept = new LRUCache<string, AssertionClaims>({ max: mostKept });
  const ids = seenIds({ lifetime: (assertionLifetime + 2 * tolerance) * 1000, most: mostUsed });

  async function isSigned(jws: Jws): Promise<boolean> {
    const key = jws.header.kid === undefined ? undefined : await keys.verificationKey(jws.header.kid);
    return key !== undefined && (await verifiedPayload(jws, key)) !== undefined;
  }

  /** The claims of an assertion for this service, whether or not it has expired. Reads the keys only for one of the right form. */
  async function verified(token: string): Promise<AssertionClaims | undefined> {
    const jws = readJws(token);
    if (jws?.header.typ !== assertionType) return undefined;
    const claims = claimsIn(jws);
    if (claims?.issuer !== issuer || claims.audience !== audience) return undefined;
    return (await isSigned(jws)) ? claims : undefined;
  }

  function timely({ principal, issuedAt, expiresAt }: AssertionClaims): Result<Principal> {
    const now = clock() / 1000;
    if (issuedAt > now + tolerance || expiresAt > issuedAt + assertionLifetime) return invalid;
    return expiresAt <= now - tolerance ? expired : ok(principal);
  }

  function usable(claims: AssertionClaims, request: RequestBinding): Result<Principal> {
    const valid = timely(claims);
    if (!valid.ok || claims.binding === undefined) return valid;
    const { id, method, hash } = claims.binding;
    if (method !== request.method || hash !== targetHash(request.target)) return otherRequest;
    const used = ids.use(id);
    if (used === 'first') return valid;
    return used === 'seen' ? usedBefore : tooMany;
  }

  async function verifyAnew(token: string, request: RequestBinding): Promise<Result<Principal>> {
    const claims = await verified(token);
    if (claims === undefined) return invalid;
    if (claims.binding === undefined && mode === 'strict') return unbound;
    if (claims.binding === undefined) kept.set(token, claims);
    return usable(claims, request);
  }

  return function verify(token, request) {
    const known = kept.get(token);
    return known === undefined ? verifyAnew(token, request) : usable(known, request);
  };
}
