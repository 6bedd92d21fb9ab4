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

type Kept = { readonly audience: string; token: string | undefined; signing: Promise<string>; until: number };

/** Not with the clock put back, either: nobody knows how old it is then. */
const isFresh = ({ until }: Kept, now: number): boolean => now < until && now >= until - reuse;

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
  // Principals are frozen and live as long as their credential is cached: most ask for what they were given last.
  const last = new WeakMap<Principal, Kept>();

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

  function signAndKeep(cacheKey: string, principal: Principal, audience: string, now: number): Kept {
    const signing = sign(principal, audience, now);
    const entry: Kept = { audience, token: undefined, signing, until: now + reuse };
    kept.set(cacheKey, entry);
    signing.then(
      (token) => {
        entry.token = token;
      },
      () => {
        entry.until = Number.NEGATIVE_INFINITY;
      },
    );
    return entry;
  }

  function entryOf(principal: Principal, audience: string, now: number): Kept {
    const cacheKey = `${audience}\n${sayingOf(principal)}`;
    const known = kept.get(cacheKey);
    return known !== undefined && isFresh(known, now) ? known : signAndKeep(cacheKey, principal, audience, now);
  }

  return {
    for(principal, audience) {
      const now = clock();
      let entry = last.get(principal);
      if (entry === undefined || entry.audience !== audience || !isFresh(entry, now)) {
        entry = entryOf(principal, audience, now);
        last.set(principal, entry);
      }
      return entry.token ?? entry.signing;
    },
  };
}
