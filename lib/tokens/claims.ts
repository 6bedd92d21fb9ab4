import { ok, type Result, refused } from '../errors.ts';
import type { AccessTokenClaims } from '../services.ts';
import { jsonObject, readJws, verifiedPayload } from './jws.ts';
import type { SigningKeys } from './keys.ts';

/** `typ` of access tokens (RFC 9068, 2.1). */
export const accessTokenType = 'at+jwt';

/** The difference between the clocks of two instances that is allowed for, in seconds. */
const tolerance = 5;

type Claims = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isFor(audience: unknown, issuer: string): boolean {
  return Array.isArray(audience) ? audience.includes(issuer) : audience === issuer;
}

/** The required claims; `undefined` unless each is present and of its type. */
function claimsIn(claims: Claims): AccessTokenClaims | undefined {
  const { sub, sid, jti, exp, iat, nbf, client_id: client, scope } = claims;
  if (![sub, sid, jti, client].every(isText) || ![exp, iat].every(isTime)) return undefined;
  if ((nbf !== undefined && !isTime(nbf)) || (scope !== undefined && typeof scope !== 'string')) return undefined;
  const scopes = scope === undefined ? {} : { scopes: scope.split(' ').filter(Boolean) };
  return { sub: String(sub), sid: String(sid), jti: String(jti), exp: Number(exp), ...scopes };
}

/**
 * Verifies access tokens: form, type, algorithm, signature, issuer, audience, times, and the type of each claim. Refuses with
 * `token_expired` only a token that was valid, else with `invalid_token`. Does not check the session.
 */
export function accessTokenVerifier(parts: Readonly<{ keys: SigningKeys; issuer: string; clock: () => number }>) {
  const { keys, issuer, clock } = parts;

  async function payloadOf(token: string): Promise<Claims | undefined> {
    const jws = readJws(token);
    if (jws?.header.typ !== accessTokenType || jws.header.kid === undefined) return undefined;
    const key = await keys.verificationKey(jws.header.kid);
    const payload = key && (await verifiedPayload(jws, key));
    return payload && jsonObject(payload);
  }

  return async function verifyAccessToken(token: string): Promise<Result<AccessTokenClaims>> {
    const payload = await payloadOf(token);
    if (payload?.iss !== issuer || !isFor(payload.aud, issuer)) return refused('invalid_token');
    const claims = claimsIn(payload);
    if (claims === undefined) return refused('invalid_token');
    const now = clock() / 1000;
    if (Number(payload.nbf ?? 0) > now + tolerance) return refused('invalid_token');
    return claims.exp <= now - tolerance ? refused('token_expired') : ok(claims);
  };
}
