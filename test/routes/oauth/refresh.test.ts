import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, type Site, site } from '../site.ts';

type Json = Record<string, unknown>;

let here: Site;
before(async () => {
  here = await site();
  await here.gate.users.create({ username: 'ada', password, role: 'user' });
});
after(() => here[Symbol.asyncDispose]());

async function refreshToken(): Promise<string> {
  const answer = await here.client().json('/auth/api/v1/login', { username: 'ada', password });
  return String(((await answer.json()) as Json).refresh_token);
}

/** As a program sends it: no page of ours, so no Origin. */
const ask = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${here.address}/auth/oauth/token`, { method: 'POST', body: new URLSearchParams(fields), headers });

test('a refresh token gives a new pair, and is spent', async () => {
  const first = await refreshToken();
  const answer = await ask({ grant_type: 'refresh_token', refresh_token: first });
  equal(answer.headers.get('cache-control'), 'no-store');
  const pair = (await answer.json()) as Json;
  deepEqual([answer.status, pair.token_type], [200, 'Bearer']);
  equal(Number(pair.expires_in) > 3500 && Number(pair.expires_in) <= 3600, true);
  notEqual(pair.refresh_token, first);
  const headers = { authorization: `Bearer ${pair.access_token}` };
  equal((await here.client().send('/auth/api/v1/session', { headers })).status, 200);
  const again = await ask({ grant_type: 'refresh_token', refresh_token: first });
  deepEqual([again.status, ((await again.json()) as Json).error], [400, 'invalid_grant']);
});

const failures: readonly (readonly [string, Record<string, string>, number, string])[] = [
  ['no grant type', {}, 400, 'invalid_request'],
  ['another grant', { grant_type: 'password', username: 'ada', password }, 400, 'unsupported_grant_type'],
  ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
  ['nonsense for a refresh token', { grant_type: 'refresh_token', refresh_token: 'gwr_x' }, 400, 'invalid_grant'],
];

for (const [why, fields, status, error] of failures) {
  test(`${why}: ${error}`, async () => {
    const answer = await ask(fields);
    deepEqual([answer.status, ((await answer.json()) as Json).error], [status, error]);
  });
}

test('JSON is no form', async () => {
  const answer = await here.client().json('/auth/oauth/token', { grant_type: 'refresh_token' });
  deepEqual([answer.status, ((await answer.json()) as Json).error], [415, 'invalid_request']);
});

test('client credentials that are nobody’s are invalid_client', async () => {
  const headers = { authorization: `Basic ${btoa('id:secret')}` };
  const answer = await ask({ grant_type: 'refresh_token', refresh_token: await refreshToken() }, headers);
  deepEqual([answer.status, ((await answer.json()) as Json).error], [401, 'invalid_client']);
});

test('the keys that verify our tokens are public, and only their public halves', async () => {
  const { keys } = (await (await here.client().send('/auth/jwks.json')).json()) as { keys: Json[] };
  notEqual(keys.length, 0);
  for (const key of keys) equal('d' in key, false);
});
