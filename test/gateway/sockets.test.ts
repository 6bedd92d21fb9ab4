import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { after } from 'node:test';
import { WebSocket } from 'ws';
import { legacyApp } from '../../examples/legacy-app/server.ts';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, portOf, type TestGateway } from './started.ts';

const legacy = legacyApp().listen(0, '127.0.0.1');
await once(legacy, 'listening');
legacy.unref();
const connections = new Set<Socket>();
legacy.on('connection', (socket: Socket) => connections.add(socket));
const gateway: TestGateway = await gatewayTo(`http://127.0.0.1:${portOf(legacy)}`);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  legacy.closeAllConnections();
});

const socketUrl = `${gateway.url.replace('http', 'ws')}/socket`;
const open = (headers: Record<string, string>): WebSocket => new WebSocket(socketUrl, { headers });

async function refusedWith(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
}

async function nextMessage(socket: WebSocket): Promise<unknown> {
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

const zoe = await gateway.signIn('zoe');

test('a WebSocket of our own page is carried both ways, and the service knows whose it is', async () => {
  const socket = open({ ...zoe, origin: gateway.url });
  deepEqual(await nextMessage(socket), { hello: 'zoe' });
  const big = 'x'.repeat(1_000_000);
  socket.send(big);
  for (;;) {
    const message = (await nextMessage(socket)) as { echo?: string };
    if (message.echo === undefined) continue;
    equal(message.echo, big);
    break;
  }
  socket.close(1000);
  const [code] = await once(socket, 'close');
  equal(code, 1000);
});

test('a WebSocket without sign-in, or from another site’s page, is refused with a status', async () => {
  equal(await refusedWith(open({ origin: gateway.url })), 401);
  equal(await refusedWith(open({ ...zoe, origin: 'http://evil.example' })), 403);
  equal(await refusedWith(open({ ...zoe, origin: 'null' })), 403);
  equal(await refusedWith(open(zoe)), 403);
});

test('a token opens a WebSocket without a page', async () => {
  const socket = open(await gateway.bearer('tess'));
  deepEqual(await nextMessage(socket), { hello: 'tess' });
  socket.terminate();
});

test('what the service answers instead of an upgrade is passed back', async () => {
  const lines = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`;
  const heard = await rawRequest(gateway.port, ask('/public/no-socket-here'));
  match(heard, /^HTTP\/1\.1 400 [\s\S]*connection: close/i);
  match(await rawRequest(gateway.port, ask('/_gatewarden/login')), /^HTTP\/1\.1 404 /);
});

test('sign-out closes open WebSockets and event streams', async () => {
  const cookie = await gateway.signIn('sam');
  const socket = open({ ...cookie, origin: gateway.url });
  await nextMessage(socket);
  const stream = await fetch(`${gateway.url}/events`, { headers: cookie });
  const reader = stream.body?.getReader();
  await reader?.read();
  const socketClosed = once(socket, 'close');
  const streamClosed = readToEnd(reader);
  await gateway.signOut(cookie);
  const [code] = await socketClosed;
  equal(code, 1006);
  equal(await streamClosed, 'broken off');
});

test('a deactivated user’s sockets close, others stay open', async () => {
  const gone = open(await gateway.bearer('gone'));
  const stays = open(await gateway.bearer('stays'));
  await Promise.all([nextMessage(gone), nextMessage(stays)]);
  const closed = once(gone, 'close');
  await gateway.gate.users.edit('gone', { active: false });
  await closed;
  stays.send('still here');
  for (;;) {
    const message = (await nextMessage(stays)) as { echo?: string };
    if (message.echo === 'still here') break;
  }
  stays.terminate();
});

test('when the service drops a WebSocket the client’s side is dropped too', async () => {
  const socket = open(await gateway.bearer('drop'));
  await nextMessage(socket);
  const closed = once(socket, 'close');
  for (const connection of connections) connection.destroy();
  const [code] = await closed;
  equal(code, 1006);
});

test('the log of a WebSocket is one line, when it closes', () => {
  const lines = gateway.lines.filter(({ path, status }) => path === '/socket' && status === 101);
  equal(lines.filter(({ user }) => user === 'sam').length, 1);
});

async function readToEnd(reader: ReadableStreamDefaultReader | undefined): Promise<string> {
  try {
    while ((await reader?.read())?.done === false);
    return 'ended';
  } catch {
    return 'broken off';
  }
}

test('a WebSocket opens with a GET of HTTP/1.1, not otherwise', async () => {
  const lines = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: eA=='];
  for (const first of [
    'POST /socket HTTP/1.1',
    'GET /socket HTTP/1.0',
    'PUT /socket HTTP/1.1',
    'OPTIONS /socket HTTP/1.1',
  ]) {
    const head = [first, 'Host: localhost', `Cookie: ${zoe.cookie}`, 'Origin: http://localhost', ...lines];
    match(await rawRequest(gateway.port, `${head.join('\r\n')}\r\n\r\n`), /^HTTP\/1\.[01] 400 /, first);
  }
});
