import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import { rawRequest } from '../../support/http.ts';
import { until } from '../../support/until.ts';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
/** Requests that the service received, and how they ended. */
const ends: string[] = [];

before(async () => {
  service = await upstreamThat((req, res) => {
    req.on('close', () => ends.push(req.complete ? 'complete' : 'broken off'));
    if (req.url === '/public/silent') return;
    if (req.url === '/public/early') {
      res.write('early');
      return void req.resume();
    }
    req.resume();
    req.on('end', () => res.end('received'));
  });
  const limited = routeOf('a.localhost', service.url, 'timeout: 1s', 'limits: { body: 10kb, headers: 1kb }');
  gateway = await gatewayTo(undefined, { file: fileOf(limited, routeOf('b.localhost', service.url)) });
});
after(async () => {
  for (const one of [gateway, service]) await one[Symbol.asyncDispose]();
});

const post = (host: string, length: number) =>
  gateway.send(host, '/public/x', { method: 'POST', body: 'x'.repeat(length) });

test('a body of the longest length passes, a longer one is 413 and does not reach the service', async () => {
  equal((await post('a.localhost', 10_240)).status, 200);
  const before = service.seen.length;
  const refused = await post('a.localhost', 10_241);
  deepEqual([refused.status, service.seen.length], [413, before]);
  match(refused.text, /"code":"payload_too_large"/);
  equal((await post('b.localhost', 100_000)).status, 200);
});

/** Sends a body in two pieces without its length, the second one when the service has the request; resolves with the status. */
async function chunked(first: number, second: number): Promise<number | undefined> {
  const before = service.seen.length;
  const headers = { host: 'a.localhost', 'transfer-encoding': 'chunked' };
  const outgoing = request({ port: gateway.port, path: '/public/x', method: 'POST', headers, agent: false });
  outgoing.on('error', () => undefined);
  outgoing.write('x'.repeat(first));
  await until(() => service.seen.length > before);
  outgoing.end('x'.repeat(second));
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  answer?.resume();
  return answer?.statusCode;
}

test('a body without a length is counted while it is sent on, and its request to the service broken off', async () => {
  equal(await chunked(1, 10_239), 200);
  await until(() => ends.length === service.seen.length);
  ends.splice(0);
  equal(await chunked(1, 10_240), 413);
  await until(() => ends.length > 0);
  deepEqual(ends, ['broken off']);
});

test('an answer that has begun before its request grew too long is broken off', async () => {
  const headers = { host: 'a.localhost', 'transfer-encoding': 'chunked' };
  const outgoing = request({ port: gateway.port, path: '/public/early', method: 'POST', headers, agent: false });
  outgoing.on('error', () => undefined);
  outgoing.write('x');
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  outgoing.write('x'.repeat(20_000));
  equal(answer && (await text(answer).catch(() => 'broken off')), 'broken off');
});

test('a client that waits for 100 is refused before it sends a body that is too long', async () => {
  const head = 'POST /public/x HTTP/1.1\r\nHost: a.localhost\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n';
  match(await rawRequest(gateway.port, head), /^HTTP\/1\.1 413 /);
});

test('headers that are longer than the route allows are 431', async () => {
  const headers = (length: number) => ({ headers: { 'x-long': 'x'.repeat(length) } });
  equal((await gateway.send('a.localhost', '/public/x', headers(700))).status, 200);
  const refused = await gateway.send('a.localhost', '/public/x', headers(1024));
  equal(refused.status, 431);
  match(refused.text, /"code":"headers_too_large"/);
  equal((await gateway.send('b.localhost', '/public/x', headers(1024))).status, 200);
});

test('a service that is silent for longer than its route allows is 504', async () => {
  equal((await gateway.send('a.localhost', '/public/silent')).status, 504);
});
