import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../types.ts';
import {
  anonymousSubject,
  assertionLifetime,
  assertionType,
  type RequestBinding,
  targetHash,
} from './assertion-form.ts';
import type { SigningKeys } from './keys.ts';

/** The age in milliseconds up to which an assertion is reused. */
const reuse = 30_000;
const mostKept = 10_000;

type Kept = { readonly audience: string; token: string | undefined; signing: Promise<string>; until: number };

/** Negative age: the clock was set back, so the assertion is signed again. */
const isFresh = ({ until }: Kept, now: number): boolean => now < until && now >= until - reuse;

/** Signs short-lived JWTs that tell upstreams who makes a request. They are verified by `jwks.json`. */
export interface AssertionSigner {
  /**
   * Returns the assertion for this principal and audience. One that is less than 30 s old is reused; concurrent calls share
   * one signature. It expires after 60 s, or with the principal's credential.
   */
  for(principal: Principal, audience: string): string | Promise<string>;
  /** Signs an assertion for one request: it names the method and the hash of the target, and has an id (`jti`). */
  forRequest(principal: Principal, audience: string, request: RequestBinding): Promise<string>;
}

/** The claims that bind an assertion to one request. */
const claimsOf = ({ method, target }: RequestBinding) => ({
  jti: randomUUID(),
  htm: method,
  target_hash: targetHash(target),
});

/** The claims about a principal. */
const sayingOf = ({ id, name, role, scopes, expiresAt }: Principal) =>
  JSON.stringify([id, name, role, scopes, expiresAt]);

export function assertionSigner(
  parts: Readonly<{ keys: SigningKeys; issuer: string; clock?: () => number }>,
): AssertionSigner {
  const { keys, issuer, clock = Date.now } = parts;
  const kept = new LRUCache<string, Kept>({ max: mostKept });
  // Principals are frozen and kept while their credential is cached, so the last assertion is found by identity.
  const last = new WeakMap<Principal, Kept>();

  async function sign(principal: Principal, audience: string, now: number, more: object = {}): Promise<string> {
    const { kid, algorithm, key } = await keys.current();
    const issuedAt = Math.floor(now / 1000);
    const ends = Math.ceil((principal.expiresAt ?? Number.POSITIVE_INFINITY) / 1000);
    return new SignJWT({ name: principal.name, role: principal.role, scopes: principal.scopes, ...more })
      .setProtectedHeader({ alg: algorithm, typ: assertionType, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(principal.id || anonymousSubject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(Math.min(issuedAt + assertionLifetime, Math.max(issuedAt + 1, ends)))
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
    forRequest: (principal, audience, request) => sign(principal, audience, clock(), claimsOf(request)),
  };
}
