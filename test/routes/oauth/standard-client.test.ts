import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { type AuthorizationServer, authorizationServer, type ClientSecret, password } from './server.ts';

/** oauth4webapi speaks https only, unless it is told that this is a test. */
const insecure = { [oauth.allowInsecureRequests]: true };

let here: AuthorizationServer;
let as: oauth.AuthorizationServer;
let ci: ClientSecret;
before(async () => {
  here = await authorizationServer({ scopes: 'deploy:write,report:read', passwordGrant: true });
  ci = await here.client('ci', { role: 'viewer', scopes: ['report:read', 'gatewarden:introspect'] });
  await here.gate.users.create({ username: 'ada', password, role: 'user' });
  const issuer = new URL(here.issuer);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  as = await oauth.processDiscoveryResponse(issuer, answer);
});
after(() => here[Symbol.asyncDispose]());

const gatewarden: oauth.Client = { client_id: 'gatewarden' };
const client: oauth.Client = { client_id: 'ci' };

async function ownToken(auth: oauth.ClientAuth, parameters: Record<string, string> = {}) {
  const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, insecure);
  return oauth.processClientCredentialsResponse(as, client, answer);
}

async function introspected(token: string): Promise<oauth.IntrospectionResponse> {
  const auth = oauth.ClientSecretBasic(ci.secret);
  const answer = await oauth.introspectionRequest(as, client, auth, token, insecure);
  return oauth.processIntrospectionResponse(as, client, answer);
}

async function refreshed(token: string, additionalParameters: Record<string, string> = {}) {
  const options = { ...insecure, additionalParameters };
  const answer = await oauth.refreshTokenGrantRequest(as, gatewarden, oauth.None(), token, options);
  return oauth.processRefreshTokenResponse(as, gatewarden, answer);
}

test('discovery finds the endpoints from the issuer alone', () => {
  equal(as.issuer, here.issuer);
  equal(as.token_endpoint, `${here.issuer}/oauth/token`);
  equal(as.introspection_endpoint, `${here.issuer}/oauth/introspect`);
  equal(as.revocation_endpoint, `${here.issuer}/oauth/revoke`);
  equal(as.jwks_uri, `${here.issuer}/jwks.json`);
  ok(as.grant_types_supported?.includes('client_credentials'));
  ok(as.scopes_supported?.includes('deploy:write'));
});

const ways: readonly (readonly [string, (secret: string) => oauth.ClientAuth])[] = [
  ['Basic', oauth.ClientSecretBasic],
  ['the body', oauth.ClientSecretPost],
];

for (const [way, auth] of ways) {
  test(`a client gets its token with its secret in ${way}, and no refresh token`, async () => {
    const tokens = await ownToken(auth(ci.secret));
    deepEqual([tokens.token_type, tokens.refresh_token], ['bearer', undefined]);
    equal(tokens.scope, 'gatewarden:introspect report:read');
    ok(Number(tokens.expires_in) > 3500);
  });
}

test('the token is one of RFC 9068, by the keys that the metadata names', async () => {
  const { access_token } = await ownToken(oauth.ClientSecretBasic(ci.secret));
  const headers = { authorization: `Bearer ${access_token}` };
  const claims = await oauth.validateJwtAccessToken(as, new Request(as.issuer, { headers }), as.issuer, insecure);
  deepEqual([claims.sub, claims.client_id], ['client:ci', 'ci']);
});

test('the scope is narrowed to what was asked for', async () => {
  const { scope, access_token } = await ownToken(oauth.ClientSecretBasic(ci.secret), { scope: 'report:read' });
  equal(scope, 'report:read');
  equal((await introspected(access_token)).scope, 'report:read');
});

test('the errors are those of RFC 6749', async () => {
  await rejects(ownToken(oauth.ClientSecretPost(ci.secret), { scope: 'deploy:write' }), {
    name: 'ResponseBodyError',
    error: 'invalid_scope',
    status: 400,
  });
  const wrong = oauth.clientCredentialsGrantRequest(as, client, oauth.ClientSecretBasic('gws_no'), {}, insecure);
  const answer = await wrong;
  equal(answer.status, 401);
  const challenged = oauth.processClientCredentialsResponse(as, client, answer);
  await rejects(challenged, ({ cause, status }: oauth.WWWAuthenticateChallengeError) => {
    deepEqual(
      cause.map(({ scheme }) => scheme),
      ['bearer', 'basic'],
    );
    return status === 401;
  });
});

test('a refresh token rotates; the one before it is invalid_grant', async () => {
  const { refresh_token: first } = await here.signIn('ada');
  const second = await refreshed(first);
  notEqual(second.refresh_token, first);
  await rejects(refreshed(first), { name: 'ResponseBodyError', error: 'invalid_grant', status: 400 });
});

test('a refresh token asks for less, and the next one may ask for all again', async () => {
  const { refresh_token: first } = await here.signIn('ada');
  const narrow = await refreshed(first, { scope: 'report:read' });
  equal(narrow.scope, 'report:read');
  equal((await introspected(narrow.access_token)).scope, 'report:read');
  const whole = await refreshed(narrow.refresh_token ?? '');
  ok((await introspected(whole.access_token)).scope?.includes('gatewarden:write'));
});

test('introspection tells who a user’s token is of, and that it has ended once it was revoked', async () => {
  const { token } = await here.signIn('ada');
  const known = await introspected(token);
  deepEqual([known.active, known.username, known.client_id, known.role], [true, 'ada', 'gatewarden', 'user']);
  const answer = await oauth.revocationRequest(as, gatewarden, oauth.None(), token, insecure);
  await oauth.processRevocationResponse(answer);
  deepEqual(await introspected(token), { active: false });
});

test('a client revokes a token of its own', async () => {
  const { access_token } = await ownToken(oauth.ClientSecretBasic(ci.secret));
  equal((await introspected(access_token)).active, true);
  const auth = oauth.ClientSecretBasic(ci.secret);
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, access_token, insecure));
  deepEqual(await introspected(access_token), { active: false });
});

test('the password grant, where it is allowed, gives tokens that belong to the client', async () => {
  const auth = oauth.ClientSecretBasic(ci.secret);
  const parameters = { username: 'ada', password, scope: 'report:read' };
  const answer = await oauth.genericTokenEndpointRequest(as, client, auth, 'password', parameters, insecure);
  const tokens = await oauth.processGenericTokenEndpointResponse(as, client, answer);
  equal(tokens.scope, 'report:read');
  equal((await introspected(tokens.access_token)).client_id, 'ci');
  await rejects(refreshed(tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  const again = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token ?? '', insecure);
  equal((await oauth.processRefreshTokenResponse(as, client, again)).scope, 'report:read');
});
