import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import test, { after, before } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import WebSocket from 'ws';
import { gatewayTo, type Seen, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from './started.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
let bearer: { authorization: string };

before(async () => {
  upstream = await upstreamThat((_req, res) => void res.end('heard'));
  upstream.server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  // The service is below a path of its own: what is hashed is what it receives.
  gateway = await gatewayTo(`${upstream.url}/base`, { route: { assertion: 'strict', audience: 'jobs' } });
  bearer = await gateway.bearer('una');
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** The claims of an assertion, verified with the published keys. */
async function verified(token: string, audience: string, { url } = gateway) {
  const jwks = createRemoteJWKSet(new URL(`${url}/_gatewarden/jwks.json`));
  return (await jwtVerify(token, jwks, { audience, typ: 'gatewarden-assertion+jwt' })).payload;
}

/** Those of the assertion that a request carried. */
async function claimsOf(seen: Seen | undefined) {
  const [token = ''] = seen === undefined ? [] : valuesOf(seen, 'x-gatewarden-assertion');
  return verified(token, 'jobs');
}

const hashOf = (target: string): string => createHash('sha256').update(target).digest('base64url');

const requests: readonly [method: string, target: string][] = [
  ['GET', '/a'],
  ['GET', '/a?x=1&y=%2F'],
  ['POST', '/jobs'],
  ['DELETE', '/a%20b;c=d'],
];
for (const [method, target] of requests) {
  test(`the assertion for ${method} ${target} names it as the upstream receives it`, async () => {
    equal((await fetch(`${gateway.url}${target}`, { method, headers: bearer })).status, 200);
    const seen = upstream.seen.at(-1);
    deepEqual([seen?.method, seen?.target], [method, `/base${target}`]);
    const { htm, target_hash: hash, name } = await claimsOf(seen);
    deepEqual([htm, hash, name], [method, hashOf(`/base${target}`), 'una']);
  });
}

test('a target in absolute form is signed as it is sent on', async () => {
  const target = `${gateway.url}/a?x`;
  equal((await gateway.send(new URL(gateway.url).host, target, { headers: bearer })).status, 200);
  const seen = upstream.seen.at(-1);
  equal((await claimsOf(seen)).target_hash, hashOf(seen?.target ?? ''));
  equal(seen?.target, `${gateway.url}/base/a?x`);
});

test('each request has an assertion of its own, also nobody’s', async () => {
  for (const headers of [bearer, {}]) {
    const claims = [];
    for (let count = 0; count < 2; count += 1) {
      equal((await fetch(`${gateway.url}/public/x`, { headers })).status, 200);
      claims.push(await claimsOf(upstream.seen.at(-1)));
    }
    notEqual(claims[0]?.jti, claims[1]?.jti);
    deepEqual([claims[0]?.htm, claims[0]?.target_hash], ['GET', hashOf('/base/public/x')]);
  }
});

test('the request that opens a WebSocket has one too', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/live?x=1`, { headers: bearer });
  socket.on('error', () => undefined);
  const [req]: IncomingMessage[] = await once(upstream.server, 'upgrade');
  const seen = req && { method: req.method ?? '', target: req.url ?? '', rawHeaders: req.rawHeaders, req };
  const { htm, target_hash: hash } = await claimsOf(seen);
  deepEqual([htm, hash], ['GET', hashOf('/base/live?x=1')]);
});

test('a route that changes paths signs the one that it sends on', async () => {
  const lines = [
    'host: docs.example',
    `upstream: ${upstream.url}/v1`,
    'assertion: strict',
    'prefix: { strip: /docs, add: /wiki }',
  ];
  const file = `routes:\n  - ${[...lines, 'path: /docs', 'rules: public * /**'].join('\n    ')}\n`;
  await using other = await gatewayTo(undefined, { file });
  equal((await other.send('docs.example', '/docs/a?b')).status, 200);
  const seen = upstream.seen.at(-1);
  ok(seen);
  equal(seen.target, '/v1/wiki/a?b');
  const [token = ''] = valuesOf(seen, 'x-gatewarden-assertion');
  const { htm, target_hash: hash } = await verified(token, 'docs.example/docs', other);
  deepEqual([htm, hash], ['GET', hashOf('/v1/wiki/a?b')]);
});

test('forward-auth signs the request that the front proxy asks about', async () => {
  const options = { trustedProxies: ['127.0.0.1/32'] };
  await using other = await gatewayTo(upstream.url, { route: { assertion: 'strict', audience: 'jobs' }, options });
  const { port } = new URL(other.url);
  const headers = {
    ...(await other.bearer('una')),
    'X-Original-URI': '/a%20b?x=1',
    'X-Original-Method': 'DELETE',
    'X-Forwarded-Host': `localhost:${port}`,
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-For': '127.0.0.1',
  };
  const tokens = [];
  for (let count = 0; count < 2; count += 1) {
    const answer = await fetch(`${other.url}/_gatewarden/verify/nginx`, { headers });
    equal(answer.status, 200, await answer.text());
    tokens.push(answer.headers.get('x-gatewarden-assertion') ?? '');
  }
  notEqual(tokens[0], tokens[1]);
  const { htm, target_hash: hash } = await verified(tokens[1] ?? '', 'jobs', other);
  deepEqual([htm, hash], ['DELETE', hashOf('/a%20b?x=1')]);
});
