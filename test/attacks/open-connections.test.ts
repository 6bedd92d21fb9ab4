import { deepEqual, equal } from 'node:assert/strict';
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
  bystander = await heldOpen(gateway.url, await gateway.signIn('bystander'));
});
after(async () => {
  for (const one of bystander) one.letGo();
  await gateway[Symbol.asyncDispose]();
  await legacy[Symbol.asyncDispose]();
});

type Headers = Readonly<Record<string, string>>;

const call = (method: string, path: string, body: object | undefined, headers: Headers) =>
  fetch(`${gateway.url}/_gatewarden/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', origin: gateway.url, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function accessToken(username: string): Promise<Credential> {
  const signedIn = (await (await call('POST', 'login', { username, password }, {})).json()) as { token: string };
  return { authorization: `Bearer ${signedIn.token}` };
}

async function user(username: string): Promise<void> {
  equal((await call('POST', 'users', { username, password, role: 'user' }, boss)).status, 201);
}

const edit = (username: string, body: object) => call('PATCH', `users/${username}`, body, boss);

const kinds = ['session', 'access token', 'API token'] as const;

/** Who was told another role is connected no more; a token that holds a role of its own is told no other one. */
const ends: Readonly<
  Record<string, readonly [end: (username: string) => Promise<Response>, ended: readonly (typeof kinds)[number][]]>
> = {
  'a lower role': [(username) => edit(username, { role: 'viewer' }), kinds],
  'a higher role': [(username) => edit(username, { role: 'admin' }), ['session', 'access token']],
  deactivation: [(username) => edit(username, { active: false }), kinds],
  'a new password': [
    (username) => edit(username, { password: 'some herons stand in the rain' }),
    ['session', 'access token'],
  ],
  deletion: [(username) => call('DELETE', `users/${username}`, {}, boss), kinds],
};

let serial = 0;
for (const [name, [end, ended]] of Object.entries(ends)) {
  test(`listening on after ${name}, by ${ended.join(', ')}`, async () => {
    const username = `listener${++serial}`;
    await user(username);
    const access = await accessToken(username);
    const made = (await (await call('POST', 'tokens', { name: 'ci' }, access)).json()) as { token: string };
    const body = new URLSearchParams({ username, password });
    const form = { method: 'POST', body, headers: { origin: gateway.url }, redirect: 'manual' } as const;
    const signedIn = await fetch(`${gateway.url}/_gatewarden/login`, form);
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const credentials: Credential[] = [{ cookie }, access, { authorization: `Bearer ${made.token}` }];
    const held = await Promise.all(credentials.map((one) => heldOpen(gateway.url, one)));
    const isEnded = (_: unknown, at: number) => ended.some((kind) => kind === kinds[at]);
    equal((await end(username)).ok, true);
    await closedWithin(1000, held.filter(isEnded).flat());
    const others = held.filter((one, at) => !isEnded(one, at)).flat();
    equal(
      others.every((one) => one.open),
      true,
    );
    for (const one of others) one.letGo();
  });
}

test('listening on with a token after it was revoked, and with the one that it made', async () => {
  const parent = await gateway.bearer('parent');
  const made = (await (await call('POST', 'tokens', { name: 'child' }, parent)).json()) as { token: string };
  const all = await Promise.all(
    [parent, { authorization: `Bearer ${made.token}` }].map((one) => heldOpen(gateway.url, one)),
  );
  equal((await call('DELETE', 'tokens/test', {}, parent)).status, 204);
  await closedWithin(1000, all.flat());
});

test('listening on with an access token after it was revoked', async () => {
  await user('once');
  const access = await accessToken('once');
  const all = await heldOpen(gateway.url, access);
  equal((await call('DELETE', 'session', undefined, access)).status, 204);
  await closedWithin(1000, all);
});

test('listening on after the sign-out of all devices on another one', async () => {
  const here = await gateway.signIn('everywhere');
  const all = await heldOpen(gateway.url, here);
  const access = await accessToken('everywhere');
  const body = new URLSearchParams({ all: 'true' });
  const headers = { origin: gateway.url, ...access };
  const answer = await fetch(`${gateway.url}/_gatewarden/logout`, {
    method: 'POST',
    body,
    headers,
    redirect: 'manual',
  });
  equal(answer.status, 303);
  await closedWithin(1000, all);
});

test('listening on with a token beyond its end', async () => {
  const owner = await gateway.bearer('shortly');
  const until = new Date(Date.now() + 1500).toISOString();
  const made = (await (await call('POST', 'tokens', { name: 'brief', expires_at: until }, owner)).json()) as {
    token: string;
  };
  const all = await heldOpen(gateway.url, { authorization: `Bearer ${made.token}` });
  await closedWithin(4000, all);
  equal(Date.now() >= Date.parse(until), true);
});

test('all this while others listen undisturbed', () => {
  deepEqual(
    bystander.map((one) => one.open),
    [true, true],
  );
});

test('listening on under auto-login as somebody whose role is lowered', async () => {
  const options = { autoLogin: true, autoLoginUser: 'kiosk', autoLoginRole: 'operator', rules: 'viewer * /**' };
  await using kiosk = await gatewayTo(legacy.url, { options });
  await kiosk.gate.users.create({ username: 'kiosk', role: 'operator' });
  const all = await heldOpen(kiosk.url, {});
  const lowered = await kiosk.gate.users.edit('kiosk', { role: 'viewer' });
  equal(lowered.ok, true);
  await closedWithin(1000, all);
  for (const again of await heldOpen(kiosk.url, {})) again.letGo();
});
