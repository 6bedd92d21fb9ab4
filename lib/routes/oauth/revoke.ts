import { z } from 'zod';
import { NotToldError, ok, type Result } from '../../errors.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { AccessTokenClaims } from '../../services.ts';
import type { Actor } from '../../types.ts';
import { type Call, route } from '../route.ts';
import { authenticateClient, type OAuthClient, principalOf } from './client.ts';
import { invalidRequest, oauthAnswers, oauthError, refuseOAuth } from './errors.ts';
import { clientParameters, parameter } from './parameters.ts';

const parameters = z.object({ ...clientParameters, token: parameter(), token_type_hint: parameter() });
type RevocationCall = Call<z.output<typeof parameters>>;

/** The answer to a valid request, also for a token that is unknown or has ended (RFC 7009, 2.2). */
const revoked: Answer = Object.freeze({ status: 200, headers: { Pragma: 'no-cache' }, body: '' });
const ofAnother = oauthError(400, 'invalid_grant', { detail: 'The token was issued to another client.' });
const unsupported = oauthError(400, 'unsupported_token_type', {
  detail: 'API tokens are revoked by name: DELETE /api/v1/tokens/{name}.',
});

async function revokeRefreshToken({ core, caller }: RevocationCall, client: OAuthClient, token: string) {
  const ended = await core.accessTokens.revoke(token, client.clientId, caller);
  return ended.ok ? revoked : ofAnother;
}

type UserClaims = Extract<AccessTokenClaims, { kind: 'user' }>;

/** Ends the session of a user's access token, also again: another instance may not have heard of it. */
async function endSession(call: RevocationCall, { sid, sub, exp }: UserClaims, token: string): Promise<void> {
  const { core, caller } = call;
  const before = await core.authenticate({ kind: 'access-token', token });
  const [ended] = await Promise.allSettled([core.endNamed({ id: sid, userId: sub, expiresAt: exp * 1000 })]);
  const stands = ended.status === 'fulfilled' || ended.reason instanceof NotToldError;
  if (stands && before.kind === 'principal') {
    const about = { actor: before.principal.name, via: 'access-token', subject: `session:${sid}` } as const;
    await core.record({ event: 'token.revoked', ...about, ...caller, outcome: 'ok' });
  }
  if (ended.status === 'rejected') throw ended.reason;
}

async function actorOf({ core, caller }: RevocationCall, client: OAuthClient): Promise<Actor | undefined> {
  if (client.kind === 'public') return undefined;
  return { principal: await principalOf(core, client.record), ...caller };
}

async function revokeAccessToken(call: RevocationCall, client: OAuthClient, token: string): Promise<Answer> {
  const verified = await call.core.verifyAccessToken(token);
  if (!verified.ok) return revoked;
  const claims = verified.value;
  if (claims.clientId !== client.clientId) return ofAnother;
  if (claims.kind === 'user') await endSession(call, claims, token);
  if (claims.kind === 'client') await call.core.revokeGranted(claims, await actorOf(call, client));
  return revoked;
}

async function revoke(call: RevocationCall): Promise<Result<Answer>> {
  const found = await authenticateClient(call, call.body);
  if (!found.ok) return ok(found.answer);
  const { token } = call.body;
  if (token === undefined) return ok(invalidRequest('token is missing.'));
  if (token.startsWith('gwt_')) return ok(unsupported);
  const revokeIt = token.startsWith('gwr_') ? revokeRefreshToken : revokeAccessToken;
  return ok(await revokeIt(call, found.client, token));
}

export const revocationRoutes = [
  route({
    method: 'post',
    path: '/oauth/revoke',
    summary: 'End a token of the client that asks (RFC 7009). With a token of a user, their session ends.',
    tag: 'oauth',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'form', schema: parameters },
    answers: { 200: { description: 'The token is not valid, or not any more.' }, ...oauthAnswers },
    refuse: refuseOAuth,
    handle: revoke,
  }),
];
