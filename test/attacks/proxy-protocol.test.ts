import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { Options } from 'gatewarden';
import { secureGatewayTo } from '../gateway/secure.ts';
import { gatewayTo, type TestGateway, upstreamThat, valuesOf } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

const upstream = await upstreamThat((_req, res) => void res.end('served'));
const limits = { headersTimeout: 1000 };
const opened: AsyncDisposable[] = [upstream];
async function started(options: Options): Promise<TestGateway> {
  const gateway = await gatewayTo(upstream.url, { options, limits });
  opened.unshift(gateway);
  return gateway;
}
const trusting = await started({ trustedProxies: ['127.0.0.0/8'] });
const trustingOthers = await started({ trustedProxies: ['192.0.2.0/24'] });
const trustingNobody = await started({});
const withSecret = await started({ trustedProxies: ['127.0.0.0/8'], proxySecret: 'sent-in-a-header-by-the-front' });
after(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]();
});

const request = (...lines: string[]): string =>
  ['GET /public/x HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n');
const claims = (address: string): string => `PROXY TCP4 ${address} 192.0.2.1 1234 443\r\n`;
const binaryClaim = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007108c0000201c82201bb', 'hex');

for (const [title, gateway] of [
  ['an address that is not trusted', trustingOthers],
  ['any address where none is trusted', trustingNobody],
  ['an address that must show the proxy’s secret as well', withSecret],
] as const) {
  test(`a PROXY header of ${title} is no request, and nothing reaches the upstream`, async () => {
    const before = upstream.seen.length;
    match(await rawRequest(gateway.port, claims('203.0.113.7') + request()), /^HTTP\/1\.1 400 /);
    const heard = await rawRequest(gateway.port, Buffer.concat([binaryClaim, Buffer.from(request())]));
    match(heard, /^HTTP\/1\.1 400 /);
    equal(upstream.seen.length, before);
  });
}

const broken: [title: string, bytes: Buffer | string][] = [
  ['a malformed address', claims('203.0.113.007') + request()],
  ['a line that does not end', `PROXY TCP4 ${'9'.repeat(4000)}`],
  ['a length that goes on for ever', Buffer.from('0d0a0d0a000d0a515549540a2111ffff', 'hex')],
  ['a header inside another one’s length', Buffer.from('0d0a0d0a000d0a515549540a21110004cb007108', 'hex')],
];
for (const [title, bytes] of broken) {
  test(`${title} closes the connection of a trusted proxy without an answer`, async () => {
    const before = upstream.seen.length;
    equal(await rawRequest(trusting.port, bytes, 20_000), '');
    equal(upstream.seen.length, before);
  });
}

test('a second header, which only the client can have sent, is no request', async () => {
  const before = upstream.seen.length;
  const both = claims('203.0.113.7') + claims('127.0.0.1') + request();
  match(await rawRequest(trusting.port, both), /^HTTP\/1\.1 400 /);
  equal(upstream.seen.length, before);
});

test('the address of the header is trusted for nothing that it does not earn by itself', async () => {
  const forged = request('X-Forwarded-For: 198.51.100.1', 'X-Forwarded-Proto: https');
  match(await rawRequest(trusting.port, claims('203.0.113.7') + forged), /^HTTP\/1\.1 200 /);
  const [seen] = upstream.seen.slice(-1);
  if (seen === undefined) throw new Error('nothing reached the upstream');
  deepEqual([valuesOf(seen, 'x-real-ip'), valuesOf(seen, 'x-forwarded-proto')], [['203.0.113.7'], ['http']]);
  deepEqual(valuesOf(seen, 'x-forwarded-for'), ['203.0.113.7']);
});

test('a client that sends nothing behind a trusted proxy is disconnected in time, others are served meanwhile', async () => {
  const silent = connect(trusting.port, '127.0.0.1');
  const slow = connect(trusting.port, '127.0.0.1');
  for (const socket of [silent, slow]) socket.on('error', () => undefined).resume();
  slow.write('PROXY TC');
  const closed = Promise.all([once(silent, 'close'), once(slow, 'close')]);
  match(await rawRequest(trusting.port, request()), /^HTTP\/1\.1 200 /);
  await closed;
});

test('a header inside of TLS, where only the client can write, is no request', async () => {
  await using secure = await secureGatewayTo(upstream.url, { options: { trustedProxies: ['127.0.0.0/8'] } });
  const before = upstream.seen.length;
  const socket = connectTls({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.write(claims('203.0.113.7') + request());
  match(await text(socket), /^HTTP\/1\.1 400 /);
  equal(upstream.seen.length, before);
});
