import { deepEqual, equal, ok } from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { gatewayProcess } from './process.ts';
import { upstreamThat } from './started.ts';
import { until } from './until.ts';

const megabyte = 1024 * 1024;
const size = 200 * megabyte;
const file = Buffer.from('0123456789'.repeat(100));

const upstream = await upstreamThat(async (req, res) => {
  if (req.url === '/range') {
    const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
    const part = file.subarray(Number(from), Number(to) + 1);
    res.writeHead(206, { 'content-range': `bytes ${from}-${to}/${file.length}`, 'content-length': part.length });
    return void res.end(part);
  }
  if (req.url === '/head') return void res.writeHead(200, { 'content-length': 12_345 }).end();
  if (req.url === '/poll') {
    await wait(700);
    return void res.end('news');
  }
  if (req.url === '/download') return void Readable.from(zeros()).pipe(res);
  if (req.url === '/upload') {
    let bytes = 0;
    for await (const chunk of req) bytes += chunk.length;
    return void res.end(String(bytes));
  }
  if (req.url === '/trailers') {
    res.writeHead(200, { trailer: 'x-sum' }).write('rows');
    res.addTrailers({ 'x-sum': '42' });
    return void res.end();
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  await once(heard, 'event');
  res.end('data: 2\n\n');
});

/** Tells the upstream that its first event has arrived. */
const heard = new EventEmitter();

function* zeros(): Generator<Buffer> {
  const chunk = Buffer.alloc(megabyte);
  for (let sent = 0; sent < size; sent += megabyte) yield chunk;
}

const folder = await temporaryFolder();
const certificate = await certificateIn(folder.path);
const ca = readFileSync(certificate.authority);
const plain = await gatewayProcess(upstream.url);
const secure = await gatewayProcess(upstream.url, {
  GATEWARDEN_TLS_CERT: certificate.cert,
  GATEWARDEN_TLS_KEY: certificate.key,
});
const [plainUrl, secureUrl] = await Promise.all([plain.url(), secure.url()]);
const session = http2.connect(secureUrl, { ca });
after(async () => {
  session.destroy();
  for (const one of [plain, secure, upstream, folder]) await one[Symbol.asyncDispose]();
});

/** An answer whose body is read by the test; its trailers are there afterwards. */
type Answer = Readonly<{
  status: number;
  header(name: string): unknown;
  body: Readable;
  trailers(): Readonly<Record<string, unknown>>;
}>;
type Request = Readonly<{ path: string; method?: string; headers?: Record<string, string>; body?: Readable }>;
type Ask = (request: Request) => Promise<Answer>;

function overHttp1(module: typeof http | typeof https, url: string): Ask {
  return async ({ path, method = 'GET', headers = {}, body }) => {
    const asked = module.request(`${url}${path}`, { method, headers, ca, agent: false } as https.RequestOptions);
    if (body === undefined) asked.end();
    else body.pipe(asked);
    const [answer] = (await once(asked, 'response')) as [http.IncomingMessage];
    const header = (name: string) => answer.headers[name];
    return { status: answer.statusCode ?? 0, header, body: answer, trailers: () => answer.trailers };
  };
}

const overHttp2: Ask = async ({ path, method = 'GET', headers = {}, body }) => {
  const asked = session.request({ ':path': path, ':method': method, ...headers }, { endStream: body === undefined });
  let trailers: http2.IncomingHttpHeaders = {};
  asked.on('trailers', (sent) => {
    trailers = sent;
  });
  body?.pipe(asked);
  const [answer] = await once(asked, 'response');
  return { status: answer[':status'], header: (name) => answer[name], body: asked, trailers: () => trailers };
};

const protocols: [title: string, ask: Ask, pid: number][] = [
  ['HTTP/1.1', overHttp1(http, plainUrl), plain.gateway.pid],
  ['HTTP/1.1 with TLS', overHttp1(https, secureUrl), secure.gateway.pid],
  ['HTTP/2', overHttp2, secure.gateway.pid],
];

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(join('/proc', String(pid), 'status'), 'utf8'))?.[1]) / 1024;

for (const [title, ask] of protocols) {
  test(`${title}: a part of a file, and the headers of one`, async () => {
    const part = await ask({ path: '/range', headers: { range: 'bytes=10-14' } });
    deepEqual([part.status, part.header('content-range')], [206, 'bytes 10-14/1000']);
    equal(String(await buffer(part.body)), '01234');
    const head = await ask({ path: '/head', method: 'HEAD' });
    deepEqual([head.status, head.header('content-length')], [200, '12345']);
    equal((await buffer(head.body)).length, 0);
  });

  test(`${title}: an answer that is waited for, events as they come, trailers`, async () => {
    equal(String(await buffer((await ask({ path: '/poll' })).body)), 'news');
    const events = await ask({ path: '/events' });
    const pieces: string[] = [];
    for await (const piece of events.body) {
      pieces.push(String(piece));
      heard.emit('event');
    }
    deepEqual(pieces, ['data: 1\n\n', 'data: 2\n\n']);
    const answer = await ask({ path: '/trailers' });
    equal(String(await buffer(answer.body)), 'rows');
    await until(() => equal(answer.trailers()['x-sum'], '42'));
  });
}

// Over HTTP/1.1 without TLS: large-bodies.test.ts.
for (const [title, ask, pid] of protocols.slice(1)) {
  test(`${title}: 200 MB up and 200 MB down with flat memory`, async () => {
    const before = residentMegabytes(pid);
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentMegabytes(pid));
    }, 20);
    const up = await ask({ path: '/upload', method: 'POST', body: Readable.from(zeros()) });
    equal(String(await buffer(up.body)), String(size));
    let read = 0;
    for await (const chunk of (await ask({ path: '/download' })).body) read += chunk.length;
    clearInterval(watch);
    equal(read, size);
    // Node frees buffers late when the machine is busy; held bodies would be 400 MB.
    ok(peak - before < 160, `memory grew by ${Math.round(peak - before)} MB`);
  });
}
