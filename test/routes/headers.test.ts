import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inventory } from '../../lib/routes/inventory.ts';
import { type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site();
});
after(() => here[Symbol.asyncDispose]());

const paths = ['/auth/login', '/auth/setup', '/auth/api/v1/session', '/auth/nothing', '/auth/healthz'];

for (const path of paths) {
  test(`${path} is kept by no cache, framed by nobody, and runs no script but our files`, async () => {
    const { headers } = await here.client().send(path);
    equal(headers.get('cache-control'), 'no-store');
    equal(headers.get('vary'), 'Cookie, Authorization, X-Gatewarden-Token');
    equal(headers.get('referrer-policy'), 'same-origin');
    equal(headers.get('x-content-type-options'), 'nosniff');
    equal(headers.get('x-powered-by'), null);
    equal(headers.get('etag'), null);
    equal(headers.get('strict-transport-security'), null);
    const policy = headers.get('content-security-policy') ?? '';
    match(policy, /default-src 'none'/);
    match(policy, /frame-ancestors 'none'/);
    match(policy, /script-src 'self'(;|$)/);
    equal(/unsafe/.test(policy), false);
  });
}

test('on https the address is remembered as https', async () => {
  await using secure = await site({ publicUrl: 'https://auth.example', allowedHosts: ['127.0.0.1', 'auth.example'] });
  const { headers } = await secure.client().send('/auth/login');
  match(headers.get('strict-transport-security') ?? '', /max-age=\d+/);
});

test('with HSTS_SUBDOMAINS subdomains are remembered as https, too', async () => {
  const allowedHosts = ['127.0.0.1', 'auth.example'];
  await using secure = await site({ publicUrl: 'https://auth.example', allowedHosts, hstsSubdomains: true });
  const { headers } = await secure.client().send('/auth/login');
  match(headers.get('strict-transport-security') ?? '', /max-age=\d+; includeSubDomains/);
});

test('what the pages load is there, and may be kept for ever', async () => {
  const page = await (await here.client().send('/auth/login')).text();
  const loaded = [...page.matchAll(/(?:href|src)="([^"]+\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  equal(loaded.length, 5);
  for (const path of loaded) {
    const { status, headers } = await here.client().send(path);
    equal(status, 200);
    equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
    equal(headers.get('vary'), 'Accept-Encoding');
  }
});

test('no page holds a script or a style of its own', async () => {
  const pages = inventory.filter((one) => one.tag === 'pages' && one.method === 'get');
  for (const { path } of pages) {
    const text = await (await here.client().send(`/auth${path}`, { headers: { accept: 'text/html' } })).text();
    equal(/<script(?! src="\/auth\/assets\/[\w-]+\.js" defer><\/script>)|<style|\son\w+=|\sstyle=/i.test(text), false);
  }
});

test('alive and ready are told to anybody, whatever the host', async () => {
  for (const path of ['/auth/healthz', '/auth/readyz']) {
    const answer = await here.client().send(path, { headers: { authorization: 'Bearer nonsense' } });
    deepEqual([answer.status, await answer.json()], [200, { status: 'ok' }]);
  }
});

test('a closed store is 503 with its name, and the pages say to try again', async () => {
  await using broken = await site();
  await broken.gate.close();
  const ready = await broken.client().send('/auth/readyz');
  equal(ready.status, 503);
  match(await ready.text(), /sqlite/);
  const login = await broken.client().json('/auth/api/v1/login', { username: 'a', password: 'b' });
  equal(login.status, 503);
  match(login.headers.get('retry-after') ?? '', /^\d+$/);
  equal((await broken.client().send('/auth/healthz')).status, 200);
});
