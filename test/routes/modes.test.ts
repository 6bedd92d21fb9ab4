import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import express from 'express';
import { codeOf, navigate, password, site } from './site.ts';

test('with authentication off our pages and API answer 403 auth_disabled, health stays', async () => {
  await using here = await site({ authEnabled: false });
  for (const path of [
    '/auth/login',
    '/auth/account',
    '/auth/api/v1/session',
    '/auth/api/v1/users',
    '/auth/jwks.json',
  ]) {
    equal(await codeOf(await here.client().send(path)), '403 auth_disabled');
  }
  equal((await here.client().send('/auth/healthz')).status, 200);
});

test('auto-login is somebody for the session call, and nobody for accounts and credentials', async () => {
  await using here = await site({ autoLogin: true });
  const seen = (await (await here.client().send('/auth/api/v1/session')).json()) as Record<string, unknown>;
  deepEqual([seen.via, seen.mode, seen.authenticated], ['auto-login', 'auto-login', true]);
  for (const path of ['/auth/api/v1/tokens', '/auth/api/v1/sessions', '/auth/api/v1/users', '/auth/account']) {
    equal(await codeOf(await here.client().send(path)), '401 missing_credential');
  }
  const account = await navigate(`${here.address}/auth/account`);
  deepEqual([account.statusCode, account.headers.location], [303, '/auth/login?next=%2Fauth%2Faccount']);
  equal((await navigate(`${here.address}/auth/login`)).statusCode, 200);
});

test('auto-login that may be an admin reaches them', async () => {
  await using here = await site({ autoLogin: true, autoLoginRole: 'admin', autoLoginUser: 'ada' });
  await here.gate.users.create({ username: 'ada', password, role: 'admin' });
  equal((await here.client().send('/auth/api/v1/users')).status, 200);
});

test('a bad token is refused, auto-login or not', async () => {
  await using here = await site({ autoLogin: true });
  const headers = { authorization: 'Bearer nonsense' };
  equal((await here.client().send('/auth/api/v1/session', { headers })).status, 401);
});

test('the routes learn their path where they are mounted, and prefix says another', async () => {
  await using here = await site();
  const listen = async (app: express.Express) => {
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return { base: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
  };
  const deep = express().use('/a', express.Router().use('/b', here.gate.router()));
  using mounted = await listen(deep);
  match(await (await fetch(`${mounted.base}/a/b/login`)).text(), /action="\/a\/b\/login"/);
  using behind = await listen(express().use(here.gate.router({ prefix: '/outside' })));
  match(await (await fetch(`${behind.base}/login`)).text(), /action="\/outside\/login"/);
  using alone = await listen(here.gate.router({ prefix: '/own' }) as express.Express);
  match(await (await fetch(`${alone.base}/own/login`)).text(), /action="\/own\/login"/);
  equal((await fetch(`${alone.base}/login`)).status, 404);
});

test('under auto-login a page that a dead cookie kept out is asked for once more, with the cookie cleared', async () => {
  await using here = await site({ autoLogin: true });
  const dead = { cookie: 'gatewarden=s%3Adead.beef' };
  const first = await navigate(`${here.address}/auth/account?a=1`, dead);
  deepEqual([first.statusCode, first.headers.location], [303, '/auth/account?a=1']);
  match(String(first.headers['set-cookie']), /^gatewarden=;/);
  const again = await navigate(`${here.address}/auth/account?a=1`);
  equal(again.headers.location, '/auth/login?next=%2Fauth%2Faccount%3Fa%3D1');
});
