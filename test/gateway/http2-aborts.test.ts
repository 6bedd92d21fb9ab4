import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ClientHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { adminPassword } from '../support/gateway.ts';
import { codeOf, type Field, flags, frame, frameTypes, headersFrame, rawHttp2 } from '../support/http2-frames.ts';
import { answerOn, secureGatewayTo } from './secure.ts';
import { upstreamThat } from './started.ts';
import { until } from './until.ts';

/** What happened to the last request at the upstream. */
const fates: string[] = [];
let parked: ServerResponse[] = [];
const size = 32 * 1024 * 1024;
let written = 0;

function writeAtItsPace(res: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024);
  function more(): void {
    while (written < size) {
      written += chunk.length;
      if (!res.write(chunk)) return void res.once('drain', more);
    }
    res.end();
  }
  res.writeHead(200, { 'content-length': size });
  more();
}

const upstream = await upstreamThat((req, res) => {
  req.on('error', () => fates.push(`${req.url} request broken off`)).on('end', () => fates.push(`${req.url} complete`));
  res.on('close', () => fates.push(`${req.url} ${res.writableFinished ? 'answered' : 'answer broken off'}`));
  const [, , what] = (req.url ?? '').split('/');
  if (what === 'parked') parked.push(res);
  if (what === 'begun') res.writeHead(200).write('first');
  if (what === 'broken') res.writeHead(200).write('first', () => res.destroy());
  if (what === 'short') res.writeHead(200, { 'content-length': 100 }).write('first', () => res.destroy());
  if (what === 'early') res.writeHead(413).end('too large');
  if (what === 'large') return writeAtItsPace(res);
  if (what === 'events') res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  if (what !== 'early') req.resume();
});
const gateway = await secureGatewayTo(upstream.url, { limits: { bodyStall: 400, discard: 400, drain: 20_000 } });
const session = gateway.connect();
after(async () => {
  session.destroy();
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const closed = (stream: ClientHttp2Stream): Promise<void> =>
  new Promise((resolve) => void stream.on('error', () => undefined).once('close', () => resolve()));

const happened = (fate: string) => until(() => ok(fates.includes(fate), `${fate}: ${fates.join('; ')}`));

test('a client that resets its stream takes the request to the upstream with it', async () => {
  const begun = session.request({ ':path': '/public/begun/1' });
  await once(begun, 'data');
  begun.close(8);
  await happened('/public/begun/1 answer broken off');
  const waiting = session.request({ ':path': '/public/parked/1' });
  await until(() => equal(parked.length, 1));
  waiting.close(8);
  await happened('/public/parked/1 answer broken off');
  equal((await answerOn(session.request({ ':path': '/public/early/x' }))).status, 413);
});

test('a client that closes the connection does so too', async () => {
  const own = gateway.connect();
  const begun = own.request({ ':path': '/public/begun/2' }).on('error', () => undefined);
  await once(begun, 'data');
  own.destroy();
  await happened('/public/begun/2 answer broken off');
});

const head: readonly Field[] = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', '127.0.0.1'],
];

test('a client that goes in the middle of an upload leaves no whole one behind', async () => {
  for (const [path, reset] of [
    ['/public/parked/2', true],
    ['/public/parked/3', false],
  ] as const) {
    // By hand: the client of Node ends a body before it resets the stream.
    using own = await rawHttp2(gateway.port);
    own.send(headersFrame(1, [...head, [':path', path]], false), frame(frameTypes.data, 0, 1, Buffer.alloc(10_000)));
    await until(() => ok(upstream.seen.some(({ target }) => target === path)));
    if (reset) own.send(frame(frameTypes.reset, 0, 1, Buffer.from([0, 0, 0, 8])));
    else own.socket.destroy();
    await happened(`${path} request broken off`);
  }
});

for (const what of ['broken', 'short']) {
  test(`an answer that is ${what} at the upstream never looks complete`, async () => {
    const stream = session.request({ ':path': `/public/${what}/1` });
    let ended = false;
    stream.on('end', () => {
      ended = true;
    });
    stream.resume();
    await closed(stream);
    deepEqual([stream.rstCode, ended], [2, false]);
    using raw = await rawHttp2(gateway.port);
    raw.send(headersFrame(1, [...head, [':path', `/public/${what}/2`]]));
    equal(codeOf(await raw.heard(({ type }) => type === frameTypes.reset)), 2);
    const ends = raw.frames.filter((one) => one.stream === 1 && one.type <= 1 && (one.flags & flags.endStream) !== 0);
    deepEqual(ends, []);
  });
}

test('an upload of which nothing more comes is reset, and other streams of the connection go on', async () => {
  const beside = session.request({ ':path': '/public/begun/3' });
  await once(beside, 'data');
  const stalled = session.request({ ':path': '/public/parked/4', ':method': 'POST' }).on('error', () => undefined);
  stalled.write('x');
  await closed(stalled);
  notEqual(stalled.rstCode, 0);
  equal(beside.closed, false);
  beside.close();
});

test('an answer that comes before the body is heard, and the upload is stopped in time', async () => {
  const upload = session.request({ ':path': '/public/early/1', ':method': 'POST' });
  upload.on('error', () => undefined).write('x'.repeat(1000));
  const [headers] = await once(upload, 'response');
  let body = '';
  upload.setEncoding('utf8').on('data', (more: string) => {
    body += more;
  });
  await closed(upload);
  deepEqual([headers[':status'], body, upload.rstCode], [413, 'too large', 0]);
});

test('an answer goes at the pace of a slow reader: the upstream has to wait', async () => {
  const slow = session.request({ ':path': '/public/large/1' });
  await once(slow, 'response');
  let before = -1;
  while (before !== written) {
    before = written;
    await wait(100);
  }
  ok(written < size / 2, `${written} bytes were taken from the upstream though nobody read them`);
  // Its window is full, that of the connection is not: others are served.
  equal((await answerOn(session.request({ ':path': '/public/early/2' }))).status, 413);
  let read = 0;
  for await (const chunk of slow) read += chunk.length;
  equal(read, size);
});

test('an event stream ends when its user signs out, over HTTP/2 too', async () => {
  await gateway.gate.users.create({ username: 'zoe', password: adminPassword, role: 'user' });
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: gateway.url, ':method': 'POST' };
  const fields = new URLSearchParams({ username: 'zoe', password: adminPassword }).toString();
  const signedIn = await gateway.ask({ ':path': '/_gatewarden/login', ...form }, fields);
  const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const events = session.request({ ':path': '/own/events/1', cookie }).on('error', () => undefined);
  const [first] = await once(events, 'data');
  equal(String(first), 'data: 1\n\n');
  await gateway.ask({ ':path': '/_gatewarden/logout', cookie, ...form }, 'all=false');
  events.resume();
  await closed(events);
  notEqual(events.rstCode, 0);
});

test('a gateway that stops says so, finishes what runs and takes no new requests', async () => {
  const stopping = await secureGatewayTo(upstream.url, { limits: { drain: 20_000 } });
  parked = [];
  const own = stopping.connect();
  const running = answerOn(own.request({ ':path': '/public/parked/last' }));
  await until(() => equal(parked.length, 1));
  const goaway = once(own, 'goaway');
  const idle = stopping.connect();
  await once(idle, 'remoteSettings');
  const idleClosed = once(idle, 'close');
  const ended = stopping.app.close();
  const [code] = await goaway;
  equal(code, 0);
  await idleClosed;
  await rejects(once(connect(stopping.port, '127.0.0.1'), 'connect'));
  for (const res of parked) res.end('finished');
  const answer = await running;
  deepEqual([answer.body, answer.code], ['finished', 0]);
  await ended;
  await stopping[Symbol.asyncDispose]();
});
