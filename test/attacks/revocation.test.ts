import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
let boss: Headers;
before(async () => {
  here = await besieged();
  await here.addUser('boss', { role: 'admin' });
  const [held] = await credentialsOf('boss', ['access token']);
  boss = held ?? {};
});
after(() => here[Symbol.asyncDispose]());

type Headers = Readonly<Record<string, string>>;
const api = (path: string) => `${own}/api/v1/${path}`;
const another = 'some herons stand in the rain';

const kinds = ['session', 'access token', 'API token'] as const;
type Kind = (typeof kinds)[number];

async function accessToken(username: string): Promise<Headers> {
  const reply = await here.gateway.json('POST', api('login'), { username, password });
  return { authorization: `Bearer ${JSON.parse(reply.text).token}` };
}

async function credential(username: string, kind: Kind): Promise<Headers> {
  if (kind === 'session') return { cookie: await here.gateway.signIn(username) };
  const access = await accessToken(username);
  if (kind === 'access token') return access;
  const made = await here.gateway.json('POST', api('tokens'), { name: 'ci' }, access);
  return { authorization: `Bearer ${JSON.parse(made.text).token}` };
}

const credentialsOf = (username: string, wanted: readonly Kind[]) =>
  Promise.all(wanted.map((kind) => credential(username, kind)));

type End = (username: string, held: Headers) => Promise<{ status: number }>;

const byAdmin =
  (method: string, body: object): End =>
  (username) =>
    here.gateway.json(method, api(`users/${username}`), body, boss);

const withAnother = async (username: string): Promise<Headers> => ({
  origin: here.gateway.url,
  cookie: await here.gateway.signIn(username),
});

async function endFromElsewhere(username: string): Promise<{ status: number }> {
  const elsewhere = await withAnother(username);
  const listed = await here.gateway.ask(api('sessions'), { headers: elsewhere });
  const { items } = JSON.parse(listed.text) as { items: { id: string; current: boolean }[] };
  const id = items.find(({ current }) => !current)?.id;
  return here.gateway.ask(api(`sessions/${id}`), { method: 'DELETE', headers: elsewhere });
}

const ways: readonly (readonly [name: string, ends: readonly Kind[], status: number, end: End])[] = [
  [
    'signing out',
    ['session'],
    303,
    (_, held) => here.gateway.form(`${own}/logout`, {}, { origin: here.gateway.url, ...held }),
  ],
  [
    'signing out everywhere, on another device',
    ['session', 'access token'],
    303,
    async (username) => here.gateway.form(`${own}/logout`, { all: 'true' }, await withAnother(username)),
  ],
  ['ending it in the list of devices', ['session', 'access token'], 204, endFromElsewhere],
  [
    'revoking what one came with',
    ['session', 'access token'],
    204,
    (_, held) => here.gateway.ask(api('session'), { method: 'DELETE', headers: { origin: here.gateway.url, ...held } }),
  ],
  [
    'revoking it by its name',
    ['API token'],
    204,
    async (username) => here.gateway.json('DELETE', api('tokens/ci'), {}, await accessToken(username)),
  ],
  [
    'changing one’s password, on another device',
    ['session', 'access token'],
    204,
    async (username) => {
      const body = { current_password: password, new_password: another };
      return here.gateway.json('PUT', api('account/password'), body, await withAnother(username));
    },
  ],
  ['a password that an admin sets', ['session', 'access token'], 200, byAdmin('PATCH', { password: another })],
  [
    'a password that an admin sets with end_tokens',
    kinds,
    200,
    byAdmin('PATCH', { password: another, end_tokens: true }),
  ],
  [
    'the end of everything, by an admin',
    kinds,
    204,
    (username) => here.gateway.json('POST', api(`users/${username}/end`), {}, boss),
  ],
  ['deactivation', kinds, 200, byAdmin('PATCH', { active: false })],
  ['deletion', kinds, 204, byAdmin('DELETE', {})],
];

async function passesAt(front: Front, headers: Headers): Promise<void> {
  front.forget();
  equal((await front.ask('/inbox', { headers })).status, 200);
  equal(front.seen.length, 1);
}

async function isRefusedAt(front: Front, headers: Headers): Promise<void> {
  front.forget();
  const reply = await front.ask('/inbox', { headers });
  equal(reply.status, 401);
  match(reply.code ?? '', /^(invalid_token|token_revoked)$/);
  match(String(reply.headers['www-authenticate']), /^Bearer .*error="invalid_token"/);
  // On a public path a bad bearer is refused, too; a dead cookie is nobody’s.
  const open = await front.ask('/public/x', { headers });
  equal(open.status, headers.cookie === undefined ? 401 : front.name === 'guards' ? 401 : 200);
  deepEqual(
    front.seen.filter(({ user }) => user !== ''),
    [],
  );
  match(await front.whoami(headers), /^401 /);
  const socket = await front.socket('/inbox', { origin: front.url, ...headers });
  equal(socket.status, 401);
}

let serial = 0;
for (const [way, ends, status, end] of ways) {
  for (const kind of ends) {
    test(`using a${kind.startsWith('s') ? '' : 'n'} ${kind} once more after ${way}`, async () => {
      const username = `victim${++serial}`;
      await here.addUser(username);
      const [held = {}] = await credentialsOf(username, [kind]);
      // Known to the request path, so that it is the cache that has to let go.
      for (const front of here.fronts) await passesAt(front, held);
      equal((await end(username, held)).status, status);
      for (const front of here.fronts) await isRefusedAt(front, held);
    });
  }
}

for (const kind of kinds) {
  test(`using a${kind.startsWith('s') ? '' : 'n'} ${kind} for what a lower role may not do: it is not ended`, async () => {
    const username = `victim${++serial}`;
    await here.addUser(username);
    const [held = {}] = await credentialsOf(username, [kind]);
    for (const front of here.fronts) await passesAt(front, held);
    equal((await byAdmin('PATCH', { role: 'viewer' })(username, held)).status, 200);
    for (const front of here.fronts) {
      front.forget();
      const reply = await front.ask('/inbox', { headers: held });
      deepEqual([reply.status, reply.code, front.seen], [403, 'insufficient_role', []]);
      match(await front.whoami(held), new RegExp(`^${username} by `));
    }
    equal((await byAdmin('PATCH', { role: 'user' })(username, held)).status, 200);
    for (const front of here.fronts) await passesAt(front, held);
  });
}

test('what refreshes an access token, once the session is ended', async () => {
  await here.addUser('refresher');
  const reply = await here.gateway.json('POST', api('login'), { username: 'refresher', password });
  const { token, refresh_token } = JSON.parse(reply.text) as { token: string; refresh_token: string };
  const headers = { authorization: `Bearer ${token}` };
  equal((await here.gateway.ask(api('session'), { method: 'DELETE', headers })).status, 204);
  for (const front of here.fronts) {
    const again = await front.form(`${own}/oauth/token`, { grant_type: 'refresh_token', refresh_token });
    deepEqual([again.status, again.code], [400, 'invalid_grant']);
  }
});

test('a token that was made with a token, once that one is revoked', async () => {
  await here.addUser('parent');
  const parent = await credential('parent', 'API token');
  const made = await here.gateway.json('POST', api('tokens'), { name: 'child' }, parent);
  const child = { authorization: `Bearer ${JSON.parse(made.text).token}` };
  for (const front of here.fronts) await passesAt(front, child);
  equal((await here.gateway.json('DELETE', api('tokens/ci'), {}, parent)).status, 204);
  for (const front of here.fronts) for (const one of [parent, child]) await isRefusedAt(front, one);
});

test('the credentials of a deleted user, once somebody else has the name', async () => {
  await here.addUser('reborn');
  const held = await credentialsOf('reborn', kinds);
  equal((await here.gateway.json('DELETE', api('users/reborn'), {}, boss)).status, 204);
  const again = { username: 'reborn', role: 'admin', password, reuse_name: true };
  equal((await here.gateway.json('POST', api('users'), again, boss)).status, 201);
  for (const front of here.fronts) for (const one of held) await isRefusedAt(front, one);
});

test('100 requests that race with the sign-out bring nothing back for those behind it', async () => {
  await here.addUser('racer');
  for (let round = 0; round < 5; round += 1) {
    const cookie = await here.gateway.signIn('racer');
    const caller = Array.from({ length: 100 }, (_, at) =>
      (here.fronts[at % here.fronts.length] ?? here.gateway).ask('/inbox', { headers: { cookie } }),
    );
    await here.gateway.form(`${own}/logout`, {}, { origin: here.gateway.url, cookie });
    for (const front of here.fronts) equal((await front.ask('/inbox', { headers: { cookie } })).status, 401);
    await Promise.all(caller);
    for (const front of here.fronts) await isRefusedAt(front, { cookie });
  }
});
