import { deepEqual, equal } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Options } from 'gatewarden';
import { type Besieged, besieged, own, password } from './fronts.ts';

const minute = 60_000;

type Headers = Readonly<Record<string, string>>;
const api = (path: string) => `${own}/api/v1/${path}`;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** An admin and a user, on a clock that the test sets. */
async function attacked(t: TestContext, options: Options = {}) {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const here: Besieged = await besieged(options);
  t.after(() => here[Symbol.asyncDispose]());
  await here.addUser('ada', { role: 'admin' });
  await here.addUser('bob');
  return { here, at: (ms: number) => t.mock.timers.setTime(start + ms) };
}

async function login({ gateway }: Besieged, username = 'ada') {
  const reply = await gateway.json('POST', api('login'), { username, password });
  equal(reply.status, 200, reply.text);
  return JSON.parse(reply.text) as { token: string; refresh_token: string };
}

async function refreshed({ gateway }: Besieged, token: string): Promise<Headers> {
  const reply = await gateway.form(`${own}/oauth/token`, { grant_type: 'refresh_token', refresh_token: token }, {});
  equal(reply.status, 200, reply.text);
  return bearer((JSON.parse(reply.text) as { access_token: string }).access_token);
}

async function tokenBy({ gateway }: Besieged, path: string, body: object, headers: Headers): Promise<Headers> {
  const reply = await gateway.json('POST', api(path), body, headers);
  equal(reply.status, 201, reply.text);
  return bearer((JSON.parse(reply.text) as { token: string }).token);
}

/** Every call that makes or changes a credential or a user; together they leave nothing behind. */
const grave: readonly (readonly [method: string, path: string, body: object, status: number])[] = [
  ['POST', 'tokens', { name: 'lasting' }, 201],
  ['DELETE', 'tokens/lasting', {}, 204],
  ['POST', 'users', { username: 'puppet', role: 'admin', password, reuse_name: true }, 201],
  ['PATCH', 'users/puppet', { role: 'viewer' }, 200],
  ['POST', 'users/bob/token', {}, 201],
  ['DELETE', 'users/puppet', {}, 204],
];

async function answers({ gateway }: Besieged, headers: Headers, more: object = {}): Promise<string[]> {
  const replies: string[] = [];
  for (const [method, path, body] of grave) {
    const reply = await gateway.json(method, api(path), { ...body, ...more }, headers);
    replies.push(`${method} ${path} ${reply.status}${reply.code === undefined ? '' : ` ${reply.code}`}`);
  }
  return replies;
}

const done = grave.map(([method, path, , status]) => `${method} ${path} ${status}`);
const unconfirmed = grave.map(([method, path]) => `${method} ${path} 403 confirmation_required`);

test('a fresh access token does what is grave, until its sign-in is 15 minutes old', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  deepEqual(await answers(here, bearer(token)), done);
  at(15 * minute + 1);
  deepEqual(await answers(here, bearer(token)), unconfirmed);
  deepEqual(await here.gate.tokens.list('ada'), { items: [] });
});

test('with the password an old access token does all of it', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  at(30 * minute);
  deepEqual(await answers(here, bearer(token), { current_password: password }), done);
  deepEqual(await answers(here, bearer(token)), unconfirmed, 'a confirmation counts once');
});

test('wrong passwords with an old access token are counted', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  at(30 * minute);
  const guess = async (typed: string) => {
    const reply = await here.gateway.json('POST', api('tokens'), { name: 'x', current_password: typed }, bearer(token));
    return `${reply.status} ${reply.code}`;
  };
  for (let tries = 0; tries < 5; tries += 1) equal(await guess(`guess ${tries}`), '403 confirmation_required');
  equal(await guess(password), '429 rate_limited');
});

test('refreshing makes no sign-in fresh', async (t) => {
  const { here, at } = await attacked(t);
  const { refresh_token: refresh } = await login(here);
  at(30 * minute);
  deepEqual(await answers(here, await refreshed(here, refresh)), unconfirmed);
});

test('a refreshed access token is as fresh as its sign-in', async (t) => {
  const { here, at } = await attacked(t);
  const { refresh_token: refresh } = await login(here);
  at(5 * minute);
  deepEqual(await answers(here, await refreshed(here, refresh)), done);
});

test('CONFIRM_WITHIN says for how long', async (t) => {
  const { here, at } = await attacked(t, { confirmWithin: 2 * minute });
  const { token } = await login(here);
  at(2 * minute);
  deepEqual(await answers(here, bearer(token)), done);
  at(2 * minute + 1);
  deepEqual(await answers(here, bearer(token)), unconfirmed);
});

test('a clock that is set back makes no sign-in fresh', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  at(-10 * minute);
  deepEqual(await answers(here, bearer(token)), unconfirmed);
});

test('a minted token is never fresh, and makes nothing that outlives it with the password either', async (t) => {
  const { here } = await attacked(t);
  const { token } = await login(here);
  const minted = await tokenBy(here, 'users/ada/token', {}, bearer(token));
  deepEqual(await answers(here, minted), unconfirmed);
  for (const path of ['tokens', 'users/bob/token']) {
    const body = { current_password: password, ...(path === 'tokens' && { name: 'outliving' }) };
    const reply = await here.gateway.json('POST', api(path), body, minted);
    deepEqual([path, reply.status, reply.code], [path, 403, 'insufficient_role']);
  }
});

test('an API token needs its scope alone, and what it makes dies with it', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  const parent = await tokenBy(here, 'tokens', { name: 'parent' }, bearer(token));
  at(24 * 60 * minute);
  const child = await tokenBy(here, 'tokens', { name: 'child' }, parent);
  equal(await here.gateway.whoami(child), 'ada by api-token');
  equal((await here.gateway.json('DELETE', api('tokens/parent'), {}, parent)).status, 204);
  equal(await here.gateway.whoami(child), '401 token_revoked');
});

test('a cookie needs the password however fresh it is, beside a fresh access token too', async (t) => {
  const { here } = await attacked(t);
  const cookie = await here.gateway.signIn('ada');
  const { token } = await login(here);
  const withCookie = { cookie, origin: here.gateway.url };
  for (const headers of [withCookie, { ...withCookie, ...bearer(token) }]) {
    deepEqual(await answers(here, headers), unconfirmed);
    deepEqual(await answers(here, headers, { current_password: password }), done);
  }
});

test('the sign-in of one’s own does not confirm what another’s access token asks', async (t) => {
  const { here, at } = await attacked(t);
  const { token } = await login(here);
  at(30 * minute);
  await login(here);
  await login(here, 'bob');
  deepEqual(await answers(here, bearer(token)), unconfirmed);
});

test('a signed-out sign-in is not fresh', async (t) => {
  const { here } = await attacked(t);
  const { token } = await login(here);
  equal((await here.gateway.json('DELETE', api('session'), {}, bearer(token))).status, 204);
  const reply = await here.gateway.json('POST', api('tokens'), { name: 'late' }, bearer(token));
  deepEqual([reply.status, reply.code], [401, 'token_revoked']);
});

test('under AUTO_LOGIN_ROLE=admin nothing is asked', async (t) => {
  const { here } = await attacked(t, { autoLogin: true, autoLoginUser: 'ada', autoLoginRole: 'admin' });
  deepEqual(await answers(here, { origin: here.gateway.url }), done);
});
