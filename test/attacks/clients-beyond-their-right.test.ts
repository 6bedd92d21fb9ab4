import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  accessOf,
  askForToken,
  type Bearer,
  bearer,
  type Identity,
  newClient,
  statusesOf,
} from './client-identities.ts';
import { type Besieged, besieged, own } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged({
    scopes: 'deploy:write=operator,notes:read',
    rules: 'public * /public/**; user * /home/:self/**; operator * /operator/**; user * /**',
  });
});
after(() => here[Symbol.asyncDispose]());

const api = (path: string) => `${own}/api/v1/${path}`;
const all = (status: number) => here.fronts.map(() => status);
const scopes = ['gatewarden:read', 'gatewarden:write', 'gatewarden:admin'];

/** Ways in which a client ends, each after its access token was used. */
const endings: readonly (readonly [title: string, end: (client: Identity) => Promise<unknown>])[] = [
  ['is disabled', ({ id }) => here.gate.clients.edit(id, { active: false })],
  ['is deleted', ({ id }) => here.gate.clients.remove(id)],
  ['has its tokens ended', ({ id }) => here.gate.clients.edit(id, { endTokens: true })],
  ['gets a new secret that ends the others', ({ id }) => here.gate.clients.addSecret(id, { endOthers: true })],
];
for (const [title, end] of endings) {
  test(`an access token is refused everywhere once its client ${title}`, async () => {
    const client = await newClient(here, { role: 'user' });
    const access = await accessOf(here.gateway, client);
    for (const _ of [1, 2]) deepEqual(await statusesOf(here, access), all(200));
    await end(client);
    deepEqual(await statusesOf(here, access), all(401));
    deepEqual(await statusesOf(here, access, '/public/page'), all(401));
  });
}

test('an access token of a client that was disabled stays refused when the client is active again', async () => {
  const client = await newClient(here, { role: 'user' });
  const access = await accessOf(here.gateway, client);
  await here.gate.clients.edit(client.id, { active: false });
  await here.gate.clients.edit(client.id, { active: true });
  deepEqual(await statusesOf(here, access), all(401));
  deepEqual(await statusesOf(here, await accessOf(here.gateway, client)), all(200));
});

test('an access token holds what its client holds now: a lower role and fewer scopes count at the next request', async () => {
  const client = await newClient(here, { role: 'operator', scopes: ['deploy:write', ...scopes] });
  const access = await accessOf(here.gateway, client);
  deepEqual(await statusesOf(here, access, '/operator/desk'), all(200));
  await here.gate.clients.edit(client.id, { role: 'user' });
  deepEqual(await statusesOf(here, access, '/operator/desk'), all(403));
  await here.gate.clients.edit(client.id, { role: 'operator', scopes: ['deploy:write'] });
  equal((await here.gateway.ask(api('users'), { headers: access })).code, 'insufficient_scope');
});

test('a client is nobody’s self: not by its id, not by its name, not by a user who is called like it', async () => {
  await here.addUser('reports');
  const client = await newClient(here, { clientId: 'reports', name: 'reports', role: 'admin', scopes });
  const access = await accessOf(here.gateway, client);
  for (const name of ['reports', 'client:reports', 'client%3Areports', 'client']) {
    for (const front of [here.protect, here.gateway]) {
      equal((await front.ask(`/home/${name}/notes`, { headers: access })).status, 403, name);
    }
  }
  for (const [method, path, body] of [
    ['GET', 'tokens', undefined],
    ['POST', 'tokens', { name: 'mine' }],
    ['GET', 'sessions', undefined],
    ['PUT', 'account/password', { current_password: 'x', new_password: 'a lamp on nine pillows' }],
  ] as const) {
    const reply = body
      ? await here.gateway.json(method, api(path), body, access)
      : await here.gateway.ask(api(path), { method, headers: access });
    equal(reply.status, 403, `${method} ${path}: ${reply.text}`);
  }
});

describe('scopes only narrow', () => {
  const calls = [
    ['GET', 'users'],
    ['GET', 'clients'],
    ['GET', 'invitations'],
    ['GET', 'audit'],
  ] as const;

  test('an admin’s client without our scopes reaches nothing of our API', async () => {
    const access = await accessOf(here.gateway, await newClient(here, { role: 'admin', scopes: ['notes:read'] }));
    for (const front of here.fronts) {
      for (const [method, path] of calls) {
        const reply = await front.ask(api(path), { method, headers: access });
        deepEqual([reply.status, reply.code], [403, 'insufficient_scope'], path);
      }
    }
  });

  test('a scope lifts no role: a client that is a viewer now reads no user with the scope that it had', async () => {
    const client = await newClient(here, { role: 'admin', scopes });
    const access = await accessOf(here.gateway, client);
    equal((await here.gateway.ask(api('users'), { headers: access })).status, 200);
    await here.gate.clients.edit(client.id, { role: 'viewer' });
    for (const [method, path] of calls) {
      equal((await here.gateway.ask(api(path), { method, headers: access })).status, 403, path);
    }
  });

  test('a token asks for no scope that its client does not have, however it is written', async () => {
    const client = await newClient(here, { role: 'operator', scopes: ['notes:read'] });
    for (const scope of [
      'gatewarden:admin',
      'notes:read gatewarden:admin',
      'deploy:write',
      'notes:read  admin',
      '*',
      'admin',
    ]) {
      const reply = await askForToken(here.gateway, client, { grant_type: 'client_credentials', scope });
      deepEqual([reply.status, reply.code], [400, 'invalid_scope'], scope);
    }
  });

  test('a narrowed token stays narrow when its client gets more', async () => {
    const client = await newClient(here, { role: 'admin', scopes: ['notes:read', ...scopes] });
    const access = await accessOf(here.gateway, client, 'notes:read');
    equal((await here.gateway.ask(api('users'), { headers: access })).code, 'insufficient_scope');
    await here.gate.clients.edit(client.id, { scopes: ['notes:read', ...scopes, 'deploy:write'] });
    equal((await here.gateway.ask(api('users'), { headers: access })).code, 'insufficient_scope');
  });

  test('no client holds a scope that its role may not hold, or that is not declared', async () => {
    const made = await here.gate.clients.create({ name: 'greedy', role: 'user', scopes: ['deploy:write'] });
    const lowered = await newClient(here, { role: 'operator', scopes: ['deploy:write'] });
    const access = await accessOf(here.gateway, lowered);
    await here.gate.clients.edit(lowered.id, { role: 'user' });
    const said = JSON.parse((await here.gateway.ask(api('session'), { headers: access })).text) as { scopes: string[] };
    deepEqual([made.ok, said.scopes], [false, []]);
    equal((await here.gate.clients.create({ name: 'unknown', scopes: ['notes:write'] })).ok, false);
  });
});

describe('a client makes nothing above itself', () => {
  const inTwoMinutes = () => new Date(Date.now() + 120_000).toISOString();
  let operator: Bearer;
  let admin: Bearer;
  before(async () => {
    operator = await accessOf(
      here.gateway,
      await newClient(here, { role: 'operator', scopes: [...scopes, 'deploy:write'] }),
    );
    admin = await accessOf(here.gateway, await newClient(here, { role: 'admin', scopes }));
  });

  test('no user, no client, no token and no invitation as an operator', async () => {
    await here.addUser('victim', { role: 'user' });
    for (const [path, body] of [
      ['users', { username: 'planted', role: 'admin' }],
      ['clients', { name: 'planted', role: 'operator' }],
      ['users/victim/token', {}],
    ] as const) {
      equal((await here.gateway.json('POST', api(path), body, operator)).status, 403, path);
    }
    for (const role of ['operator', 'admin']) {
      const reply = await here.gateway.json('POST', api('invitations'), { role }, operator);
      ok([400, 403].includes(reply.status), `${role}: ${reply.status}`);
    }
  });

  test('no client with a scope that it does not hold itself', async () => {
    const held = await here.gateway.json(
      'POST',
      api('clients'),
      { name: 'ok', role: 'viewer', scopes: ['notes:read'] },
      admin,
    );
    ok([400, 403].includes(held.status), held.text);
    const less = await here.gateway.json(
      'POST',
      api('clients'),
      { name: 'less', role: 'viewer', scopes: ['gatewarden:read'] },
      admin,
    );
    equal(less.status, 201, less.text);
  });

  test('no client that outlives it', async () => {
    const expiresAt = Date.now() + 60_000;
    const short = await newClient(here, { role: 'admin', scopes, expiresAt });
    const access = await accessOf(here.gateway, short);
    const made = await here.gateway.json('POST', api('clients'), { name: 'heir', expires_at: inTwoMinutes() }, access);
    if (made.status === 201) ok(Date.parse(JSON.parse(made.text).expires_at) <= expiresAt);
    else ok([400, 403].includes(made.status), made.text);
    const never = await here.gateway.json('POST', api('clients'), { name: 'endless' }, access);
    equal(never.status, 201, never.text);
    ok(Date.parse(JSON.parse(never.text).expires_at) <= expiresAt);
  });

  test('a token that it minted for a user is refused once it is disabled, or has a lower role', async () => {
    await here.addUser('minted-for', { role: 'user' });
    for (const edit of [{ active: false }, { role: 'operator' }] as const) {
      const client = await newClient(here, { role: 'admin', scopes });
      const reply = await here.gateway.json(
        'POST',
        api('users/minted-for/token'),
        {},
        await accessOf(here.gateway, client),
      );
      equal(reply.status, 201, reply.text);
      const minted = bearer(JSON.parse(reply.text).token);
      deepEqual(await statusesOf(here, minted), all(200));
      await here.gate.clients.edit(client.id, edit);
      deepEqual(await statusesOf(here, minted), all(401));
    }
  });
});
