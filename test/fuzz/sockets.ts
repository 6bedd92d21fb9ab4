import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import fc from 'fast-check';
import { gatewayTo, portOf, upstreamThat } from '../gateway/started.ts';
import { principal, rulesOf } from '../request/authorize/known.ts';
import { everyReader, permits, target } from '../request/authorize/readers.ts';
import { rawRequest } from '../support/http.ts';
import type { Effort } from './fuzz.ts';
import { split, splitters } from './splitters.ts';

export const socketsName = 'requests over sockets';

const rules = 'public * /public/**\nuser * /**';
const parsed = rulesOf(rules);
const nobody = principal('anony');

/** Every answer that a stranger may get. What is not here, such as 500, is a fault of ours. */
const answers = new Set([100, 200, 204, 303, 400, 401, 403, 404, 405, 408, 413, 415, 417, 421, 431]);

/** As it should be, but now and then as it should not. */
const mostly = (usual: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });

const method = mostly(
  ['GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'COPY'],
  ['TRACE', 'CONNECT', 'PRI', 'get', 'G\0T', ''],
);
const version = mostly(['HTTP/1.1'], ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1 ', '']);
const end = mostly(['\r\n'], ['\n', '\r', '\r\r\n', '']);
const host = mostly(
  ['Host: localhost\r\n'],
  ['Host: evil.example\r\n', 'Host: \r\n', 'host : localhost\r\n', ' Host: x\r\n', ''],
);
const plain = [
  ...['Content-Length: 4', 'Content-Length: 0', 'Transfer-Encoding: chunked', 'transfer-encoding:\tchunked'],
  ...[
    'Connection: close',
    'Connection: keep-alive, X-Forwarded-User',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Upgrade: h2c',
  ],
  ...['Expect: 100-continue', 'TE: trailers', 'Trailer: X-Forwarded-User', 'Range: bytes=0-0', 'Accept: text/html'],
  ...[
    'X-Forwarded-For: 1.2.3.4',
    'X-Forwarded-User: ada',
    'Forwarded: for=1',
    'X-HTTP-Method-Override: DELETE',
    'Destination: /public/y',
  ],
  ...[
    'Cookie: gatewarden=s%3Ax.y',
    'Cookie: a=b',
    'Authorization: Bearer x',
    'Authorization: Basic eDp5',
    'Sec-Fetch-Mode: navigate',
  ],
  ...['Origin: null', 'Origin: https://evil.example', '\u00e9: \u00ff', `X-Long: ${'x'.repeat(9000)}`],
];
const odd = [
  ...[
    'Host: evil.example',
    'Content-Length: 4, 4',
    'Content-Length: -1',
    'Content-Length: 1e1',
    'Content_Length: 9',
    'Expect: x',
  ],
  ...[
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked, identity',
    'Cookie: gatewarden=%00',
    'Authorization: Bearer gwt_x',
  ],
  ...['Authorization:', 'A: b\rC: d', 'A: \0', ': x', 'A'],
];
const bodies = [
  '',
  '',
  '',
  'body',
  '4\r\nbody\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '4;a=b\r\nbody\r\n0\r\nX-Forwarded-User: ada\r\n\r\n',
  'zz\r\n',
  'GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n',
  '\0\u0001\u0002',
];

const path = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/public/x',
      '/public/x',
      '/closed',
      '/_gatewarden/login',
      '/_gatewarden/api/v1/session',
      '*',
      'localhost:80',
    ),
  },
  { weight: 3, arbitrary: target },
  { weight: 1, arbitrary: target.map((one) => `http://localhost${one}`) },
);
const line = fc.tuple(mostly(plain, odd), end).map((both) => both.join(''));
const request = fc
  .tuple(method, path, version, end, host, fc.array(line, { maxLength: 4 }), fc.constantFrom(...bodies))
  .map(
    ([verb, where, spoken, ended, first, lines, body]) =>
      `${verb} ${where} ${spoken}${ended}${first}${lines.join('')}\r\n${body}`,
  );
const last = 'GET /public/last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
/** One to three requests, as far as they are some, and a good one that closes the connection if it is heard. */
const sent = fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => Buffer.from(all.join('') + last, 'latin1'));

/** Passes on what each connection brings to a service, and keeps it. */
async function recorder(port: number) {
  const connections: string[] = [];
  const server = createServer((client) => {
    const service = connect(port, '127.0.0.1');
    const at = connections.push('') - 1;
    client.on('data', (chunk: Buffer) => {
      connections[at] += chunk.toString('latin1');
    });
    client.pipe(service).pipe(client);
    for (const one of [client, service])
      one.on('error', () => undefined).on('close', () => [client, service].map((other) => other.destroy()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: portOf(server), connections, close: () => server.close() };
}

/** Whatever a service takes for the end of a request, it takes as many requests out of what was forwarded as any other. */
function areSplitAlike(connections: readonly string[]): void {
  for (const bytes of connections) {
    const [how, ...others] = splitters;
    const requests = how === undefined ? [] : split(bytes, how);
    for (const other of others)
      deepEqual(split(bytes, other), requests, `${JSON.stringify(other)}: ${JSON.stringify(bytes.slice(-2000))}`);
  }
}

/** A service that answers everything, and the gateway before it. */
async function guarded() {
  const upstream = await upstreamThat((req, res) => {
    req.on('error', () => undefined).resume();
    res.end('the service');
  });
  const between = await recorder(upstream.port);
  const limits = { headersTimeout: 400, bodyStall: 400, keepAliveTimeout: 400, discard: 200 };
  const gateway = await gatewayTo(`http://127.0.0.1:${between.port}`, { options: { rules }, limits });
  return { upstream, between, gateway };
}

/**
 * Requests that are none, or not quite, against a gateway: each is answered or refused, nothing gets through unjudged, and what gets
 * through is as many requests to every service.
 */
export async function fuzzSockets({ cases, seed, limit }: Effort): Promise<void> {
  const { upstream, between, gateway } = await guarded();
  const within = limit === undefined ? {} : { interruptAfterTimeLimit: limit };
  async function isAnswered(bytes: Buffer): Promise<void> {
    const from = upstream.seen.length;
    const heard = await rawRequest(gateway.port, bytes, 20_000);
    const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    for (const status of statuses) ok(answers.has(status), `answered with ${status}`);
    const received = upstream.seen.slice(from);
    ok(
      received.length <= statuses.filter((status) => status !== 100).length,
      `${received.length} requests out of ${statuses.length}`,
    );
    for (const { target: url, rawHeaders } of received) {
      const judged = url.replace(/^http:\/\/localhost(?=\/)/, '');
      const stricter = everyReader.find(({ read, folds }) => !permits(parsed, read(judged), folds, nobody));
      equal(stricter?.name, undefined, `${url} got through, and can be read as ${stricter?.read(judged)}`);
      equal(rawHeaders.includes('ada'), false, 'an identity header got through');
    }
  }
  try {
    await fc.assert(fc.asyncProperty(sent, isAnswered), { numRuns: cases, seed, ...within });
    const faults = gateway.lines.filter(
      ({ status, message }) => Number(status) >= 500 || /broke|unhealthy|no answer from/.test(String(message)),
    );
    equal(JSON.stringify(faults), '[]');
    ok(
      between.connections.some((bytes) => bytes.includes('POST')),
      'requests with a body got through',
    );
    areSplitAlike(between.connections);
  } finally {
    await gateway[Symbol.asyncDispose]();
    between.close();
    await upstream[Symbol.asyncDispose]();
  }
}
