import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { accessOf, basic, bearer, type Identity, newClient, statusesOf } from './client-identities.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
let checker: Identity;
before(async () => {
  here = await besieged();
  checker = await newClient(here, { scopes: ['gatewarden:introspect'] });
});
after(() => here[Symbol.asyncDispose]());

type Pair = Readonly<{ token: string; refresh_token: string }>;

let serial = 0;
async function signedIn(role = 'user'): Promise<Pair & { username: string }> {
  const username = `person-${++serial}`;
  await here.addUser(username, { role });
  const reply = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
  return { username, ...(JSON.parse(reply.text) as Pair) };
}

const introspect = (identity: Identity, token: string, front: Front = here.gateway) =>
  front.form(`${own}/oauth/introspect`, { token }, basic(identity));
const revoke = (identity: Identity, token: string, front: Front = here.gateway) =>
  front.form(`${own}/oauth/revoke`, { token }, basic(identity));
const tokenOf = async (identity: Identity) =>
  (await accessOf(here.gateway, identity)).authorization.replace('Bearer ', '');

describe('introspection', () => {
  test('by a client or a token without the scope, by a cookie and by nobody tells nothing', async () => {
    const { token, username } = await signedIn('admin');
    const plain = await newClient(here, { role: 'admin', scopes: ['gatewarden:admin', 'gatewarden:read'] });
    const narrow = await here.gate.tokens.create(username, { name: 'narrow', scopes: ['gatewarden:admin'] });
    ok(narrow.ok);
    const cookie = await here.gateway.signIn(username);
    const asking: readonly (readonly [status: number, headers: Record<string, string>])[] = [
      [403, basic(plain)],
      [403, bearer(await tokenOf(plain))],
      [403, bearer(narrow.value.token)],
      [401, { cookie }],
      [401, {}],
    ];
    for (const front of here.fronts) {
      for (const [status, headers] of asking) {
        const reply = await front.form(`${own}/oauth/introspect`, { token }, { origin: front.url, ...headers });
        deepEqual([reply.status, reply.text.includes('active')], [status, false], reply.text);
      }
    }
  });

  test('after the scope was taken away tells nothing', async () => {
    const client = await newClient(here, { scopes: ['gatewarden:introspect'] });
    const { token } = await signedIn();
    equal(JSON.parse((await introspect(client, token)).text).active, true);
    await here.gate.clients.edit(client.id, { scopes: [] });
    equal((await introspect(client, token)).status, 403);
  });

  test('of what is not valid now tells {"active":false} and nothing more', async () => {
    const [out, off, gone] = [await signedIn(), await signedIn(), await signedIn()];
    await here.gateway.ask(`${own}/api/v1/session`, { method: 'DELETE', headers: bearer(out.token) });
    await here.gate.users.edit(off.username, { active: false });
    await here.gate.users.remove(gone.username);
    const client = await newClient(here);
    const ofClient = await tokenOf(client);
    await here.gate.clients.edit(client.id, { active: false });
    const altered = `${out.token.slice(0, -4)}AAAA`;
    const invented = ['', 'x', 'gwt_x', 'gwr_x', 'a.b.c', '{}', '\u0000', 'e'.repeat(8000)];
    for (const token of [out.token, off.token, gone.token, ofClient, altered, checker.secret, ...invented]) {
      const reply = await introspect(checker, token);
      if (token === '') ok([200, 400].includes(reply.status));
      else deepEqual([reply.status, JSON.parse(reply.text)], [200, { active: false }], token.slice(0, 40));
    }
  });

  test('does not lengthen, use or spend what it is asked about', async () => {
    const { refresh_token } = await signedIn();
    for (let at = 0; at < 3; at += 1) await introspect(checker, refresh_token);
    const again = await here.gateway.form(`${own}/oauth/token`, { grant_type: 'refresh_token', refresh_token });
    equal(again.status, 200);
  });

  test('takes no token from the URL, and no GET', async () => {
    const { token } = await signedIn();
    const inUrl = await here.gateway.form(`${own}/oauth/introspect?token=${token}`, {}, basic(checker));
    equal(inUrl.text.includes('"active":true'), false);
    equal((await here.gateway.ask(`${own}/oauth/introspect?token=${token}`, { headers: basic(checker) })).status, 405);
  });
});

describe('revocation of another’s token', () => {
  test('by a client does nothing, whatever the token is', async () => {
    const [thief, other] = [await newClient(here, { role: 'admin' }), await newClient(here, { role: 'user' })];
    const person = await signedIn();
    const made = await here.gate.tokens.create(person.username, { name: 'mine' });
    ok(made.ok);
    const victims = [await tokenOf(other), person.token, made.value.token];
    for (const token of [...victims, person.refresh_token, 'gwt_invented', 'x']) {
      for (const front of here.fronts) {
        const reply = await revoke(thief, token, front);
        ok(reply.status === 200 || reply.status === 400, reply.text);
        equal(reply.text.includes(person.username), false);
      }
    }
    for (const token of victims) deepEqual(await statusesOf(here, bearer(token)), [200, 200, 200]);
    const form = { grant_type: 'refresh_token', refresh_token: person.refresh_token };
    equal((await here.gateway.form(`${own}/oauth/token`, form)).status, 200);
  });

  test('a client ends its own, everywhere, and the others of the same client live', async () => {
    const client = await newClient(here, { role: 'user' });
    const [first, second] = [await tokenOf(client), await tokenOf(client)];
    equal((await revoke(client, first)).status, 200);
    deepEqual(await statusesOf(here, bearer(first)), [401, 401, 401]);
    deepEqual(await statusesOf(here, bearer(second)), [200, 200, 200]);
    equal((await revoke(client, first)).status, 200);
  });
});

describe('a token for one use', () => {
  test('is refused everywhere else: secrets, codes and refresh tokens are no bearers', async () => {
    const client = await newClient(here, { role: 'admin', scopes: ['gatewarden:read'] });
    const { refresh_token } = await signedIn('admin');
    for (const token of [client.secret, refresh_token]) {
      deepEqual(await statusesOf(here, bearer(token)), [401, 401, 401]);
      const basicPassword = { authorization: `Basic ${Buffer.from(`ada:${token}`).toString('base64')}` };
      deepEqual(await statusesOf(here, basicPassword), [401, 401, 401]);
    }
  });

  test('a refresh token is of no use as a client, and one of a person not to a client', async () => {
    const client = await newClient(here);
    const { refresh_token } = await signedIn();
    const form = { grant_type: 'refresh_token', refresh_token };
    const reply = await here.gateway.form(`${own}/oauth/token`, form, basic(client));
    deepEqual([reply.status, reply.code], [400, 'invalid_grant']);
    // Another's attempt does not spend it.
    equal((await here.gateway.form(`${own}/oauth/token`, form)).status, 200);
  });
});

describe('the password grant', () => {
  const grant = (username: string, typed: string) => ({ grant_type: 'password', username, password: typed });

  test('is off: no password is compared, right or wrong', async () => {
    await here.addUser('grantee');
    const before = here.hashes();
    for (const front of here.fronts) {
      for (const typed of [password, 'wrong']) {
        const reply = await front.form(`${own}/oauth/token`, grant('grantee', typed));
        deepEqual([reply.status, reply.code], [400, 'unsupported_grant_type']);
      }
    }
    equal(here.hashes(), before);
    const { text } = await here.gateway.ask(`${own}/.well-known/oauth-authorization-server`);
    equal((JSON.parse(text) as { grant_types_supported: string[] }).grant_types_supported.includes('password'), false);
  });

  test('where it is on, it shares the counter of the form and of the API', async () => {
    await using open = await besieged({ passwordGrant: true });
    await open.addUser('ada');
    const front = open.gateway;
    equal((await front.form(`${own}/oauth/token`, grant('ada', password))).status, 200);
    for (const typed of ['one', 'two', 'three']) {
      deepEqual([(await front.form(`${own}/oauth/token`, grant('ada', typed))).code], ['invalid_grant']);
    }
    equal((await front.form(`${own}/login`, { username: 'ada', password: 'four' })).status, 401);
    equal((await front.json('POST', `${own}/api/v1/login`, { username: 'ADA', password: 'five' })).status, 401);
    const before = open.hashes();
    equal((await front.form(`${own}/oauth/token`, grant('ada', password))).status, 429);
    equal((await front.form(`${own}/login`, { username: 'ada', password })).status, 429);
    equal(open.hashes(), before);
  });
});
