import type { Principal } from '../types.ts';
import { anonymousSubject } from './assertion-form.ts';
import { type Jws, jsonObject } from './jws.ts';

/** What an assertion says. Times are in seconds since the epoch. */
export type AssertionClaims = Readonly<{
  issuer: string;
  audience: string;
  principal: Principal;
  issuedAt: number;
  expiresAt: number;
  /** The one request that it is for; absent for one that is reused. */
  binding: Binding | undefined;
}>;

type Binding = Readonly<{ id: string; method: string; hash: string }>;
type Claims = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

/** The claims of an assertion, not verified; `undefined` unless each is present and of its type. */
export function claimsIn({ text }: Jws): AssertionClaims | undefined {
  const claims = jsonObject(Buffer.from(text.split('.')[1] ?? '', 'base64url'));
  if (claims === undefined) return undefined;
  const { iss: issuer, aud: audience, iat: issuedAt, exp: expiresAt } = claims;
  if (!isText(issuer) || !isText(audience) || !isTime(issuedAt) || !isTime(expiresAt)) return undefined;
  const principal = principalIn(claims, expiresAt);
  const binding = bindingIn(claims);
  if (principal === undefined || binding === 'incomplete') return undefined;
  return Object.freeze({ issuer, audience, principal, issuedAt, expiresAt, binding });
}

/** All of the claims that bind an assertion to a request, or none. */
function bindingIn({ jti: id, htm: method, target_hash: hash }: Claims): Binding | undefined | 'incomplete' {
  if (isText(id) && isText(method) && isText(hash)) return { id, method, hash };
  return id === undefined && method === undefined && hash === undefined ? undefined : 'incomplete';
}

function principalIn({ sub: id, name, role, scopes }: Claims, expiresAt: number): Principal | undefined {
  if (!isText(id) || typeof name !== 'string' || !isText(role) || !isTexts(scopes)) return undefined;
  const common = { role, scopes: Object.freeze([...scopes]), via: 'assertion', expiresAt: expiresAt * 1000 } as const;
  // Only nobody has no name.
  if (name === '') {
    if (id !== anonymousSubject) return undefined;
    return Object.freeze({ kind: 'anonymous', id: '', name, ...common, via: 'none' });
  }
  return Object.freeze({ kind: id.startsWith('client:') ? 'client' : 'user', id, name, ...common });
}
