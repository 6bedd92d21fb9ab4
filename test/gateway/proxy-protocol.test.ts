import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { readProxyHeader } from '../../gateway/listener/proxy-header.ts';
import { rawRequest } from '../support/http.ts';
import { answerOn, secureGatewayTo } from './secure.ts';
import { gatewayTo, upstreamThat, valuesOf } from './started.ts';
import { until } from './until.ts';

const upstream = await upstreamThat((_req, res) => void res.end('served'));
const options = { trustedProxies: ['127.0.0.0/8'] };
const gateway = await gatewayTo(upstream.url, { options, limits: { headersTimeout: 1000 } });
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const request = (...lines: string[]): string =>
  ['GET /public/x HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n');

const textHeader = 'PROXY TCP4 203.0.113.7 192.0.2.1 51234 443\r\n';
const sign = '0d0a0d0a000d0a515549540a';
const binary = (rest: string): Buffer => Buffer.from(sign + rest, 'hex');
const binary4 = binary('2111000ccb007108c0000201c82201bb');
const binary6 = binary(`21210024${'20010db8000000000000000000000009'}${'20010db8000000000000000000000001'}c82201bb`);

function lastSeen(name: string): string[] {
  const seen = upstream.seen.at(-1);
  return seen === undefined ? [] : valuesOf(seen, name);
}

const heads: [title: string, bytes: Buffer, expected: object][] = [
  ['version 1', Buffer.from(textHeader), { kind: 'header', length: 44, address: '203.0.113.7' }],
  [
    'version 1 for IPv6',
    Buffer.from('PROXY TCP6 2001:DB8::9 ::1 1 2\r\n'),
    { kind: 'header', length: 32, address: '2001:db8::9' },
  ],
  [
    'version 1 of a client that is not known',
    Buffer.from('PROXY UNKNOWN a b\r\n'),
    { kind: 'header', length: 19, address: undefined },
  ],
  ['version 2', binary4, { kind: 'header', length: 28, address: '203.0.113.8' }],
  ['version 2 for IPv6', binary6, { kind: 'header', length: 52, address: '2001:db8::9' }],
  [
    'version 2 with an extension',
    binary('21110010cb007108c0000201c82201bb04000100'),
    { kind: 'header', length: 32, address: '203.0.113.8' },
  ],
  ['a health check of the proxy', binary('20000000'), { kind: 'header', length: 16, address: undefined }],
  [
    'a mapped address',
    binary(`21210024${'00000000000000000000ffffcb007109'}${'0'.repeat(32)}c82201bb`),
    { kind: 'header', length: 52, address: '203.0.113.9' },
  ],
  ['a request', Buffer.from('POST / HTTP/1.1\r\n'), { kind: 'none' }],
  ['a request of a like name', Buffer.from('PROPFIND / HTTP/1.1\r\n'), { kind: 'none' }],
  ['empty lines before a request', Buffer.from('\r\n\r\nGET / HTTP/1.1\r\n'), { kind: 'none' }],
  ['a TLS handshake', Buffer.from('160301', 'hex'), { kind: 'none' }],
  ['the beginning of version 1', Buffer.from('PRO'), { kind: 'incomplete' }],
  ['the beginning of version 2', binary('2111000c'), { kind: 'incomplete' }],
  ['no end of the line', Buffer.from(`PROXY TCP4 ${'1'.repeat(100)}`), { kind: 'malformed' }],
  ['a name for an address', Buffer.from('PROXY TCP4 localhost 192.0.2.1 1 2\r\n'), { kind: 'malformed' }],
  ['an address of the other family', Buffer.from('PROXY TCP4 ::1 192.0.2.1 1 2\r\n'), { kind: 'malformed' }],
  ['an octal address', Buffer.from('PROXY TCP4 010.0.0.1 192.0.2.1 1 2\r\n'), { kind: 'malformed' }],
  ['a port beyond the last', Buffer.from('PROXY TCP4 10.0.0.1 192.0.2.1 65536 2\r\n'), { kind: 'malformed' }],
  ['two spaces', Buffer.from('PROXY TCP4  10.0.0.1 192.0.2.1 1 2\r\n'), { kind: 'malformed' }],
  ['another version', binary('3111000ccb007108c0000201c82201bb'), { kind: 'malformed' }],
  ['addresses that are too short', binary('21110004cb007108'), { kind: 'malformed' }],
  ['datagrams', binary('2112000ccb007108c0000201c82201bb'), { kind: 'malformed' }],
  ['a length beyond all extensions', binary('2111ffff'), { kind: 'malformed' }],
];
for (const [title, bytes, expected] of heads) {
  test(`the header is read: ${title}`, () => deepEqual(readProxyHeader(bytes), expected));
}

for (const [title, bytes, address] of [
  ['version 1', Buffer.from(textHeader), '203.0.113.7'],
  ['version 2', binary4, '203.0.113.8'],
] as const) {
  test(`${title}: the address is the client’s, in the log and at the upstream`, async () => {
    const heard = await rawRequest(gateway.port, Buffer.concat([bytes, Buffer.from(request())]));
    match(heard, /^HTTP\/1\.1 200 /);
    deepEqual([lastSeen('x-forwarded-for'), lastSeen('x-real-ip')], [[address], [address]]);
    equal(gateway.lines.findLast(({ path }) => path === '/public/x')?.address, address);
  });
}

test('a header that arrives byte by byte is read, and the connection is kept', async () => {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', noDelay: true });
  for (const byte of binary4) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.setEncoding('latin1');
  for (const expected of ['one', 'two']) {
    socket.write(request(`X-Mark: ${expected}`).replace('Connection: close\r\n', ''));
    await once(socket, 'data');
    deepEqual([lastSeen('x-mark'), lastSeen('x-real-ip')], [[expected], ['203.0.113.8']]);
  }
  socket.destroy();
});

test('a trusted proxy may also send no header', async () => {
  match(await rawRequest(gateway.port, request()), /^HTTP\/1\.1 200 /);
  deepEqual(lastSeen('x-real-ip'), ['127.0.0.1']);
});

test('with TLS the header is before the handshake; HTTP/1.1 and HTTP/2 have the address', async () => {
  await using secure = await secureGatewayTo(upstream.url, { options });
  const overTls = async (ALPNProtocols: string[]): Promise<Socket> => {
    const socket = connect(secure.port, '127.0.0.1');
    socket.write(textHeader);
    const encrypted = connectTls({ socket, ALPNProtocols, rejectUnauthorized: false });
    await once(encrypted, 'secureConnect');
    return encrypted;
  };
  const http1 = await overTls(['http/1.1']);
  http1.write(request());
  match(await text(http1), /^HTTP\/1\.1 200 /);
  deepEqual([lastSeen('x-real-ip'), lastSeen('x-forwarded-proto')], [['203.0.113.7'], ['https']]);
  const socket = await overTls(['h2']);
  const session = connectHttp2('https://127.0.0.1', { createConnection: () => socket });
  equal((await answerOn(session.request({ ':path': '/public/x' }))).status, 200);
  deepEqual(lastSeen('x-real-ip'), ['203.0.113.7']);
  session.destroy();
});

test('a gateway that stops does not wait for connections on which nothing arrives', async () => {
  const stopping = await gatewayTo(upstream.url, { options, limits: { drain: 120_000, headersTimeout: 120_000 } });
  const socket = connect(stopping.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await until(async () => equal((await rawRequest(stopping.port, request())).startsWith('HTTP/1.1 200'), true));
  const before = performance.now();
  await stopping[Symbol.asyncDispose]();
  equal(performance.now() - before < 60_000, true);
});
