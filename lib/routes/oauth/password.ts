import { invalidRequest, oauthError, refuseGrant, refuseOAuth } from './errors.ts';
import { type Grant, granted } from './grant.ts';
import { scopesIn } from './parameters.ts';

/** RFC 6749, 4.3: a user's tokens for their name and password, with `PASSWORD_GRANT` only. */
export const password: Grant = {
  isEnabled: ({ passwordGrant }) => passwordGrant,
  async issue({ core, req, res, caller, client, parameters }) {
    const { username, password: secret } = parameters;
    if (username === undefined || secret === undefined) return invalidRequest('username or password is missing.');
    const scopes = scopesIn(parameters.scope);
    if (!scopes.ok) return refuseOAuth(scopes.refusal);
    const credentials = { username, password: secret };
    const proof = await core.passwordAuthenticator.authenticate(req, res, credentials, caller, 'oauth');
    if (!proof.ok) return refuseGrant(proof.refusal);
    const held = core.scopes.heldBy(proof.value.role);
    if (scopes.value?.some((scope) => !held.includes(scope))) return oauthError(400, 'invalid_scope');
    const grant = { clientId: client.clientId, scopes: scopes.value };
    return granted(await core.accessTokens.signIn(proof.value, caller, grant));
  },
};
