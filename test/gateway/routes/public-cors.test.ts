import { deepEqual, equal } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type Heard, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
let una: { authorization: string };
let zoe: { cookie: string };

const origin = 'https://elsewhere.example';

before(async () => {
  service = await upstreamThat((req, res) => {
    res.setHeader('Access-Control-Allow-Origin', req.headers.origin ?? '*');
    res.setHeader('Access-Control-Allow-Credentials', 'true');
    res.setHeader('Access-Control-Expose-Headers', 'X-Total');
    res.end(`answered ${req.method}`);
  });
  const rules = 'rules: public GET /public/**; public POST /public/votes; user * /**';
  const file = fileOf(
    routeOf('a.localhost', service.url, 'cors: public', rules),
    routeOf('b.localhost', service.url, rules),
  );
  gateway = await gatewayTo(undefined, { file });
  una = await gateway.bearer('una');
  zoe = await gateway.signIn('zoe');
});
after(async () => {
  for (const one of [gateway, service]) await one[Symbol.asyncDispose]();
});

const preflight = (host: string, path: string, method: string, names?: string): Promise<Heard> =>
  gateway.send(host, path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(names === undefined ? {} : { 'access-control-request-headers': names }),
    },
  });

const corsOf = ({ headers }: Heard) =>
  Object.fromEntries(
    ['origin', 'credentials', 'methods', 'headers']
      .map((name) => [name, headers[`access-control-allow-${name}`]])
      .filter(([, value]) => value !== undefined),
  );

test('a pre-flight for what everybody may do is answered by the gateway, for every origin', async () => {
  const before = service.seen.length;
  const answer = await preflight('a.localhost', '/public/votes', 'POST', 'content-type, x-vote');
  equal(answer.status, 204);
  deepEqual(corsOf(answer), { origin: '*', methods: 'POST', headers: 'content-type, x-vote' });
  equal(service.seen.length, before);
});

test('no header with a credential is allowed, and nothing that is none', async () => {
  const names = 'authorization, Cookie, X-Gatewarden-Token, proxy-authorization, content-type, a b, "x"';
  deepEqual(corsOf(await preflight('a.localhost', '/public/x', 'GET', names)), {
    origin: '*',
    methods: 'GET',
    headers: 'content-type',
  });
});

for (const [name, host, path, method] of [
  ['for what is not public', 'a.localhost', '/private', 'GET'],
  ['for a method that is not public', 'a.localhost', '/public/x', 'DELETE'],
  ['for a path that some reading makes private', 'a.localhost', '/public%2f..%2fx', 'GET'],
  ['for no method', 'a.localhost', '/public/x', 'G E T'],
  ['on a route without CORS', 'b.localhost', '/private', 'GET'],
] as const) {
  test(`a pre-flight ${name} is decided on as every request`, async () => {
    const before = service.seen.length;
    const answer = await preflight(host, path, method);
    deepEqual([answer.status >= 400, corsOf(answer), service.seen.length], [true, {}, before]);
  });
}

test('an answer to nobody may be read by every origin, and with no credentials', async () => {
  const answer = await gateway.send('a.localhost', '/public/x', { headers: { origin } });
  deepEqual(corsOf(answer), { origin: '*' });
  equal(answer.headers['access-control-expose-headers'], 'X-Total');
});

test('what a principal is answered, and what other routes answer, is as the service says', async () => {
  const own = { origin, credentials: 'true' };
  deepEqual(corsOf(await gateway.send('a.localhost', '/public/x', { headers: { origin, ...una } })), own);
  deepEqual(corsOf(await gateway.send('b.localhost', '/public/x', { headers: { origin } })), own);
});

test('a cookie that a page of another origin has the browser send makes nothing readable', async () => {
  const closed = await gateway.send('a.localhost', '/private', { method: 'POST', headers: { origin, ...zoe } });
  deepEqual([closed.status, corsOf(closed)], [403, {}]);
  const vote = await gateway.send('a.localhost', '/public/votes', { method: 'POST', headers: { origin, ...zoe } });
  deepEqual([vote.status, corsOf(vote)], [200, { origin: '*' }]);
  deepEqual(service.seen.at(-1)?.req.headers['x-forwarded-user'], '');
});
