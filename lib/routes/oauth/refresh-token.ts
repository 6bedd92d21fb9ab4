import type { Refusal } from '../../errors.ts';
import { invalidRequest, refuseGrant, refuseOAuth } from './errors.ts';
import { type Grant, type GrantCall, granted } from './grant.ts';
import { scopesIn } from './parameters.ts';

/** RFC 6749, 6: new tokens for a refresh token, which is spent. */
export const refreshToken: Grant = {
  async issue(call) {
    const { core, caller, client, parameters } = call;
    if (parameters.refresh_token === undefined) return invalidRequest('refresh_token is missing.');
    const scopes = scopesIn(parameters.scope);
    if (!scopes.ok) return refuseOAuth(scopes.refusal);
    const grant = { clientId: client.clientId, scopes: scopes.value };
    const renewed = await core.accessTokens.refresh(parameters.refresh_token, caller, grant);
    if (renewed.ok) return granted(renewed.value);
    await noteRefusal(call, renewed.refusal);
    const isInvalid = renewed.refusal.code === 'invalid_token';
    return refuseGrant(isInvalid ? { ...renewed.refusal, detail: 'The refresh token is not valid.' } : renewed.refusal);
  },
};

function noteRefusal({ core, caller, prefix }: GrantCall, { code: outcome }: Refusal): Promise<void> {
  const about = { subject: `${prefix}/oauth/token`, detail: { method: 'POST' } };
  return core.record({ event: 'access.denied', actor: '', via: 'none', ...caller, outcome, ...about });
}
