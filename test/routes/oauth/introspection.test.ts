import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthorizationServer, authorizationServer, basic, type ClientSecret, password } from './server.ts';

let here: AuthorizationServer;
let api: ClientSecret;
before(async () => {
  here = await authorizationServer();
  api = await here.client('api', { scopes: ['gatewarden:introspect'] });
  await here.gate.users.create({ username: 'ada', password, role: 'operator' });
});
after(() => here[Symbol.asyncDispose]());

const inactive = { active: false };

async function introspected(token: string): Promise<Record<string, unknown>> {
  const answer = await here.post('/oauth/introspect', { token }, basic(api));
  deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store']);
  return answer.body;
}

async function ownToken(client: ClientSecret): Promise<string> {
  const answer = await here.post('/oauth/token', { grant_type: 'client_credentials' }, basic(client));
  return String(answer.body.access_token);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('an access token of a user: the role and the scopes that it has now', async () => {
  const { token } = await here.signIn('ada');
  const { sub, jti, exp, iat, scope, ...rest } = await introspected(token);
  const { issuer } = here;
  deepEqual(rest, {
    ...{ active: true, username: 'ada', role: 'operator', token_type: 'Bearer', client_id: 'gatewarden' },
    ...{ aud: issuer, iss: issuer },
  });
  ok(typeof sub === 'string' && typeof jti === 'string');
  equal(Number(exp) - Number(iat), 3600);
  ok(String(scope).split(' ').includes('gatewarden:admin'));
  await here.gate.users.edit('ada', { role: 'viewer' });
  const lower = await introspected(token);
  deepEqual([lower.role, String(lower.scope).includes('gatewarden:admin')], ['viewer', false]);
  await here.gate.users.edit('ada', { role: 'operator' });
});

test('an access token of a client: its own name as subject, and no user', async () => {
  const { active, sub, client_id, username, role, scope } = await introspected(await ownToken(api));
  deepEqual(
    [active, sub, client_id, username, role, scope],
    [true, 'client:api', 'api', undefined, 'viewer', 'gatewarden:introspect'],
  );
});

test('a refresh token: no type that an API would take, and it is not spent', async () => {
  const { refresh_token } = await here.signIn('ada');
  for (let times = 0; times < 2; times += 1) {
    const { active, username, client_id, token_type, exp, iat } = await introspected(refresh_token);
    deepEqual([active, username, client_id, token_type], [true, 'ada', 'gatewarden', undefined]);
    ok(Number(exp) - Number(iat) > 86_400);
  }
  const again = await here.post('/oauth/token', { grant_type: 'refresh_token', refresh_token });
  equal(again.status, 200);
  deepEqual(await introspected(refresh_token), inactive);
});

test('an API token', async () => {
  const made = await here.gate.tokens.create('ada', { name: 'ci', role: 'viewer', scopes: ['gatewarden:read'] });
  const known = await introspected(made.ok ? made.value.token : '');
  deepEqual(
    [known.active, known.username, known.role, known.scope, known.token_type],
    [true, 'ada', 'viewer', 'gatewarden:read', 'Bearer'],
  );
  await here.gate.tokens.revoke('ada', 'ci');
  deepEqual(await introspected(made.ok ? made.value.token : ''), inactive);
});

test('what has ended: signed out, deactivated, disabled', async () => {
  const signedOut = await here.signIn('ada');
  await here.gate.sessions.endAll('ada');
  deepEqual([await introspected(signedOut.token), await introspected(signedOut.refresh_token)], [inactive, inactive]);
  await here.gate.users.create({ username: 'bob', password, role: 'user' });
  const { token, refresh_token } = await here.signIn('bob');
  await here.gate.users.edit('bob', { active: false });
  deepEqual([await introspected(token), await introspected(refresh_token)], [inactive, inactive]);
  const client = await here.client('gone');
  const own = await ownToken(client);
  equal((await introspected(own)).active, true);
  await here.gate.clients.edit('gone', { active: false });
  deepEqual(await introspected(own), inactive);
});

test('of a token that is none, all that is told is that it is not active', async () => {
  await using elsewhere = await authorizationServer();
  await elsewhere.gate.users.create({ username: 'ada', password, role: 'user' });
  const foreign = await elsewhere.signIn('ada');
  const { token } = await here.signIn('ada');
  const [head = '', , signature = ''] = token.split('.');
  const forged = `${head}.${Buffer.from(JSON.stringify({ sub: 'x' })).toString('base64url')}.${signature}`;
  for (const one of [foreign.token, foreign.refresh_token, forged, 'x', 'gwt_x', 'gwr_x', 'gws_x', '...', ' ', 'é']) {
    deepEqual(await introspected(one), inactive, one);
  }
  for (const hostile of ['a', '.', 'a.', 'gwr_', '%00', '{"']) {
    deepEqual(await introspected(hostile.repeat(32_768 / hostile.length)), inactive);
  }
});

test('a client’s secret is never a token', async () => deepEqual(await introspected(api.secret), inactive));

const refusals: readonly (readonly [why: string, by: () => Promise<Record<string, string>>, answer: string])[] = [
  ['nobody', async () => ({}), '401 invalid_client'],
  ['a client with a wrong secret', async () => basic({ id: 'api', secret: 'x' }), '401 invalid_client'],
  ['a client without the scope', async () => basic(await here.client('plain')), '403 insufficient_scope'],
  ['a token of one', async () => bearer(await ownToken(await here.client('plain-too'))), '403 insufficient_scope'],
  ['a bearer that is none', async () => bearer('x.y.z'), '401 invalid_token'],
];

for (const [why, by, expected] of refusals) {
  test(`${why} learns nothing: ${expected}`, async () => {
    const { token } = await here.signIn('ada');
    const answer = await here.post('/oauth/introspect', { token }, await by());
    equal(`${answer.status} ${answer.body.error}`, expected);
    ok(answer.headers.get('www-authenticate')?.startsWith('Bearer'));
    equal('active' in answer.body, false);
  });
}

test('a bearer with the scope may ask, a cookie may not', async () => {
  const { token } = await here.signIn('ada');
  const byBearer = await here.post('/oauth/introspect', { token }, bearer(await ownToken(api)));
  deepEqual([byBearer.status, byBearer.body.active], [200, true]);
  const signedIn = await fetch(`${here.issuer}/login`, {
    method: 'POST',
    headers: { origin: new URL(here.issuer).origin },
    body: new URLSearchParams({ username: 'ada', password }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  ok(cookie.startsWith('gatewarden='));
  const origin = new URL(here.issuer).origin;
  const byCookie = await here.post('/oauth/introspect', { token }, { cookie, origin });
  equal(`${byCookie.status} ${byCookie.body.error}`, '401 invalid_client');
});

test('a request without a token, or with two, is invalid', async () => {
  for (const form of ['', 'token=', 'token=a&token=b', 'token_type_hint=access_token']) {
    const answer = await here.post('/oauth/introspect', form, basic(api));
    equal(`${answer.status} ${answer.body.error}`, '400 invalid_request', form);
  }
});
