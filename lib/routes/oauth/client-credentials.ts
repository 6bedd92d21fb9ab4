import { invalidClient, refuseOAuth } from './errors.ts';
import { type Grant, granted } from './grant.ts';
import { scopesIn } from './parameters.ts';

/** RFC 6749, 4.4: a client's own access token, without a refresh token. */
export const clientCredentials: Grant = {
  async issue({ core, client, parameters }) {
    if (client.kind !== 'confidential') return invalidClient;
    const scopes = scopesIn(parameters.scope);
    if (!scopes.ok) return refuseOAuth(scopes.refusal);
    const issued = await core.accessTokens.grant(client.record, { scopes: scopes.value });
    return issued.ok ? granted(issued.value) : refuseOAuth(issued.refusal);
  },
};
