import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentSite } from '../silent-site.ts';
import {
  type AuthorizationServer,
  authorizationServer,
  basic,
  type ClientSecret,
  type Json,
  password,
} from './server.ts';

let here: AuthorizationServer;
let ci: ClientSecret;
let other: ClientSecret;
before(async () => {
  here = await authorizationServer({ passwordGrant: true });
  [ci, other] = [await here.client('ci', { scopes: ['gatewarden:read'] }), await here.client('other')];
  await here.gate.users.create({ username: 'ada', password, role: 'user' });
});
after(() => here[Symbol.asyncDispose]());

const revoke = async (token: string, by: Record<string, string> = {}, more: Record<string, string> = {}) => {
  const { status, body } = await here.post('/oauth/revoke', { token, ...more }, by);
  return [status, body.error].filter(Boolean).join(' ');
};

async function isAlive(token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${here.issuer}/api/v1/session`, { headers })).status === 200;
}

const refreshes = async (refresh_token: string, by: Record<string, string> = {}): Promise<boolean> =>
  (await here.post('/oauth/token', { grant_type: 'refresh_token', refresh_token }, by)).status === 200;

async function ownToken(client: ClientSecret): Promise<string> {
  const answer = await here.post('/oauth/token', { grant_type: 'client_credentials' }, basic(client));
  return String(answer.body.access_token);
}

async function byPassword(client: ClientSecret) {
  const form = { grant_type: 'password', username: 'ada', password };
  const { body } = await here.post('/oauth/token', form, basic(client));
  return { token: String(body.access_token), refresh_token: String(body.refresh_token) };
}

test('a refresh token ends the session, with its access token', async () => {
  const { token, refresh_token } = await here.signIn('ada');
  equal(await revoke(refresh_token, {}, { client_id: 'gatewarden', token_type_hint: 'access_token' }), '200');
  deepEqual([await isAlive(token), await refreshes(refresh_token)], [false, false]);
  equal(await revoke(refresh_token), '200');
});

test('an access token of a user ends the session, with its refresh token, and again', async () => {
  const { token, refresh_token } = await here.signIn('ada');
  const another = await here.signIn('ada');
  equal(await revoke(token), '200');
  deepEqual([await isAlive(token), await refreshes(refresh_token), await isAlive(another.token)], [false, false, true]);
  equal(await revoke(token), '200');
});

test('a spent refresh token ends the session as well', async () => {
  const { refresh_token } = await here.signIn('ada');
  const { body } = await here.post('/oauth/token', { grant_type: 'refresh_token', refresh_token });
  equal(await revoke(refresh_token), '200');
  deepEqual([await isAlive(String(body.access_token)), await refreshes(String(body.refresh_token))], [false, false]);
});

test('a client ends one access token of its own, and no other', async () => {
  const [first, second] = [await ownToken(ci), await ownToken(ci)];
  equal(await revoke(first, basic(ci)), '200');
  deepEqual([await isAlive(first), await isAlive(second)], [false, true]);
  equal(await revoke(first, basic(ci)), '200');
});

test('the token of another client is refused, and lives on', async () => {
  const own = await ownToken(ci);
  const { token, refresh_token } = await byPassword(ci);
  for (const one of [own, token, refresh_token]) {
    equal(await revoke(one, basic(other)), '400 invalid_grant');
    equal(await revoke(one), '400 invalid_grant');
  }
  deepEqual([await isAlive(own), await isAlive(token)], [true, true]);
  const people = await here.signIn('ada');
  for (const one of [people.token, people.refresh_token]) equal(await revoke(one, basic(ci)), '400 invalid_grant');
  equal(await isAlive(people.token), true);
  equal(await revoke(refresh_token, basic(ci)), '200');
  deepEqual([await isAlive(token), await refreshes(refresh_token, basic(ci))], [false, false]);
});

test('who is no client ends nothing', async () => {
  const { token } = await here.signIn('ada');
  for (const by of [basic({ id: 'ci', secret: 'x' }), basic({ id: 'nobody', secret: 'x' })]) {
    equal(await revoke(token, by), '401 invalid_client');
  }
  equal(await isAlive(token), true);
});

test('an API token is of a type that is not revoked here', async () => {
  const made = await here.gate.tokens.create('ada', { name: 'ci' });
  ok(made.ok);
  equal(await revoke(made.value.token), '400 unsupported_token_type');
  equal(await isAlive(made.value.token), true);
});

test('a token that is unknown, or none, is revoked already', async () => {
  for (const one of ['x', 'gwr_x', 'x.y.z', '...', 'é', 'a'.repeat(32_768), 'gwr_'.repeat(8_192), '.'.repeat(32_768)]) {
    equal(await revoke(one), '200');
  }
});

test('a request without a token, or with two, is invalid', async () => {
  for (const form of ['', 'token=', 'token=a&token=b']) {
    const answer = await here.post('/oauth/revoke', form);
    equal(`${answer.status} ${answer.body.error}`, '400 invalid_request', form);
  }
});

test('each end is recorded, once, with who was meant', async () => {
  await using own = await authorizationServer();
  await own.gate.users.create({ username: 'ada', password, role: 'user' });
  const client = await own.client('ci');
  const { token } = await own.signIn('ada');
  const { refresh_token } = await own.signIn('ada');
  const granted = await own.post('/oauth/token', { grant_type: 'client_credentials' }, basic(client));
  for (let times = 0; times < 2; times += 1) {
    await own.post('/oauth/revoke', { token });
    await own.post('/oauth/revoke', { token: refresh_token });
    await own.post('/oauth/revoke', { token: String(granted.body.access_token) }, basic(client));
  }
  const { items } = await own.gate.audit.list({ event: 'token.revoked' });
  deepEqual(items.map(({ actor, outcome }) => `${actor} ${outcome}`).sort(), ['ada ok', 'ada ok', 'client:ci ok']);
});

test('an end that cannot be told is 503, stands all the same, and is told when the request is repeated', async () => {
  await using site = await silentSite(() => undefined);
  await site.gate.users.create({ username: 'ada', password, role: 'user' });
  const made = await site.gate.clients.create({ clientId: 'ci', name: 'ci' });
  const client = { client_id: 'ci', client_secret: made.ok ? made.value.secret : '' };
  const post = (path: string, form: Record<string, string>) => site.client().form(`/auth/oauth/${path}`, form);
  const signedIn = async () =>
    (await (await site.client().json('/auth/api/v1/login', { username: 'ada', password })).json()) as Json;
  const granted = (await (await post('token', { ...client, grant_type: 'client_credentials' })).json()) as Json;
  const forms = [
    { token: String((await signedIn()).token) },
    { token: String((await signedIn()).refresh_token) },
    { ...client, token: String(granted.access_token) },
  ];
  for (const form of forms) {
    site.bus.mute = true;
    const answer = await post('revoke', form);
    const body = (await answer.json()) as Json;
    deepEqual([answer.status, body.error, body.applied], [503, 'temporarily_unavailable', true]);
    ok(Number(answer.headers.get('retry-after')) > 0);
    site.bus.mute = false;
    const told = site.bus.told.length;
    equal((await post('revoke', form)).status, 200);
    ok(site.bus.told.length > told);
    if (form.token.startsWith('gwr_')) continue;
    const headers = { authorization: `Bearer ${form.token}` };
    equal((await site.client().send('/auth/api/v1/session', { headers })).status, 401);
  }
});
