import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Client } from '../support/http.ts';
import { codeOf, password, type Site, site } from './site.ts';

type Json = Record<string, unknown>;
type Headers = Readonly<Record<string, string>>;

const proven = { current_password: password };
const own = ['gatewarden:read', 'gatewarden:write', 'gatewarden:admin'];

let here: Site;
let ada: Client;
let fresh: Headers;
before(async () => {
  here = await site({ scopes: 'deploy:write=operator' });
  ada = await here.signedIn('ada', 'admin');
  fresh = await here.bearer('amy', 'admin');
});
after(() => here[Symbol.asyncDispose]());

let serial = 0;
let id: string;
beforeEach(() => {
  id = `client-${++serial}`;
});

const call = (method: string, path: string, headers: Headers, body?: Json) =>
  body === undefined
    ? here.client().send(`/auth/api/v1/${path}`, { method, headers })
    : here.client().json(`/auth/api/v1/${path}`, body, { method, headers });

async function answered(response: Response, status: number): Promise<Json> {
  const text = await response.text();
  equal(response.status, status, text);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

const basic = (secret: unknown, clientId = id): Headers => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
});

async function tokenFor(secret: unknown, clientId = id): Promise<Headers> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const granted = await here
    .client()
    .send('/auth/oauth/token', { method: 'POST', body, headers: basic(secret, clientId) });
  const { access_token } = await answered(granted, 200);
  return { authorization: `Bearer ${access_token}` };
}

/** A client of this test, and an access token of it. */
async function newClient(more: Json = {}, by: Headers = fresh): Promise<Headers> {
  const wanted = { client_id: id, name: 'x', role: 'admin', scopes: own, ...more };
  const { client_secret } = await answered(await call('POST', 'clients', by, wanted), 201);
  return tokenFor(client_secret, String(wanted.client_id));
}

describe('clients over the API', () => {
  it('are made, read, changed, given another secret and deleted', async () => {
    const wanted = { client_id: id, name: 'Builds', role: 'operator', scopes: ['deploy:write'], ...proven };
    const answer = await ada.json('/auth/api/v1/clients', wanted);
    equal(answer.headers.get('location'), `/auth/api/v1/clients/${id}`);
    equal(answer.headers.get('cache-control'), 'no-store');
    const { client_secret, ...made } = await answered(answer, 201);
    match(String(client_secret), /^gws_[0-9A-Za-z]{36}$/);
    deepEqual(
      { ...made, secrets: (made.secrets as Json[]).length, created_at: typeof made.created_at },
      {
        ...{ client_id: id, name: 'Builds', role: 'operator', scopes: ['deploy:write'], active: true, secrets: 1 },
        ...{ created_at: 'string', updated_at: made.created_at, last_used_at: null, expires_at: null },
      },
    );
    deepEqual(await answered(await call('GET', `clients/${id}`, fresh), 200), made);
    const edited = await answered(await call('PATCH', `clients/${id}`, fresh, { name: 'Other' }), 200);
    deepEqual([edited.name, edited.role], ['Other', 'operator']);
    const second = await answered(await call('POST', `clients/${id}/secret`, fresh, {}), 201);
    equal((second.secrets as Json[]).length, 2);
    for (const secret of [client_secret, second.client_secret]) await tokenFor(secret);
    const one = await answered(await call('PATCH', `clients/${id}`, fresh, { end_older_secrets: true }), 200);
    equal((one.secrets as Json[]).length, 1);
    await tokenFor(second.client_secret);
    const old = new URLSearchParams({ grant_type: 'client_credentials' });
    const refused = { method: 'POST', body: old, headers: basic(client_secret) };
    equal((await here.client().send('/auth/oauth/token', refused)).status, 401);
    equal((await call('DELETE', `clients/${id}`, fresh)).status, 204);
    equal((await call('DELETE', `clients/${id}`, fresh)).status, 204);
    equal(await codeOf(await call('GET', `clients/${id}`, fresh)), '404 not_found');
    equal(await codeOf(await call('POST', 'clients', fresh, { client_id: id, name: 'x' })), '409 conflict');
  });

  const calls: [method: string, path: () => string, body?: Json][] = [
    ['GET', () => 'clients'],
    ['POST', () => 'clients', { name: 'x' }],
    ['GET', () => `clients/${id}`],
    ['PATCH', () => `clients/${id}`, { name: 'x' }],
    ['DELETE', () => `clients/${id}`, {}],
    ['POST', () => `clients/${id}/secret`, {}],
  ];
  for (const [method, path, body] of calls) {
    it(`are for admins with the scope: ${method} ${path().replace('undefined', '…')}`, async () => {
      equal(await codeOf(await call(method, path(), {}, body)), '401 missing_credential');
      const operator = await here.bearer(`op${++serial}`, 'operator');
      equal(await codeOf(await call(method, path(), operator, body)), '403 insufficient_role');
      const reads = await newClient({ scopes: ['gatewarden:read', 'gatewarden:write'] });
      equal(await codeOf(await call(method, path(), reads, body)), '403 insufficient_scope');
      const viewer = await newClient({ client_id: `v-${id}`, role: 'operator' });
      equal(await codeOf(await call(method, path(), viewer, body)), '403 insufficient_role');
    });
  }

  it('need the current password with a cookie, and none with the token of a client', async () => {
    const asked = await ada.json('/auth/api/v1/clients', { client_id: id, name: 'x' });
    equal(await codeOf(asked), '403 confirmation_required');
    const client = await newClient();
    await answered(await call('POST', 'clients', client, { client_id: `c-${id}`, name: 'x' }), 201);
    await answered(await call('PATCH', `clients/c-${id}`, client, { role: 'user' }), 200);
    await answered(await call('POST', `clients/c-${id}/secret`, client, {}), 201);
    await answered(await call('DELETE', `clients/c-${id}`, client, {}), 204);
  });

  it('cannot be called beyond the body: other fields, other types', async () => {
    const wrong: Json[] = [
      { name: 1 },
      { name: 'x', secret: 'mine' },
      { name: 'x', client_secret: 'mine' },
      { name: 'x', active: false },
      { name: 'x', makers: [] },
      { name: 'x', epoch: 9 },
      { name: 'x', scopes: 'deploy:write' },
      { name: 'x', scopes: [{ $ne: '' }] },
      { name: 'x', expires_at: 'tomorrow' },
      { name: 'x', role: { $gt: '' } },
    ];
    for (const body of wrong) equal(await codeOf(await call('POST', 'clients', fresh, body)), '400 validation_failed');
    equal(await codeOf(await call('PATCH', `clients/${id}`, fresh, { expires_at: null })), '400 validation_failed');
    equal(await codeOf(await call('PATCH', 'clients/A%20B', fresh, {})), '404 not_found');
  });
});

describe('a client that calls', () => {
  it('is told who it is', async () => {
    const client = await newClient({ role: 'operator', scopes: ['deploy:write', 'gatewarden:read'] });
    const { expires_at, ...state } = await answered(await call('GET', 'session', client), 200);
    deepEqual(state, {
      ...{ authenticated: true, mode: 'sign-in', kind: 'client', user: `client:${id}`, role: 'operator' },
      ...{ scopes: ['gatewarden:read', 'deploy:write'], via: 'access-token' },
    });
    ok(typeof expires_at === 'string');
  });

  it('revokes its own token, again and again, and no other one', async () => {
    const { client_secret } = await answered(
      await call('POST', 'clients', fresh, { client_id: id, name: 'x', role: 'user', scopes: own.slice(0, 2) }),
      201,
    );
    const [one, other] = [await tokenFor(client_secret), await tokenFor(client_secret)];
    for (let times = 0; times < 3; times += 1) equal((await call('DELETE', 'session', one)).status, 204);
    equal(await codeOf(await call('GET', 'session', one)), '401 token_revoked');
    equal((await call('GET', 'session', other)).status, 200);
    const { items } = await here.gate.audit.list({ event: 'token.revoked', limit: 5 });
    deepEqual(
      items.filter(({ subject }) => subject === `client:${id}`).map(({ actor, outcome }) => [actor, outcome]),
      [[`client:${id}`, 'ok']],
    );
  });

  it('has no sessions, no API tokens and no password', async () => {
    const client = await newClient();
    const personal: [method: string, path: string, body?: Json][] = [
      ['GET', 'sessions'],
      ['DELETE', 'sessions/x'],
      ['GET', 'tokens'],
      ['POST', 'tokens', { name: 'x' }],
      ['DELETE', 'tokens/x', {}],
      ['PUT', 'account/password', { current_password: password, new_password: 'another lamp among herons' }],
    ];
    for (const [method, path, body] of personal) {
      equal(await codeOf(await call(method, path, client, body)), '403 insufficient_role', `${method} ${path}`);
    }
  });

  it('manages users with its scope, as far as its role goes', async () => {
    const client = await newClient();
    const username = `made-by-${id}`;
    await answered(await call('POST', 'users', client, { username, password, role: 'user' }), 201);
    const { token } = await answered(await call('POST', `users/${username}/token`, client, {}), 201);
    const minted = { authorization: `Bearer ${token}` };
    equal((await answered(await call('GET', 'session', minted), 200)).user, username);
    equal(await codeOf(await call('POST', 'tokens', minted, { name: 'x' })), '403 confirmation_required');
    await answered(await call('PATCH', `clients/${id}`, fresh, { role: 'operator' }), 200);
    equal(await codeOf(await call('GET', 'session', minted)), '401 token_revoked');
    await answered(await call('PATCH', `clients/${id}`, fresh, { role: 'admin' }), 200);
    equal(await codeOf(await call('GET', 'session', minted)), '401 token_revoked');
  });

  it('is named by its id in the audit log', async () => {
    const client = await newClient();
    await answered(await call('POST', 'clients', client, { client_id: `c-${id}`, name: 'x' }), 201);
    const { items } = await here.gate.audit.list({ event: 'client.changed', limit: 1 });
    deepEqual(
      items.map(({ actor, via, subject, detail }) => [actor, via, subject, detail]),
      [[`client:${id}`, 'access-token', `client:c-${id}`, { action: 'created', role: 'viewer' }]],
    );
  });

  it('beside a cookie of a person is two principals: 400', async () => {
    const client = await newClient();
    const both = await ada.send('/auth/api/v1/session', { headers: { ...client } });
    equal(await codeOf(both), '400 malformed_credential');
  });

  it('deactivates itself, and repeats it no more', async () => {
    const client = await newClient();
    await answered(await call('PATCH', `clients/${id}`, client, { active: false }), 200);
    equal(await codeOf(await call('PATCH', `clients/${id}`, client, { active: true })), '401 token_revoked');
  });
});
