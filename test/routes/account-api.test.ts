import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, password, type Site, site } from './site.ts';

type Json = Record<string, unknown>;
type List = { items: Json[] };

let here: Site;
before(async () => {
  here = await site({ scopes: 'deploy:write=user' });
});
after(() => here[Symbol.asyncDispose]());

test('a sign-in of a program is a token that works until it is revoked', async () => {
  await here.gate.users.create({ username: 'prog', password, role: 'user' });
  const answer = await here.client().json('/auth/api/v1/login', { username: 'prog', password });
  const pair = (await answer.json()) as Json;
  deepEqual(Object.keys(pair).sort(), ['expires_at', 'refresh_token', 'role', 'token', 'token_type', 'user']);
  deepEqual([pair.token_type, pair.user, pair.role], ['Bearer', 'prog', 'user']);
  const headers = { authorization: `Bearer ${pair.token}` };
  const session = (await (await here.client().send('/auth/api/v1/session', { headers })).json()) as Json;
  deepEqual([session.via, session.user, session.mode], ['access-token', 'prog', 'sign-in']);
  equal((await here.client().send('/auth/api/v1/session', { method: 'DELETE', headers })).status, 204);
  match(await codeOf(await here.client().send('/auth/api/v1/session', { headers })), /^401 /);
});

test('a program needs no page of ours to sign in, another site’s page may not', async () => {
  await here.gate.users.create({ username: 'curl', password, role: 'user' });
  const init = { method: 'POST', body: JSON.stringify({ username: 'curl', password }) };
  const json = { 'content-type': 'application/json' };
  equal((await fetch(`${here.address}/auth/api/v1/login`, { ...init, headers: json })).status, 200);
  const headers = { ...json, origin: 'https://evil.example' };
  equal(await codeOf(await fetch(`${here.address}/auth/api/v1/login`, { ...init, headers })), '403 csrf_rejected');
});

test('wrong, unknown and waiting are refused with their codes', async () => {
  await here.gate.users.create({ username: 'waits', password, active: false });
  const login = (username: string, secret: string) =>
    here.client().json('/auth/api/v1/login', { username, password: secret }).then(codeOf);
  equal(await login('waits', 'wrong'), '401 invalid_credentials');
  equal(await login('nobody', password), '401 invalid_credentials');
  equal(await login('waits', password), '403 account_pending');
});

test('nobody is anonymous, a bad credential is 401', async () => {
  const anonymous = (await (await here.client().send('/auth/api/v1/session')).json()) as Json;
  deepEqual(
    [anonymous.authenticated, anonymous.kind, anonymous.user, anonymous.via],
    [false, 'anonymous', null, 'none'],
  );
  const bad = await here.client().send('/auth/api/v1/session', { headers: { authorization: 'Bearer nonsense' } });
  match(bad.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/);
  equal(await codeOf(bad), '401 invalid_token');
});

test('one sees where one is signed in, and ends one of them', async () => {
  const one = await here.signedIn('many', 'viewer');
  const other = here.client();
  await other.form('/auth/login', { username: 'many', password });
  const { items } = (await (await one.send('/auth/api/v1/sessions')).json()) as List;
  deepEqual(items.map((item) => item.current).sort(), [false, true]);
  const elsewhere = items.find((item) => !item.current);
  equal((await one.send(`/auth/api/v1/sessions/${elsewhere?.id}`, { method: 'DELETE' })).status, 204);
  equal((await other.send('/auth/api/v1/session')).status, 401);
  equal((await one.send('/auth/api/v1/session')).status, 200);
  equal((await one.send(`/auth/api/v1/sessions/${elsewhere?.id}`, { method: 'DELETE' })).status, 204);
  equal(await codeOf(await one.send(`/auth/api/v1/sessions/${'x'.repeat(43)}`, { method: 'DELETE' })), '404 not_found');
});

test('nobody ends another’s session', async () => {
  const victim = await here.signedIn('victim', 'viewer');
  const { items } = (await (await victim.send('/auth/api/v1/sessions')).json()) as List;
  const eve = await here.signedIn('eve', 'admin');
  equal(await codeOf(await eve.send(`/auth/api/v1/sessions/${items[0]?.id}`, { method: 'DELETE' })), '404 not_found');
  equal((await victim.send('/auth/api/v1/session')).status, 200);
});

test('a token is made with the password, shown once, listed without itself, and revoked', async () => {
  const tom = await here.signedIn('tom', 'user');
  const wanted = { name: 'ci', scopes: ['deploy:write'], expires_at: '2099-01-01T00:00:00Z' };
  equal(await codeOf(await tom.json('/auth/api/v1/tokens', wanted)), '403 confirmation_required');
  const wrong = { ...wanted, current_password: 'wrong' };
  equal(await codeOf(await tom.json('/auth/api/v1/tokens', wrong)), '403 confirmation_required');
  const made = await tom.json('/auth/api/v1/tokens', { ...wanted, current_password: password });
  equal(made.status, 201);
  const { token, expires_at } = (await made.json()) as Json;
  match(String(token), /^gwt_[A-Za-z0-9]{36}$/);
  equal(expires_at, '2099-01-01T00:00:00.000Z');
  const { items } = (await (await tom.send('/auth/api/v1/tokens')).json()) as List;
  deepEqual(
    items.map((item) => [item.name, item.token]),
    [['ci', undefined]],
  );
  const headers = { authorization: `Bearer ${token}` };
  const seen = (await (await here.client().send('/auth/api/v1/session', { headers })).json()) as Json;
  deepEqual([seen.via, seen.scopes], ['api-token', ['deploy:write']]);
  equal(await codeOf(await here.client().send('/auth/api/v1/tokens', { headers })), '403 insufficient_scope');
  const gone = await tom.json('/auth/api/v1/tokens/ci', { current_password: password }, { method: 'DELETE' });
  equal(gone.status, 204);
  equal((await here.client().send('/auth/api/v1/session', { headers })).status, 401);
});

test('a token’s name that is taken and a scope that nobody declared are refused', async () => {
  const tim = await here.signedIn('tim', 'user');
  const make = (more: object) =>
    tim.json('/auth/api/v1/tokens', { name: 'a', current_password: password, ...more }).then(codeOf);
  notEqual(await make({}), '409 conflict');
  equal(await make({}), '409 conflict');
  equal(await make({ name: 'b', scopes: ['made:up'] }), '400 validation_failed');
  equal(await make({ name: 'c', role: 'admin' }), '400 validation_failed');
});

test('a fresh access token needs no confirmation: no script of an upstream has it', async () => {
  const headers = await here.bearer('bea', 'user');
  equal((await here.client().json('/auth/api/v1/tokens', { name: 'x' }, { headers })).status, 201);
});

test('a new password ends the other sessions, not one’s own', async () => {
  const pat = await here.signedIn('pat', 'user');
  const other = here.client();
  await other.form('/auth/login', { username: 'pat', password });
  const put = (body: object) => pat.json('/auth/api/v1/account/password', body, { method: 'PUT' });
  equal(
    await codeOf(await put({ current_password: 'wrong', new_password: 'a quite new secret' })),
    '403 confirmation_required',
  );
  const weak = (await (await put({ current_password: password, new_password: 'short' })).json()) as {
    errors: Json[];
  };
  deepEqual(
    weak.errors.map((one) => one.field),
    ['new_password'],
  );
  equal((await put({ current_password: password, new_password: 'a quite new secret' })).status, 204);
  equal((await pat.send('/auth/api/v1/session')).status, 200);
  equal((await other.send('/auth/api/v1/session')).status, 401);
  const again = await here.client().json('/auth/api/v1/login', { username: 'pat', password: 'a quite new secret' });
  equal(again.status, 200);
});
