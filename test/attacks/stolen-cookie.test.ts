import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { cookieIn, type Reply } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

const another = 'four herons by a lantern';

const doors: readonly (readonly [
  door: string,
  status: number,
  change: (front: Front, cookie: string) => Promise<Reply>,
])[] = [
  [
    'the API',
    204,
    (front, cookie) =>
      front.json(
        'PUT',
        `${own}/api/v1/account/password`,
        { current_password: password, new_password: another },
        { cookie, origin: front.url },
      ),
  ],
  [
    'the form',
    303,
    (front, cookie) =>
      front.form(
        `${own}/account/password`,
        { current_password: password, new_password: another, new_password_again: another },
        { cookie, origin: front.url },
      ),
  ],
];

async function withAda(t: TestContext): Promise<Besieged> {
  const here = await besieged();
  t.after(() => here[Symbol.asyncDispose]());
  await here.addUser('ada');
  return here;
}

for (const [door, status, change] of doors) {
  for (const name of ['guards', 'protect', 'gateway'] as const) {
    test(`a copy of a cookie, once its owner has changed the password by ${door} (${name})`, async (t) => {
      const here = await withAda(t);
      const front = here[name];
      const stolen = await front.signIn('ada');
      const elsewhere = await front.signIn('ada');
      equal((await front.ask('/inbox', { headers: { cookie: stolen } })).status, 200);
      const changed = await change(front, stolen);
      equal(changed.status, status, changed.text);
      const cookie = cookieIn(changed);
      notEqual(cookie, stolen);
      front.forget();
      for (const dead of [stolen, elsewhere]) {
        equal((await front.ask('/inbox', { headers: { cookie: dead } })).status, 401);
        match(await front.whoami({ cookie: dead }), /^401 /);
      }
      deepEqual(front.seen, []);
      equal((await front.ask('/inbox', { headers: { cookie } })).status, 200);
      equal(await front.whoami({ cookie }), 'ada by session');
      equal((await here.gate.sessions.list('ada')).items.length, 1);
    });
  }
}

test('requests that are on their way with the cookie of before do not clear the new one, for a minute', async (t) => {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const here = await withAda(t);
  const [, , change] = doors[0] ?? [];
  const before = await here.gateway.signIn('ada');
  equal((await change?.(here.gateway, before))?.status, 204);
  const cleared = async () => {
    const asked = [here.gateway, here.protect, here.guards].flatMap((front) =>
      ['/inbox', '/public/x', `${own}/api/v1/session`, `${own}/login`].map((path) =>
        front.ask(path, { headers: { cookie: before } }),
      ),
    );
    return (await Promise.all(asked)).map(({ setCookie }) => setCookie.length);
  };
  deepEqual([...new Set(await cleared())], [0]);
  t.mock.timers.setTime(start + 60_001);
  deepEqual([...new Set(await cleared())], [1]);
});

test('a password that is refused leaves the session under its id', async (t) => {
  const here = await withAda(t);
  const cookie = await here.gateway.signIn('ada');
  const headers = { cookie, origin: here.gateway.url };
  for (const body of [
    { current_password: 'wrong', new_password: another },
    { current_password: password, new_password: 'short' },
  ]) {
    const reply = await here.gateway.json('PUT', `${own}/api/v1/account/password`, body, headers);
    deepEqual(reply.setCookie, []);
  }
  equal(await here.gateway.whoami({ cookie }), 'ada by session');
});

test('an access token that changes the password goes on, and the cookie beside it ends', async (t) => {
  const here = await withAda(t);
  const cookie = await here.gateway.signIn('ada');
  const login = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
  const { token, refresh_token: refresh } = JSON.parse(login.text) as { token: string; refresh_token: string };
  const authorization = `Bearer ${token}`;
  const body = { current_password: password, new_password: another };
  const changed = await here.gateway.json('PUT', `${own}/api/v1/account/password`, body, { authorization });
  deepEqual([changed.status, changed.setCookie], [204, []]);
  equal(await here.gateway.whoami({ authorization }), 'ada by access-token');
  match(await here.gateway.whoami({ cookie }), /^401 /);
  const fields = { grant_type: 'refresh_token', refresh_token: refresh };
  equal((await here.gateway.form(`${own}/oauth/token`, fields, {})).status, 200);
});

test('with a cookie and an access token it is the cookie’s session that goes on', async (t) => {
  const here = await withAda(t);
  const before = await here.gateway.signIn('ada');
  const login = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
  const authorization = `Bearer ${(JSON.parse(login.text) as { token: string }).token}`;
  const body = { current_password: password, new_password: another };
  const headers = { authorization, cookie: before, origin: here.gateway.url };
  const changed = await here.gateway.json('PUT', `${own}/api/v1/account/password`, body, headers);
  equal(changed.status, 204);
  equal(await here.gateway.whoami({ cookie: cookieIn(changed) }), 'ada by session');
  match(await here.gateway.whoami({ authorization }), /^401 /);
});
