import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { client as browser, type Client } from '../../support/http.ts';
import { type AuthorizationServer, authorizationServer, password } from './server.ts';

/** oauth4webapi speaks https only, unless it is told that this is a test. */
const insecure = { [oauth.allowInsecureRequests]: true };

let here: AuthorizationServer;
let as: oauth.AuthorizationServer;
let ada: Client;
before(async () => {
  here = await authorizationServer({ scopes: 'report:read' });
  await here.gate.users.create({ username: 'ada', password, role: 'user' });
  const issuer = new URL(here.issuer);
  as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
  );
  ada = browser(issuer.origin);
  await ada.form(`${issuer.pathname}/login`, { username: 'ada', password });
});
after(() => here[Symbol.asyncDispose]());

const command: oauth.Client = { client_id: 'gatewarden' };

async function begin(parameters: Record<string, string> = {}): Promise<oauth.DeviceAuthorizationResponse> {
  const answer = await oauth.deviceAuthorizationRequest(as, command, oauth.None(), parameters, insecure);
  return oauth.processDeviceAuthorizationResponse(as, command, answer);
}

async function poll(deviceCode: string): Promise<oauth.TokenEndpointResponse> {
  const answer = await oauth.deviceCodeGrantRequest(as, command, oauth.None(), deviceCode, insecure);
  return oauth.processDeviceCodeResponse(as, command, answer);
}

/** The person goes to the page that the device names. */
const decide = (device: oauth.DeviceAuthorizationResponse, fields: Record<string, string>) =>
  ada.form(new URL(device.verification_uri).pathname, { user_code: device.user_code, ...fields });

const refusedWith = (error: string) => ({ name: 'ResponseBodyError', error, status: 400 });

test('a device signs in: pending, approved, tokens of RFC 9068 with the time of the password', async () => {
  const device = await begin();
  deepEqual([device.expires_in, device.interval], [600, 5]);
  ok(device.verification_uri_complete?.includes(device.user_code));
  await rejects(poll(device.device_code), refusedWith('authorization_pending'));
  const before = Math.floor(Date.now() / 1000);
  equal((await decide(device, { action: 'approve', current_password: password })).status, 200);
  const tokens = await poll(device.device_code);
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const claims = await oauth.validateJwtAccessToken(as, new Request(as.issuer, { headers }), as.issuer, {
    requireDPoP: false,
    ...insecure,
  });
  equal(claims.client_id, 'gatewarden');
  ok(Math.abs(Number(claims.auth_time) - before) <= 5);
  const answer = await oauth.refreshTokenGrantRequest(as, command, oauth.None(), tokens.refresh_token ?? '', insecure);
  ok((await oauth.processRefreshTokenResponse(as, command, answer)).refresh_token);
  await rejects(poll(device.device_code), refusedWith('invalid_grant'));
});

test('it polls too often, and is refused', async () => {
  const device = await begin();
  await rejects(poll(device.device_code), refusedWith('authorization_pending'));
  await rejects(poll(device.device_code), refusedWith('slow_down'));
  equal((await decide(device, { action: 'deny' })).status, 200);
  await rejects(poll(device.device_code), refusedWith('access_denied'));
});

test('its scopes are narrowed, and an unknown one is invalid_scope', async () => {
  const device = await begin({ scope: 'report:read' });
  await decide(device, { action: 'approve', current_password: password });
  equal((await poll(device.device_code)).scope, 'report:read');
  await rejects(begin({ scope: 'openid' }), refusedWith('invalid_scope'));
});

test('an application client starts none', async () => {
  const ci = await here.client('ci', { role: 'viewer' });
  const auth = oauth.ClientSecretBasic(ci.secret);
  const answer = await oauth.deviceAuthorizationRequest(as, { client_id: 'ci' }, auth, {}, insecure);
  const processed = oauth.processDeviceAuthorizationResponse(as, { client_id: 'ci' }, answer);
  await rejects(processed, refusedWith('unauthorized_client'));
});
