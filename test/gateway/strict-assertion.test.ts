import { deepEqual, equal, notEqual } from 'node:assert/strict';
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

/** The claims of the assertion that a request carried, verified with the published keys. */
async function claimsOf(seen: Seen | undefined) {
  const jwks = createRemoteJWKSet(new URL(`${gateway.url}/_gatewarden/jwks.json`));
  const [token = ''] = seen === undefined ? [] : valuesOf(seen, 'x-gatewarden-assertion');
  return (await jwtVerify(token, jwks, { audience: 'jobs', typ: 'gatewarden-assertion+jwt' })).payload;
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
