import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import test, { after } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { secureGatewayTo } from './secure.ts';
import { gatewayTo, portOf } from './started.ts';
import { until } from './until.ts';

const rules = 'public * /**';

/** A frame (RFC 6455, 5.2), masked where a client sends it. */
function frame(first: number, payload: Buffer, masked: boolean): Buffer {
  const head = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  head[0] = first;
  const short = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  head[1] = short | (masked ? 0x80 : 0);
  if (short === 126) head.writeUInt16BE(payload.length, 2);
  if (short === 127) head.writeBigUInt64BE(BigInt(payload.length), 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const mixed = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([head, mask, mixed]);
}

const closing = (code: number, reason: string): Buffer => {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return Buffer.concat([payload, Buffer.from(reason)]);
};

/** Frames of every kind, one after another. */
const everyKind = (masked: boolean): Buffer =>
  Buffer.concat([
    frame(0x81, Buffer.from('text \u00e4'), masked),
    frame(0x82, Buffer.from([0, 255, 13, 10, 0]), masked),
    frame(0x81, Buffer.alloc(0), masked),
    // A message in three fragments, with control frames in between, and an empty one at its end.
    frame(0x01, Buffer.from('frag'), masked),
    frame(0x89, Buffer.from('ping'), masked),
    frame(0x00, Buffer.from('men'), masked),
    frame(0x8a, Buffer.alloc(0), masked),
    frame(0x80, Buffer.alloc(0), masked),
    // Lengths of 7, 16 and 64 bits, at their edges.
    ...[125, 126, 65_535, 65_536, 300_000].map((length) => frame(0x82, randomBytes(length), masked)),
    // A compressed message has the first reserved bit; opcodes and bits that are not defined pass as well.
    frame(0xc1, randomBytes(50), masked),
    frame(0xb3, Buffer.from('reserved'), masked),
    frame(0x8f, Buffer.from('reserved'), masked),
    frame(0x88, closing(4999, 'own code'), masked),
  ]);

/** A service that answers the handshake by hand, sends its frames right behind it, and keeps what it receives. */
const fromServer = everyKind(false);
let received: Buffer = Buffer.alloc(0);
const upgraded = new Set<Duplex>();
const service = createServer().listen(0, '127.0.0.1');
service.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
  received = head;
  upgraded.add(socket);
  const key = `${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  const answer = [...lines, `Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Extensions: permessage-deflate', '', ''];
  socket.write(Buffer.concat([Buffer.from(answer.join('\r\n')), fromServer.subarray(0, 20)]));
  socket.write(fromServer.subarray(20));
  socket
    .on('error', () => undefined)
    .on('data', (more: Buffer) => {
      received = Buffer.concat([received, more]);
    });
});

/** What programs use: a library, with messages compressed. */
const library = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: { threshold: 0 },
  handleProtocols: () => 'notes.v2',
});
library.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    if (String(data) === 'close 3000') socket.close(3000, 'from the service');
    else if (String(data) === 'drop') socket.terminate();
    else socket.send(data, { binary: isBinary });
  });
});
await Promise.all([once(service, 'listening'), once(library, 'listening')]);
const servicePort = portOf(service);
const libraryAddress = library.address();
if (typeof libraryAddress !== 'object' || libraryAddress === null) throw new Error('no port');
const libraryPort = libraryAddress.port;

const options = { options: { rules } };
const plain = await gatewayTo(`http://127.0.0.1:${servicePort}`, options);
const secure = await secureGatewayTo(`http://127.0.0.1:${servicePort}`, options);
const plainToLibrary = await gatewayTo(`http://127.0.0.1:${libraryPort}`, options);
const secureToLibrary = await secureGatewayTo(`http://127.0.0.1:${libraryPort}`, options);
after(async () => {
  for (const gateway of [plain, secure, plainToLibrary, secureToLibrary]) await gateway[Symbol.asyncDispose]();
  for (const client of library.clients) client.terminate();
  library.close();
  service.close();
  for (const socket of upgraded) socket.destroy();
});

const handshake = [
  'GET /socket HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Extensions: permessage-deflate',
  '',
  '',
].join('\r\n');

const ways: [title: string, open: () => Socket][] = [
  ['direct', () => connect(servicePort, '127.0.0.1')],
  ['through the gateway', () => connect(plain.port, '127.0.0.1')],
  [
    'through the gateway with TLS',
    () => connectTls({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false }),
  ],
];
for (const [title, open] of ways) {
  for (const pieces of [1, 997]) {
    test(`frames of every kind pass ${title} byte for byte, both ways, in ${pieces === 1 ? 'one piece' : 'pieces'}`, async () => {
      const sent = everyKind(true);
      received = Buffer.alloc(0);
      const socket = open();
      let heard = Buffer.alloc(0);
      socket.on('data', (more: Buffer) => {
        heard = Buffer.concat([heard, more]);
      });
      const bytes = Buffer.concat([Buffer.from(handshake), sent]);
      const size = Math.ceil(bytes.length / pieces);
      // The first frames are right behind the handshake.
      for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
      await until(() => equal(received.length, sent.length));
      ok(received.equals(sent));
      const end = () => heard.indexOf('\r\n\r\n') + 4;
      await until(() => equal(heard.length - end(), fromServer.length));
      ok(heard.subarray(end()).equals(fromServer));
      socket.destroy();
    });
  }
}

const addresses: [title: string, url: string][] = [
  ['direct', `ws://127.0.0.1:${libraryPort}`],
  ['through the gateway', `ws://127.0.0.1:${plainToLibrary.port}`],
  ['through the gateway with TLS', `wss://127.0.0.1:${secureToLibrary.port}`],
];
for (const [title, url] of addresses) {
  const openAt = async (): Promise<WebSocket> => {
    const origin = url.replace('ws', 'http');
    const given = { rejectUnauthorized: false, origin, perMessageDeflate: { threshold: 0 } };
    const socket = new WebSocket(`${url}/socket`, ['notes.v1', 'notes.v2'], given);
    await once(socket, 'open');
    return socket;
  };

  test(`a library’s messages pass ${title}: compressed, fragmented, large, with pings`, async () => {
    const socket = await openAt();
    deepEqual([socket.extensions, socket.protocol], ['permessage-deflate', 'notes.v2']);
    const large = randomBytes(3_000_000);
    for (const message of [Buffer.from('small'), Buffer.alloc(0), large, Buffer.alloc(1_000_000, 'a')]) {
      const echoed = once(socket, 'message');
      socket.send(message);
      const [data, isBinary] = await echoed;
      ok(Buffer.from(data).equals(message) && isBinary);
    }
    const echoed = once(socket, 'message');
    socket.send('in ', { fin: false });
    socket.ping('now');
    const pong = once(socket, 'pong');
    socket.send('fragments', { fin: true });
    const [[data], [answer]] = await Promise.all([echoed, pong]);
    deepEqual([String(data), String(answer)], ['in fragments', 'now']);
    socket.terminate();
  });

  test(`close codes and reasons pass ${title}, either way`, async () => {
    for (const code of [1000, 1001, 3000, 4999]) {
      const socket = await openAt();
      const [other] = [...library.clients].slice(-1);
      const told = once(other ?? socket, 'close');
      socket.close(code, 'by the client');
      const [seen, reason] = await told;
      deepEqual([seen, String(reason)], [code, 'by the client']);
    }
    const socket = await openAt();
    const closed = once(socket, 'close');
    socket.send('close 3000');
    const [code, reason] = await closed;
    deepEqual([code, String(reason)], [3000, 'from the service']);
    const dropped = await openAt();
    const gone = once(dropped, 'close');
    dropped.send('drop');
    deepEqual((await gone)[0], 1006);
  });
}
