import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../gateway/started.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
let ada: Readonly<{ cookie: string }>;
before(async () => {
  upstream = await upstreamThat((req, res) => {
    req.resume();
    res.end('the service');
  });
  // Short, but not so short that a busy machine cannot serve the others within them.
  const limits = { headersTimeout: 1500, keepAliveTimeout: 1500, bodyStall: 1500, discard: 500 };
  gateway = await gatewayTo(upstream.url, { limits });
  ada = await gateway.signIn('ada');
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

type Ended = Readonly<{ heard: string; ms: number }>;

/** Once it is closed; a reset on the way there is one way of being closed, where `once` would reject. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** A socket that sends this and then nothing: what came back, and when it was closed. */
async function stalling(bytes: string): Promise<Ended> {
  const socket = connect(gateway.port, '127.0.0.1').setEncoding('latin1');
  const started = performance.now();
  let heard = '';
  socket.on('error', () => undefined);
  socket.on('data', (more: string) => {
    heard += more;
  });
  if (bytes !== '') socket.write(bytes);
  await closed(socket);
  return { heard, ms: performance.now() - started };
}

/** On a connection of its own: a kept one is closed after so short a time here. */
async function served(): Promise<number> {
  const asked = request(`${gateway.url}/x`, { headers: ada, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response.statusCode ?? 0;
}

async function othersAreServed(times = 20): Promise<void> {
  for (let at = 0; at < times; at += 1) {
    const asked = performance.now();
    equal(await served(), 200);
    const took = performance.now() - asked;
    ok(took < 8000, `somebody else waited for ${took} ms`);
  }
}

const host = 'Host: localhost\r\n';
const json = 'Content-Type: application/json\r\nContent-Length: 1000\r\n';

const stalls: Readonly<Record<string, string>> = {
  'say nothing at all': '',
  'stop in the request line': 'GET /x',
  'stop in the headers': `GET /x HTTP/1.1\r\n${host}X-`,
  'stop in the body of a call of ours': `POST /_gatewarden/api/v1/login HTTP/1.1\r\n${host}${json}\r\n{"username":`,
  'stop in a form of ours': `POST /_gatewarden/login HTTP/1.1\r\n${host}Origin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername=`,
  'stop in a body for the service': `POST /public/x HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\nx`,
  'stop in a chunk for the service': `POST /public/x HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nff\r\nx`,
  'stop in a body that is refused': `POST /operator/x HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\nx`,
  'keep a connection without a further request': `GET /public/x HTTP/1.1\r\n${host}\r\n`,
};

for (const [what, bytes] of Object.entries(stalls)) {
  test(`100 connections that ${what}`, async () => {
    const all = Promise.all(Array.from({ length: 100 }, () => stalling(bytes)));
    await othersAreServed();
    const longest = Math.max(...(await all).map(({ ms }) => ms));
    ok(longest < 15_000, `one was open for ${longest} ms`);
  });
}

/** Writes a piece every now and then, and hears how long that was borne with. */
async function dripping(head: string, piece: string): Promise<number> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(head);
  const started = performance.now();
  const timer = setInterval(() => socket.write(piece), 50);
  await closed(socket);
  clearInterval(timer);
  return performance.now() - started;
}

for (const [what, head, piece] of [
  ['headers', `GET /x HTTP/1.1\r\n${host}`, 'X-A: b\r\n'],
  ['the body of a call of ours', `POST /_gatewarden/api/v1/login HTTP/1.1\r\n${host}${json}\r\n`, ' '],
] as const) {
  test(`50 connections that drip ${what}, a byte at a time`, async () => {
    const all = Promise.all(Array.from({ length: 50 }, () => dripping(head, piece)));
    await othersAreServed();
    const longest = Math.max(...(await all));
    ok(longest < 15_000, `one was open for ${longest} ms`);
  });
}

const flood = (head: string, times: number): Promise<Ended[]> =>
  Promise.all(Array.from({ length: times }, () => stalling(head)));

const statusOf = ({ heard }: Ended): string => /^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? '';
const head = (lines: string): string => `GET /public/x HTTP/1.1\r\n${host}Connection: close\r\n${lines}\r\n`;
const pairs = (count: number, name: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => `${name(at)}=${'v'.repeat(8)}`).join('; ');

const floods: readonly (readonly [what: string, lines: string, expected: RegExp])[] = [
  ['a header of 40 kB', `X-Long: ${'x'.repeat(40_000)}\r\n`, /^431$/],
  [
    'headers of 40 kB in all',
    Array.from({ length: 400 }, (_, at) => `X-${at}: ${'x'.repeat(95)}\r\n`).join(''),
    /^431$/,
  ],
  ['a cookie of 40 kB', `Cookie: a=${'x'.repeat(40_000)}\r\n`, /^431$/],
  ['5,000 headers of one letter', 'A:\r\n'.repeat(5000), /^(200|431)$/],
  ['700 cookies', `Cookie: ${pairs(700, (at) => `c${at}`)}\r\n`, /^200$/],
  ['1,000 cookies of our name', `Cookie: ${pairs(1000, () => 'gatewarden')}\r\n`, /^200$/],
  ['1,000 Cookie headers', 'Cookie: gatewarden=x\r\n'.repeat(1000), /^200$/],
  ['a cookie of our name of 30 kB', `Cookie: gatewarden=s%3A${'x'.repeat(30_000)}.y\r\n`, /^400$/],
  ['a cookie of 14,000 semicolons', `Cookie: ${';'.repeat(14_000)}\r\n`, /^200$/],
  ['a cookie of 10,000 escapes', `Cookie: gatewarden=${'%25'.repeat(10_000)}\r\n`, /^400$/],
  ['a bearer of 14 kB', `Authorization: Bearer ${'x'.repeat(14_000)}\r\n`, /^200$/],
  ['a JWT of 14 kB', `Authorization: Bearer ${'e30.'.repeat(2)}${'x'.repeat(14_000)}\r\n`, /^200$/],
  ['10,000 forwarded addresses', `X-Forwarded-For: ${'1.1.1.1,'.repeat(3500)}1.1.1.1\r\n`, /^200$/],
  ['a Connection list of 3,000 names', `Connection: ${'a,'.repeat(3000)}close\r\n`, /^200$/],
];

for (const [what, lines, expected] of floods) {
  test(`100 requests with ${what}`, async () => {
    const started = performance.now();
    const all = flood(head(lines), 100);
    await othersAreServed(5);
    for (const one of await all) match(statusOf(one), expected);
    const took = performance.now() - started;
    ok(took < 20_000, `they took ${took} ms`);
  });
}

test('a call of ours with a body of 10 MB is refused without reading all of it', async () => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username: 'x'.repeat(10_000_000), password: 'x' });
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      fetch(`${gateway.url}/_gatewarden/api/v1/login`, { method: 'POST', headers, body }).then(
        ({ status }) => status,
        () => 'broken off',
      ),
    ),
  );
  deepEqual(
    answers.filter((one) => one !== 413 && one !== 408 && one !== 'broken off'),
    [],
  );
  await othersAreServed(5);
});

test('a call of ours in JSON a thousand levels deep, or with 10,000 fields', async () => {
  const headers = { 'content-type': 'application/json' };
  const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, at]));
  for (const body of [
    `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
    `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
    JSON.stringify(fields),
  ]) {
    const started = performance.now();
    const answer = await fetch(`${gateway.url}/_gatewarden/api/v1/login`, { method: 'POST', headers, body });
    equal(answer.status, 400);
    const text = await answer.text();
    ok(text.length < 5000, `${text.length} bytes`);
    ok(performance.now() - started < 2000);
  }
});

test('more connections than there may be: those that are there are served, the rest is closed at once', async () => {
  await using small = await gatewayTo(upstream.url, { limits: { maxConnections: 20 } });
  const sockets: Socket[] = [];
  const closed: number[] = [];
  for (let at = 0; at < 60; at += 1) {
    const socket = connect(small.port, '127.0.0.1').on('error', () => undefined);
    socket.on('close', () => closed.push(at));
    sockets.push(socket);
    await once(socket, 'connect');
  }
  const first = sockets[0] ?? new Socket();
  first.setEncoding('latin1').write(head(''));
  match(String((await once(first, 'data'))[0]), /^HTTP\/1\.1 200/);
  ok(closed.length >= 40 && closed.every((at) => at >= 20 || at === 0), String(closed));
  for (const socket of sockets) socket.destroy();
});

test('a WebSocket whose other side does not read is held up, and takes a bounded amount', async () => {
  upstream.server.once('upgrade', (_req, socket: Socket) => {
    socket.pause().write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  const lines = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
  socket.write(
    `GET /x HTTP/1.1\r\n${host}Cookie: ${ada.cookie}\r\nOrigin: http://localhost\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
  match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 101/);
  // One binary frame that says it is of 2^40 bytes: its length is nobody's to prepare for.
  socket.write(Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]));
  const piece = Buffer.alloc(65_536);
  let taken = 0;
  while (taken < 200_000_000 && (socket.write(piece) || (await drained(socket)))) taken += piece.length;
  ok(taken < 100_000_000, `${taken} bytes were taken in`);
  await othersAreServed(5);
  socket.destroy();
});

/** Whether what was written is taken in before long. */
async function drained(socket: Socket): Promise<boolean> {
  return Promise.race([once(socket, 'drain').then(() => true), wait(3000, false)]);
}
