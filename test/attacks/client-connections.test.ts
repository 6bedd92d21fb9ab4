import { equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gatewayTo, password, type TestGateway } from '../gateway/started.ts';
import { startLegacyApp } from '../support/installation.ts';
import { type Credential, closedWithin, type Held, heldOpen } from './held.ts';

let legacy: Awaited<ReturnType<typeof startLegacyApp>>;
let gateway: TestGateway;
let boss: Credential;
let bystander: readonly Held[];
before(async () => {
  legacy = await startLegacyApp();
  gateway = await gatewayTo(legacy.url);
  boss = await gateway.bearer('boss', 'admin');
  bystander = await heldOpen(gateway.url, await client('bystander', 'user'));
});
after(async () => {
  for (const one of bystander) one.letGo();
  await gateway[Symbol.asyncDispose]();
  await legacy[Symbol.asyncDispose]();
});

const call = (method: string, path: string, body: object | undefined, headers: Credential) =>
  fetch(`${gateway.url}/_gatewarden/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const allowed = ['gatewarden:read', 'gatewarden:write', 'gatewarden:admin'];

/** A new client's access token, as a header. */
async function client(client_id: string, role: string, by: Credential = boss): Promise<Credential> {
  const scopes = role === 'admin' ? allowed : allowed.slice(0, 2);
  const made = await call('POST', 'clients', { client_id, name: client_id, role, scopes }, by);
  equal(made.status, 201, 'the client is made');
  const { client_secret: secret } = (await made.json()) as { client_secret: string };
  const authorization = `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const granted = await fetch(`${gateway.url}/_gatewarden/oauth/token`, {
    method: 'POST',
    body,
    headers: { authorization },
  });
  equal(granted.status, 200, 'the token is granted');
  const { access_token: token } = (await granted.json()) as { access_token: string };
  return { authorization: `Bearer ${token}` };
}

const edit = (clientId: string, body: object) => call('PATCH', `clients/${clientId}`, body, boss);

const ends: Readonly<Record<string, (clientId: string, token: Credential) => Promise<Response>>> = {
  'a lower role': (clientId) => edit(clientId, { role: 'viewer' }),
  'a higher role': (clientId) => edit(clientId, { role: 'operator' }),
  deactivation: (clientId) => edit(clientId, { active: false }),
  'the end of its tokens': (clientId) => edit(clientId, { end_tokens: true }),
  'a secret that ended the others': (clientId) =>
    call('POST', `clients/${clientId}/secret`, { end_others: true }, boss),
  deletion: (clientId) => call('DELETE', `clients/${clientId}`, {}, boss),
  'the revocation of its token': (_, token) => call('DELETE', 'session', undefined, token),
};

let serial = 0;
for (const [name, end] of Object.entries(ends)) {
  test(`a client listens on after ${name}`, async () => {
    const id = `listener-${++serial}`;
    const token = await client(id, 'user');
    const all = await heldOpen(gateway.url, token);
    equal((await end(id, token)).ok, true);
    await closedWithin(1000, all);
  });
}

test('a client listens on after the one that made it was deactivated, and a user with what that one minted', async () => {
  const maker = await client('maker', 'admin');
  const made = await client('made', 'user', maker);
  equal((await call('POST', 'users', { username: 'eve', password, role: 'user' }, boss)).status, 201);
  const minted = await call('POST', 'users/eve/token', {}, maker);
  equal(minted.status, 201, 'the token is minted');
  const { token } = (await minted.json()) as { token: string };
  const all = await Promise.all([made, { authorization: `Bearer ${token}` }].map((one) => heldOpen(gateway.url, one)));
  equal((await edit('maker', { active: false })).status, 200);
  await closedWithin(1000, all.flat());
});

test('another name or more scopes end no connection', async () => {
  const all = await heldOpen(gateway.url, await client('stays', 'user'));
  equal((await edit('stays', { name: 'Other', scopes: [] })).status, 200);
  equal((await call('POST', 'clients/stays/secret', {}, boss)).status, 201);
  equal(
    all.every((one) => one.open),
    true,
  );
  for (const one of all) one.letGo();
});

test('all this while another client listens undisturbed', () => {
  equal(
    bystander.every((one) => one.open),
    true,
  );
});
