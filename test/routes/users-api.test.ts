import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { codeOf, password, type Site, site } from './site.ts';

type Json = Record<string, unknown>;
type List = { items: Json[]; next_cursor: string | null };

let here: Site;
let admin: Client;
before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

const confirmed = (fields: object) => ({ ...fields, current_password: password });
const create = (fields: object) => admin.json('/auth/api/v1/users', confirmed(fields));
const patch = (name: string, fields: object) =>
  admin.json(`/auth/api/v1/users/${name}`, confirmed(fields), { method: 'PATCH' });

test('a user is made, read, changed and deleted', async () => {
  const made = await create({
    username: 'Bob',
    password,
    role: 'viewer',
    email: 'bob@example.com',
    display_name: 'Bob B.',
  });
  deepEqual([made.status, made.headers.get('location')], [201, '/auth/api/v1/users/Bob']);
  const bob = (await (await admin.send('/auth/api/v1/users/bob')).json()) as Json;
  deepEqual(
    [bob.username, bob.role, bob.active, bob.email, bob.display_name, bob.has_password],
    ['Bob', 'viewer', true, 'bob@example.com', 'Bob B.', true],
  );
  const changed = (await (await patch('bob', { role: 'operator', email: null, active: false })).json()) as Json;
  deepEqual([changed.role, changed.email, changed.active, changed.state], ['operator', null, false, 'disabled']);
  const gone = await admin.json('/auth/api/v1/users/bob', confirmed({}), { method: 'DELETE' });
  equal(gone.status, 204);
  equal(await codeOf(await admin.send('/auth/api/v1/users/bob')), '404 not_found');
  equal(await codeOf(await create({ username: 'bob' })), '409 conflict');
  equal((await create({ username: 'bob', reuse_name: true })).status, 201);
});

test('an admin’s cookie alone changes nobody', async () => {
  await create({ username: 'safe' });
  const calls = [
    admin.json('/auth/api/v1/users', { username: 'evil', role: 'admin' }),
    admin.json('/auth/api/v1/users/safe', { role: 'admin' }, { method: 'PATCH' }),
    admin.send('/auth/api/v1/users/safe', { method: 'DELETE' }),
    admin.json('/auth/api/v1/users/safe/token', {}),
  ];
  for (const answer of await Promise.all(calls)) equal(await codeOf(answer), '403 confirmation_required');
});

test('an operator reads, a user does not; neither writes', async () => {
  const operator = await here.signedIn('opal', 'operator');
  const user = await here.signedIn('uwe', 'user');
  equal((await operator.send('/auth/api/v1/users')).status, 200);
  equal(
    await codeOf(await operator.json('/auth/api/v1/users', confirmed({ username: 'x1' }))),
    '403 insufficient_role',
  );
  equal(await codeOf(await user.send('/auth/api/v1/users')), '403 insufficient_role');
  equal(await codeOf(await operator.send('/auth/api/v1/audit')), '403 insufficient_role');
  equal(await codeOf(await here.client().send('/auth/api/v1/users')), '401 missing_credential');
});

test('the list comes in parts, by name, from a prefix on', async () => {
  for (const name of ['list1', 'list2', 'list3']) await create({ username: name });
  const read = async (query: string) => (await (await admin.send(`/auth/api/v1/users?${query}`)).json()) as List;
  const first = await read('q=list&limit=2');
  deepEqual(
    first.items.map((one) => one.username),
    ['list1', 'list2'],
  );
  const second = await read(`q=list&limit=2&cursor=${encodeURIComponent(first.next_cursor ?? '')}`);
  deepEqual([second.items.map((one) => one.username), second.next_cursor], [['list3'], null]);
});

for (const query of ['limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'nonsense=1', '__proto__=1']) {
  test(`?${query} is refused`, async () => {
    equal(await codeOf(await admin.send(`/auth/api/v1/users?${query}`)), '400 validation_failed');
  });
}

test('the last admin stays', async () => {
  equal(await codeOf(await patch('ada', { role: 'user' })), '409 conflict');
  const answer = await admin.json('/auth/api/v1/users/ada', confirmed({}), { method: 'DELETE' });
  equal(await codeOf(answer), '409 conflict');
});

test('every problem of a new user is told at once', async () => {
  const answer = await create({ username: 'a b', password: 'short', role: 'emperor', email: 'x' });
  const { errors } = (await answer.json()) as { errors: Json[] };
  deepEqual(errors.map((one) => one.field).sort(), ['email', 'password', 'role', 'username']);
});

test('a minted token is somebody else’s, at most of the role asked for, and says who made it', async () => {
  await create({ username: 'opa', password, role: 'operator' });
  const mint = (body: object) => admin.json('/auth/api/v1/users/opa/token', confirmed(body));
  const made = await mint({ type: 'User', ttl: '5m' });
  equal(made.status, 201);
  const pair = (await made.json()) as Json;
  deepEqual([pair.user, pair.role, pair.refresh_token], ['opa', 'user', undefined]);
  const left = Date.parse(String(pair.expires_at)) - Date.now();
  equal(left > 4 * 60_000 && left <= 5 * 60_000, true);
  const headers = { authorization: `Bearer ${pair.token}` };
  const seen = (await (await here.client().send('/auth/api/v1/session', { headers })).json()) as Json;
  deepEqual([seen.user, seen.role, seen.via], ['opa', 'user', 'access-token']);
  const claims = JSON.parse(Buffer.from(String(pair.token).split('.')[1] ?? '', 'base64url').toString()) as {
    act: Json;
  };
  match(String(claims.act.sub ?? ''), /^u_/);
  for (const bad of [{ ttl: '31d' }, { ttl: '0s' }, { ttl: -1 }, { type: 'Root' }, { role: 'emperor' }]) {
    equal(await codeOf(await mint(bad)), '400 validation_failed');
  }
  equal(await codeOf(await admin.json('/auth/api/v1/users/nobody/token', confirmed({}))), '404 not_found');
});

test('an API token mints, and a minted token mints nothing', async () => {
  const made = await admin.json('/auth/api/v1/tokens', confirmed({ name: 'mints' }));
  const mint = async (answer: Response) => {
    const { token } = (await answer.json()) as Json;
    const headers = { authorization: `Bearer ${token}` };
    return here.client().json('/auth/api/v1/users/ada/token', { current_password: password }, { headers });
  };
  const minted = await mint(made);
  equal(minted.status, 201);
  equal(await codeOf(await mint(minted)), '403 insufficient_role');
});

test('a program that signed in as an admin mints, for longer than its own token lives', async () => {
  const headers = await here.bearer('minter', 'admin');
  const answer = await here.client().json('/auth/api/v1/users/ada/token', { ttl: '7d' }, { headers });
  const { expires_at } = (await answer.json()) as Json;
  equal(Date.parse(String(expires_at)) - Date.now() > 6 * 86_400_000, true);
});

test('the audit log tells an admin who did what', async () => {
  await create({ username: 'traced' });
  const { items } = (await (await admin.send('/auth/api/v1/audit?event=user.changed&limit=5')).json()) as List;
  deepEqual([items[0]?.actor, items[0]?.subject, items[0]?.outcome], ['ada', 'user:traced', 'ok']);
});
