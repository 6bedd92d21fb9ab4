import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asker, fronts } from '../gateway/forward-auth.ts';
import { type Site, site } from './site.ts';

let here: Site;
let asks: ReturnType<typeof asker>;
let ada: { authorization: string };
before(async () => {
  here = await site({ trustedProxies: ['127.0.0.0/8'], rules: 'public * /public/**; user * /**' });
  asks = asker(Number(new URL(here.address).port), '/auth');
  ada = await here.bearer('ada', 'user');
});
after(() => here[Symbol.asyncDispose]());

for (const front of fronts) {
  test(`an Express app answers ${front} below its mount path`, async () => {
    const allowed = await asks(front, '/page', { headers: ada });
    deepEqual([allowed.status, allowed.headers['x-forwarded-user'], allowed.text], [200, 'ada', '']);
    equal((await asks(front, '/page')).status, 401);
    const navigated = await asks(front, '/page', { headers: { 'sec-fetch-mode': 'navigate' } });
    const { location, 'x-gatewarden-location': named } = navigated.headers;
    equal(location ?? named, `${here.address}/auth/login?next=%2Fpage`);
  });

  test(`an Express app does not let ${front} pass on the path where its pages are mounted`, async () => {
    for (const target of ['/auth', '/auth/login', '/%61uth/login']) {
      equal((await asks(front, target, { headers: ada })).status, 403, target);
    }
  });
}

test('Envoy asks with any method, also with one that Express does not know, and with malformed escapes', async () => {
  for (const method of ['POST', 'PROPFIND', 'OPTIONS', 'HEAD', 'M-SEARCH']) {
    equal((await asks('envoy', '/public/x', { method })).status, 200, method);
  }
  equal((await asks('envoy', '/public/%zz')).status, 400);
});
