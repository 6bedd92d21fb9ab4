import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import test, { after, before } from 'node:test';
import { WebSocket } from 'ws';
import { rawRequest } from '../../support/http.ts';
import { gatewayTo, portOf, type TestGateway } from '../started.ts';
import { until } from '../until.ts';

const host = 'site.example';

/** A service of HTTP/2 behind a gateway whose clients speak HTTP/1.1. */
let server: Http2Server;
let gateway: TestGateway;
const sessions = new Set<ServerHttp2Session>();
const seen: IncomingHttpHeaders[] = [];
/** How the requests to `/upload` and `/stream` ended. */
const ended: string[] = [];

before(async () => {
  server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    seen.push(headers);
    stream.on('error', () => undefined);
    stream.on('close', () => ended.push(`${headers[':path']} ${stream.rstCode}`));
    if (headers[':path'] === '/trailers') {
      stream.respond({ ':status': 200, trailer: 'x-sum' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42', 'set-cookie': 'a=b' }));
      stream.end('body');
    } else if (headers[':path'] === '/stream') {
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      stream.write('data: 1\n\n');
    } else if (headers[':path'] === '/breaks') {
      stream.respond({ ':status': 200 });
      stream.write('part', () => setTimeout(() => stream.destroy(new Error('no')), 20));
    } else if (headers[':path'] !== '/upload') {
      stream.respond({ ':status': 200, 'x-kind': 'echo', 'set-cookie': ['a=1', 'gatewarden=stolen', 'b=2'] });
      stream.pipe(stream);
    } else stream.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const file = `routes:
  - host: ${host}
    upstream: h2://127.0.0.1:${portOf(server)}
    rules: public * /**
`;
  gateway = await gatewayTo(undefined, { file });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const session of sessions) session.destroy();
  server.close();
});

test('requests with and without a body; cookies of the gateway pass in neither direction', async () => {
  const headers = { cookie: 'gatewarden=dead; mine=1', 'x-forwarded-user': 'root', connection: 'x-hop', 'x-hop': '1' };
  const posted = await gateway.send(host, '/a?b=c', { method: 'POST', headers, body: 'echoed' });
  deepEqual([posted.status, posted.text, posted.headers['x-kind']], [200, 'echoed', 'echo']);
  equal(posted.headers['set-cookie']?.includes('gatewarden=stolen'), false);
  const received = seen.at(-1);
  deepEqual(
    [received?.[':authority'], received?.[':path'], received?.cookie, received?.['x-forwarded-user']],
    [host, '/a?b=c', 'mine=1', ''],
  );
  equal('x-hop' in (received ?? {}), false);
  equal((await gateway.send(host, '/')).text, '');
  const head = await gateway.send(host, '/', { method: 'HEAD' });
  deepEqual([head.status, head.headers['x-kind'], head.text], [200, 'echo', '']);
});

test('trailers of the service reach a client of HTTP/1.1, but those that no trailer may be', async () => {
  const answer = await rawRequest(
    gateway.port,
    `GET /trailers HTTP/1.1\r\nHost: ${host}\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n`,
  );
  match(answer, /\r\ntrailer: x-sum\r\n/i);
  match(answer, /\r\n4\r\nbody\r\n0\r\nx-sum: 42\r\n\r\n$/);
});

test('a client that goes away within its upload, or from a stream, resets the request at the service', async () => {
  const upload = ['POST /upload HTTP/1.1\r\nTransfer-Encoding: chunked', '/upload'] as const;
  for (const [head, path] of [upload, upload, upload, upload, ['GET /stream HTTP/1.1', '/stream']] as const) {
    const [before, finished] = [seen.length, ended.length];
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`${head}\r\nHost: ${host}\r\n\r\n${path === '/upload' ? '5\r\nhello\r\n' : ''}`);
    await until(() => equal(seen.length, before + 1));
    socket.destroy();
    await until(() => deepEqual(ended.slice(finished), [`${path} 8`]));
  }
  deepEqual(
    gateway.app.health().map(({ healthy }) => healthy),
    [true],
  );
});

test('an answer that the service breaks off is broken off for the client', async () => {
  const answer = await rawRequest(gateway.port, `GET /breaks HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  match(answer, /\r\n4\r\npart\r\n$/);
});

test('a WebSocket is refused: the service opens none', async () => {
  const before = seen.length;
  const headers = { host, origin: `http://${host}` };
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/socket`, { headers }).on('error', () => undefined);
  const [, answer] = await once(socket, 'unexpected-response');
  equal(answer.statusCode, 400);
  equal(seen.length, before);
  socket.terminate();
});
