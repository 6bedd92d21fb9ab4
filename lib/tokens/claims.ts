import { ok, type Result, refused } from '../errors.ts';
import type { AccessTokenClaims } from '../services.ts';
import { clientIdIn } from '../stores/records/kinds/client.ts';
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

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The claims that tokens of users and clients share; `undefined` unless each is present and of its type. */
function commonIn({ sub, jti, client_id: clientId, exp, iat, nbf, scope }: Claims) {
  if (!isText(sub) || !isText(jti) || !isText(clientId) || !isTime(exp) || !isTime(iat)) return undefined;
  if ((nbf !== undefined && !isTime(nbf)) || (scope !== undefined && typeof scope !== 'string')) return undefined;
  return { common: { sub, clientId, jti, exp, iat }, scopes: scope?.split(' ').filter(Boolean) };
}

/**
 * A subject that names a client makes it a client's token, whatever else it claims: it names that client in `client_id` too,
 * and no session. Every other token names one. `undefined` for a token that is neither.
 */
function claimsIn(claims: Claims): AccessTokenClaims | undefined {
  const read = commonIn(claims);
  if (read === undefined) return undefined;
  const { common, scopes } = read;
  const { sid, epoch } = claims;
  const ofClient = clientIdIn(common.sub);
  if (ofClient === undefined) {
    if (!isText(sid) || epoch !== undefined) return undefined;
    return { kind: 'user', ...common, sid, ...(scopes && { scopes }) };
  }
  if (sid !== undefined || !isCount(epoch) || ofClient !== common.clientId) return undefined;
  return { kind: 'client', ...common, scopes: scopes ?? [], epoch };
}

/**
 * Verifies access tokens: form, type, algorithm, signature, issuer, audience, times, and the type of each claim. Refuses with
 * `token_expired` only a token that was valid, else with `invalid_token`. Does not check the session, nor the client.
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
