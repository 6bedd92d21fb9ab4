import { deepEqual, equal, match } from 'node:assert/strict';
import { createServer, request } from 'node:http';
import test, { after, before } from 'node:test';
import { rawRequest } from '../../support/http.ts';
import { gatewayTo, portOf, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
let una: { authorization: string };
/** A proxy that leads back to the gateway, with each header as it came and another host. */
const back = createServer((req, res) => {
  const headers = { ...req.headers, host: String(req.headers['x-lead-to'] ?? req.headers.host) };
  const again = request(
    { port: gateway.port, path: req.url ?? '', method: req.method ?? '', headers, agent: false },
    (answer) => {
      res.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(res);
    },
  );
  req.pipe(again);
});

before(async () => {
  service = await upstreamThat((_req, res) => void res.end('served'));
  await new Promise<void>((resolve) => back.listen(0, '127.0.0.1', resolve));
  const proxy = `http://127.0.0.1:${portOf(back)}`;
  const file = fileOf(
    routeOf('a.localhost', proxy),
    routeOf('b.localhost', proxy, 'headers: { set: { X-Lead-To: d.localhost } }'),
    routeOf('d.localhost', proxy, 'headers: { set: { X-Lead-To: b.localhost } }'),
    routeOf('c.localhost', service.url),
  );
  gateway = await gatewayTo(undefined, { file });
  una = await gateway.bearer('una');
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  back.closeAllConnections();
  back.close();
  await service[Symbol.asyncDispose]();
});

test('a request that comes back to its route is answered 508, whoever makes it', async () => {
  const requests = gateway.lines.length;
  for (const [path, headers] of [
    ['/public/x', {}],
    ['/x', una],
    ['/public/x', { 'sec-fetch-mode': 'navigate', accept: 'text/html' }],
  ] as const) {
    const answer = await gateway.send('a.localhost', path, { headers });
    equal(answer.status, 508);
    match(answer.text, /loop_detected|came back/);
  }
  // Each is seen twice: as it came, and as it came back.
  equal(gateway.lines.slice(requests).filter(({ message }) => message === 'request').length, 6);
});

test('a loop through several routes ends as well', async () => {
  const requests = gateway.lines.length;
  equal((await gateway.send('b.localhost', '/public/x')).status, 508);
  equal(gateway.lines.slice(requests).filter(({ message }) => message === 'request').length, 3);
});

test('a socket that comes back is refused', async () => {
  const head = ['GET /public/x HTTP/1.1', 'Host: c.localhost', 'Connection: Upgrade', 'Upgrade: websocket'];
  await gateway.send('c.localhost', '/public/x');
  const [mark = ''] = service.seen.slice(-1).flatMap((seen) => valuesOf(seen, 'x-gatewarden-hop'));
  const marked = [...head, 'Sec-WebSocket-Key: eA==', `X-Gatewarden-Hop: ${mark}`].join('\r\n');
  match(await rawRequest(gateway.port, `${marked}\r\n\r\n`), /^HTTP\/1\.1 508 /);
});

test('a service may pass its requests on to another route, and a client can make up no mark', async () => {
  await gateway.send('c.localhost', '/public/x');
  const before = service.seen.length;
  for (const mark of ['x', 'AAAAAAAAAAAAAAAA', `${'A'.repeat(16)},`.repeat(500), 'b.localhost']) {
    const headers = { 'x-gatewarden-hop': mark, x_gatewarden_hop: mark };
    equal((await gateway.send('c.localhost', '/public/x', { headers })).status, 200);
  }
  equal(service.seen.length, before + 4);
  const [own] = gateway.gate.hopMarks('c.localhost');
  deepEqual(
    service.seen.slice(before).map((one) => valuesOf(one, 'x-gatewarden-hop')),
    [[own], [own], [own], [own]],
  );
  deepEqual(
    service.seen.slice(before).flatMap((one) => valuesOf(one, 'x_gatewarden_hop')),
    [],
  );
});

test('the marks are the same on all instances with one secret key, and others with another', async () => {
  const one = gateway.gate.hopMarks('a.localhost');
  await using other = await gatewayTo(undefined, { file: fileOf(routeOf('a.localhost', service.url)) });
  equal(one.length, 1);
  match(one[0] ?? '', /^[\w-]{16}$/);
  equal(one[0] === other.gate.hopMarks('a.localhost')[0], false);
  equal(one[0] === gateway.gate.hopMarks('b.localhost')[0], false);
});
