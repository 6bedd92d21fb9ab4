import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../types.ts';
import type { SigningKeys } from './keys.ts';

/** `typ` of assertions: nothing that a bearer of ours could be taken for. */
export const assertionType = 'gatewarden-assertion+jwt';

/** In seconds. */
const lifetime = 60;
const reuse = 30_000;
const mostKept = 10_000;

type Kept = { token: string | undefined; signing: Promise<string>; until: number };

/** Tells upstreams who asks: short JWTs that `jwks.json` verifies. */
export interface AssertionSigner {
  /**
   * The assertion for this principal and audience: at once while the one signed before is less than 30 s old, else signed
   * anew, once however many ask. It ends after 60 s, or with the principal's credential.
   */
  for(principal: Principal, audience: string): string | Promise<string>;
}

/** Everything that the assertion says of a principal. */
const sayingOf = ({ id, name, role, scopes, expiresAt }: Principal) =>
  JSON.stringify([id, name, role, scopes, expiresAt]);

export function assertionSigner(
  parts: Readonly<{ keys: SigningKeys; issuer: string; clock?: () => number }>,
): AssertionSigner {
  const { keys, issuer, clock = Date.now } = parts;
  const kept = new LRUCache<string, Kept>({ max: mostKept });
  // Principals are frozen and live as long as their credential is cached: what one says is worked out once.
  const sayings = new WeakMap<Principal, string>();

  function sayingKept(principal: Principal): string {
    const known = sayings.get(principal);
    if (known !== undefined) return known;
    const saying = sayingOf(principal);
    sayings.set(principal, saying);
    return saying;
  }

  async function sign(principal: Principal, audience: string, now: number): Promise<string> {
    const { kid, algorithm, key } = await keys.current();
    const issuedAt = Math.floor(now / 1000);
    const ends = Math.ceil((principal.expiresAt ?? Number.POSITIVE_INFINITY) / 1000);
    return new SignJWT({ name: principal.name, role: principal.role, scopes: principal.scopes })
      .setProtectedHeader({ alg: algorithm, typ: assertionType, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(principal.id || 'anonymous')
      .setIssuedAt(issuedAt)
      .setExpirationTime(Math.min(issuedAt + lifetime, Math.max(issuedAt + 1, ends)))
      .sign(key);
  }

  function signAndKeep(cacheKey: string, principal: Principal, audience: string, now: number): Promise<string> {
    const signing = sign(principal, audience, now);
    const entry: Kept = { token: undefined, signing, until: now + reuse };
    kept.set(cacheKey, entry);
    signing.then(
      (token) => {
        entry.token = token;
      },
      () => kept.delete(cacheKey),
    );
    return signing;
  }

  return {
    for(principal, audience) {
      const cacheKey = `${audience}\n${sayingKept(principal)}`;
      const now = clock();
      const known = kept.get(cacheKey);
      if (known === undefined || now >= known.until || now < known.until - reuse) {
        return signAndKeep(cacheKey, principal, audience, now);
      }
      return known.token ?? known.signing;
    },
  };
}
