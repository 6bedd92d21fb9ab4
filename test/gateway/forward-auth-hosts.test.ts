import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Asked, asker, type Front, fronts } from './forward-auth.ts';
import { gatewayProcess } from './process.ts';
import { gatewayTo, type TestGateway } from './started.ts';

const trustedProxies = ['127.0.0.0/8'];

/** What the routes of these have of their own applies to questions too. */
const file = `
routes:
  - { host: wiki.example.com, upstream: "http://127.0.0.1:1", rules: "public read /**", identity_headers: "X-User=user" }
  - { host: git.example.com, upstream: "http://127.0.0.1:1", rules: "admin * /**" }
  - { host: git.example.com, path: /open, upstream: "http://127.0.0.1:1", rules: "user * /**", authorization: upstream, assertion: strict, service_workers: allow }
`;

let gateway: TestGateway;
let ada: { authorization: string };
before(async () => {
  const options = { trustedProxies, publicUrl: 'https://auth.example.com', cookieDomain: 'example.com' };
  gateway = await gatewayTo(undefined, { file, options });
  ada = await gateway.bearer('ada');
});
after(() => gateway[Symbol.asyncDispose]());

const ask = (front: Front, host: string, target: string, asked: Asked = {}) =>
  asker(gateway.port)(front, target, { host, ...asked });
const claimsOf = (assertion: unknown): Record<string, unknown> =>
  JSON.parse(Buffer.from(String(assertion).split('.')[1] ?? '', 'base64url').toString());

for (const front of fronts) {
  test(`${front} is answered by the route of the host and the path`, async () => {
    const wiki = await ask(front, 'wiki.example.com', '/page', { headers: ada });
    deepEqual([wiki.status, wiki.headers['x-user'], wiki.headers['x-forwarded-user']], [200, 'ada', undefined]);
    equal(claimsOf(wiki.headers['x-gatewarden-assertion']).aud, 'wiki.example.com');
    equal((await ask(front, 'git.example.com', '/page', { headers: ada })).status, 403);
    equal((await ask(front, 'git.example.com', '/open/x', { headers: ada })).status, 200);
    const nowhere = await ask(front, 'auth.example.com', '/page', { headers: ada });
    equal(nowhere.status, front === 'nginx' ? 403 : 404);
  });

  test(`${front} is answered with a strict assertion, bound to the request that it asks about`, async () => {
    const assertions = new Set<string>();
    for (const method of ['GET', 'PATCH']) {
      const { headers } = await ask(front, 'git.example.com', '/open/x?y', { method, headers: ada });
      const assertion = String(headers['x-gatewarden-assertion']);
      equal(claimsOf(assertion).htm, method);
      assertions.add(assertion);
    }
    equal(assertions.size, 2);
  });

  test(`${front} is told of headers that only this route names, in other spellings too`, async () => {
    equal((await ask(front, 'wiki.example.com', '/page', { headers: { x_user: 'admin' } })).status, 400);
    equal((await ask(front, 'git.example.com', '/open/x', { headers: { ...ada, x_user: 'x' } })).status, 200);
  });

  test(`${front}: a route that lets service workers be is not asked about theirs`, async () => {
    const headers = { ...ada, 'service-worker': 'script' };
    equal((await ask(front, 'wiki.example.com', '/sw.js', { headers })).status, 403);
    equal((await ask(front, 'git.example.com', '/open/sw.js', { headers })).status, 200);
  });

  test(`${front}: with COOKIE_DOMAIN people sign in at PUBLIC_URL, which leads back`, async () => {
    const navigation = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };
    const { headers } = await ask(front, 'git.example.com', '/open/x?a=b', { headers: navigation });
    const location = new URL(String(headers.location ?? headers['x-gatewarden-location']));
    deepEqual([location.origin, location.pathname], ['https://auth.example.com', '/_gatewarden/login']);
    equal(location.searchParams.get('next'), 'https://git.example.com/open/x?a=b');
  });
}

test('a store that does not answer is 503 with Retry-After, never a pass', async () => {
  await using broken = await gatewayTo('http://127.0.0.1:1', { options: { trustedProxies } });
  const bob = await broken.signIn('bob');
  await broken.gate.close();
  for (const front of fronts) {
    const { status, headers } = await asker(broken.port)(front, '/page', { headers: bob });
    deepEqual([front, status, headers['retry-after']], [front, 503, '2']);
  }
});

test('a gateway without an upstream answers front proxies, and has nothing behind it', async () => {
  const rules = 'public * /open/**';
  const settings = {
    GATEWARDEN_UPSTREAM: undefined,
    GATEWARDEN_TRUSTED_PROXIES: '127.0.0.0/8',
    GATEWARDEN_RULES: rules,
  };
  await using alone = await gatewayProcess('', settings);
  const url = await alone.url();
  equal((await asker(Number(new URL(url).port))('nginx', '/open/x')).status, 200);
  equal((await asker(Number(new URL(url).port))('nginx', '/closed')).status, 401);
  const direct = await fetch(`${url}/open/x`);
  equal(direct.status, 404);
  match(await direct.text(), /"code":"not_found"/);
});
