import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AuthorizationServer, authorizationServer, basic, type ClientSecret, password } from './server.ts';

let here: AuthorizationServer;
let ci: ClientSecret;
before(async () => {
  here = await authorizationServer({ passwordGrant: true, scopes: 'report:read,deploy:write=operator' });
  ci = await here.client('ci');
  await here.gate.users.create({ username: 'ada', password, role: 'user' });
  await here.gate.users.create({ username: 'new', password, active: false });
});
after(() => here[Symbol.asyncDispose]());

const ask = (more: Record<string, string> = {}, by: Record<string, string> = {}) =>
  here.post('/oauth/token', { grant_type: 'password', username: 'ada', password, ...more }, by);

test('a name and a password give tokens, with a client or without one', async () => {
  for (const by of [{}, basic(ci)]) {
    const { status, body } = await ask({}, by);
    deepEqual([status, body.token_type, typeof body.refresh_token], [200, 'Bearer', 'string']);
  }
});

const refused: readonly (readonly [why: string, more: Record<string, string>, answer: string])[] = [
  ['a wrong password', { password: 'wrong' }, '400 invalid_grant'],
  ['an unknown user', { username: 'nobody' }, '400 invalid_grant'],
  ['a user who waits for activation', { username: 'new' }, '400 invalid_grant'],
  ['no user', { username: '' }, '400 invalid_request'],
  ['no password', { password: '' }, '400 invalid_request'],
  ['a scope that is beyond the user', { scope: 'deploy:write' }, '400 invalid_scope'],
  ['a scope that nobody declared', { scope: 'other' }, '400 invalid_scope'],
  ['a wrong client', { client_id: 'ci', client_secret: 'x' }, '401 invalid_client'],
  ['a client without its secret', { client_id: 'ci' }, '401 invalid_client'],
];

for (const [why, more, expected] of refused) {
  test(`${why}: ${expected}`, async () => {
    const answer = await ask(more);
    equal(`${answer.status} ${answer.body.error}`, expected);
  });
}

test('the scopes that were granted hold for what is refreshed, too', async () => {
  const first = await ask({ scope: 'report:read' });
  equal(first.body.scope, 'report:read');
  const refresh = (more: Record<string, string>) =>
    here.post('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(first.body.refresh_token),
      ...more,
    });
  const wider = await refresh({ scope: 'report:read gatewarden:write' });
  equal(`${wider.status} ${wider.body.error}`, '400 invalid_scope');
  const second = await refresh({});
  deepEqual([second.status, second.body.scope], [200, 'report:read']);
  const headers = { authorization: `Bearer ${second.body.access_token}` };
  const session = (await (await fetch(`${here.issuer}/api/v1/session`, { headers })).json()) as { scopes: string[] };
  deepEqual(session.scopes, ['report:read']);
});

test('wrong passwords count with those of other doors: 429 with a wait', async () => {
  await using own = await authorizationServer({ passwordGrant: true });
  await own.gate.users.create({ username: 'bob', password, role: 'user' });
  const form = { grant_type: 'password', username: 'bob', password: 'wrong' };
  for (let times = 0; times < 5; times += 1) equal((await own.post('/oauth/token', form)).status, 400);
  const limited = await own.post('/oauth/token', { ...form, password });
  equal(`${limited.status} ${limited.body.error}`, '429 temporarily_unavailable');
  ok(Number(limited.headers.get('retry-after')) > 0);
});

test('a password in the query is read by nobody', async () => {
  const query = String(new URLSearchParams({ username: 'ada', password }));
  const answer = await here.post(`/oauth/token?${query}`, { grant_type: 'password' });
  equal(`${answer.status} ${answer.body.error}`, '400 invalid_request');
});
