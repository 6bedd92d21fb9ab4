import { deepEqual, equal } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type Seen, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
let behindProxy: TestGateway;
let una: { authorization: string };

before(async () => {
  service = await upstreamThat((_req, res) => {
    res.setHeader('X-Powered-By', 'PHP');
    res.setHeader('Server', 'service');
    res.setHeader('Cache-Control', 'public, max-age=60');
    res.setHeader('Vary', 'Accept');
    res.end('x');
  });
  const route = routeOf(
    'a.localhost',
    service.url,
    'strip: [X-Debug]',
    'keep: [X-Original-URI]',
    'headers:',
    '  set: { X-Tenant: main, Accept-Language: de }',
    '  remove: [User-Agent, If-None-Match]',
    '  answer: { set: { X-Frame-Options: DENY, Server: gateway }, remove: [x-powered-by] }',
  );
  const caching = routeOf(
    'b.localhost',
    service.url,
    'headers: { answer: { set: { Cache-Control: "public, max-age=5", CDN-Cache-Control: max-age=9 }, remove: [Vary] } }',
  );
  const plain = routeOf('c.localhost', service.url, 'identity_headers: remote,X-Who=user', 'assertion: strict');
  const file = fileOf(route, caching, plain);
  gateway = await gatewayTo(undefined, { file });
  behindProxy = await gatewayTo(undefined, { file, options: { trustedProxies: ['127.0.0.1'] } });
  una = await gateway.bearer('una');
});
after(async () => {
  for (const one of [gateway, behindProxy, service]) await one[Symbol.asyncDispose]();
});

/** What the service received of a request. */
async function received(from: TestGateway, headers: Record<string, string | string[]>, host = 'a.localhost') {
  const { status } = await from.send(host, '/public/x', { headers });
  equal(status, 200);
  const seen = service.seen.at(-1);
  if (seen === undefined) throw new Error('the service received nothing');
  return seen;
}

const all = (seen: Seen, ...names: readonly string[]): readonly (readonly string[])[] =>
  names.map((name) => valuesOf(seen, name));

test('headers that the route sets replace those of the client, in every spelling', async () => {
  const sent = { 'x-tenant': 'evil', x_tenant: 'evil', 'X.Tenant': 'evil', 'accept-language': 'en', accept: 'x/y' };
  const seen = await received(gateway, sent);
  deepEqual(all(seen, 'x-tenant', 'x_tenant', 'x.tenant', 'accept-language', 'accept'), [
    ['main'],
    [],
    [],
    ['de'],
    ['x/y'],
  ]);
});

test('headers that the route removes do not arrive, in every spelling', async () => {
  const sent = { 'user-agent': 'x', 'if-none-match': '"a"', If_None_Match: '"a"', 'x-debug': '1', X_Debug: '1' };
  const seen = await received(gateway, sent);
  deepEqual(all(seen, 'user-agent', 'if-none-match', 'if_none_match', 'x-debug', 'x_debug'), [[], [], [], [], []]);
});

test('a header to keep passes from a trusted proxy only, and in its own spelling only', async () => {
  const sent = { 'x-original-uri': '/before', X_Original_URI: '/other', 'x-original-url': '/third' };
  deepEqual(all(await received(behindProxy, sent), 'x-original-uri', 'x_original_uri', 'x-original-url'), [
    ['/before'],
    [],
    [],
  ]);
  deepEqual(all(await received(gateway, sent), 'x-original-uri'), [[]]);
  deepEqual(all(await received(behindProxy, sent, 'c.localhost'), 'x-original-uri'), [[]]);
});

test('the identity headers are those of the route, and no client sends them', async () => {
  const sent = { 'x-who': 'evil', x_who: 'evil', 'remote-user': 'evil', ...una };
  const seen = await received(gateway, sent, 'c.localhost');
  deepEqual(all(seen, 'x-who', 'x_who', 'remote-user', 'x-forwarded-user'), [['una'], [], ['una'], []]);
  const [assertion = ''] = valuesOf(seen, 'x-gatewarden-assertion');
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
  deepEqual([claims.aud, 'jti' in claims], ['c.localhost', true]);
});

test('headers of the answer are set and removed', async () => {
  const { headers } = await gateway.send('a.localhost', '/public/x');
  deepEqual(
    ['x-frame-options', 'server', 'x-powered-by'].map((name) => headers[name]),
    ['DENY', 'gateway', undefined],
  );
});

test('what the route says for caches holds for what everybody may read, and is private for a principal', async () => {
  const shared = await gateway.send('b.localhost', '/public/x');
  deepEqual(
    [shared.headers['cache-control'], shared.headers.vary, shared.headers['cdn-cache-control']],
    ['public, max-age=5', undefined, 'max-age=9'],
  );
  const own = await gateway.send('b.localhost', '/public/x', { headers: una });
  deepEqual(
    [own.headers['cache-control'], own.headers.vary, own.headers['cdn-cache-control']],
    ['private, max-age=5', 'Cookie, Authorization, X-Gatewarden-Token', undefined],
  );
});
