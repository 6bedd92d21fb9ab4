import { deepEqual } from 'node:assert/strict';
import type { ClientHttp2Stream } from 'node:http2';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { secureGatewayTo } from '../gateway/secure.ts';
import { gatewayTo, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

const upstream = await upstreamThat((_req, res) => void res.end('served'));
const http1 = await gatewayTo(upstream.url);
const http2 = await secureGatewayTo(upstream.url);
const session = http2.connect();
after(async () => {
  session.destroy();
  for (const one of [http1, http2, upstream]) await one[Symbol.asyncDispose]();
});

type Outcome = Readonly<{ status: number; received: readonly string[] }>;

async function outcomeOf(ask: () => Promise<number>): Promise<Outcome> {
  const before = upstream.seen.length;
  const status = await ask();
  return { status, received: upstream.seen.slice(before).map(({ method, target }) => `${method} ${target}`) };
}

async function overHttp1(method: string, target: string): Promise<number> {
  const head = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  const heard = await rawRequest(http1.port, Buffer.from(head, 'latin1'), 20_000);
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(heard)?.[1] ?? 0);
}

/** A stream that is reset without an answer counts as 400. */
function overHttp2(method: string, target: string): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const stream: ClientHttp2Stream = session.request({ ':method': method, ':path': target, ':authority': 'localhost' });
  let status = 400;
  stream.on('response', (headers) => {
    status = headers[':status'] ?? 0;
  });
  stream.on('error', () => undefined).on('close', () => resolve(status));
  stream.resume().end();
  return promise;
}

const piece = fc.constantFrom(
  ...['/', '//', '/public', '/operator', '/x', '/.', '/..', '/%2e%2e', '%2f', '%5c', '\\', ';a=b', '%00', '%25', '%'],
  ...['%c0%ae', '\xe4', '%c3%a4', '%61', '/PUBLIC', '/_gatewarden', '?q=1', '#', '..;', '%u002f', '.', '%20', '*'],
);
const target = fc.array(piece, { minLength: 0, maxLength: 6 }).map((pieces) => `/${pieces.join('')}`);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PROPFIND', 'DELETE', 'TRACE', 'ADMIN');

test('a request is decided alike over HTTP/1.1 and HTTP/2, and the same bytes reach the upstream', async () => {
  await fc.assert(
    fc.asyncProperty(method, target, async (verb, path) => {
      const first = await outcomeOf(() => overHttp1(verb, path));
      const second = await outcomeOf(() => overHttp2(verb, path));
      deepEqual(second, first);
    }),
    { numRuns: 500 },
  );
});
