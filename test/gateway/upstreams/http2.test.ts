import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { failedToConnect, failedWhileKept } from '../../../gateway/upstreams/connector.ts';
import { http2Transport } from '../../../gateway/upstreams/http2.ts';
import type { Transport } from '../../../gateway/upstreams/transport.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { portOf } from '../started.ts';
import { type Dispatched, dispatched } from './dispatched.ts';

type Answers = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>, raw: readonly string[]) => void;

/** A service of HTTP/2 without TLS, and a transport to it. */
async function service(answers: Answers, settings: Parameters<typeof createServer>[0] = {}) {
  const server = createServer(settings);
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers, _flags, raw) => {
    stream.on('error', () => undefined);
    answers(stream, headers, raw);
  });
  const { transport, close } = await transportTo(server);
  return {
    server,
    sessions,
    transport,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await close();
    },
  };
}

async function transportTo(server: Server | Http2Server, connectTimeout = 20_000) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = http2Transport({
    origin: `http://127.0.0.1:${portOf(server)}`,
    socketPath: undefined,
    tls: {},
    connectTimeout,
  });
  const close = async () => {
    await transport.close();
    server.close();
  };
  return { transport, close, [Symbol.asyncDispose]: close };
}

/** Polls until something holds, at most for 20 seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !holds(); tries += 1) await wait(20);
  ok(holds());
}

test('a request is what HTTP/2 has for it: Host becomes the authority, names are in lower case, no header of a connection', async () => {
  const seen: string[][] = [];
  await using upstream = await service((stream, _headers, raw) => {
    seen.push([...raw]);
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const user = Buffer.from('Zoë').toString('latin1');
  const headers = ['Host', 'a.example:8443', 'X-User', user, 'Connection', 'close', 'X-Two', '1', 'x-two', '2'];
  equal((await dispatched(upstream.transport, { path: '/p?q=1', headers })).status, 204);
  const lines = seen[0] ?? [];
  const pairs = Array.from({ length: lines.length / 2 }, (_, at) => `${lines[2 * at]}: ${lines[2 * at + 1]}`);
  deepEqual(pairs.sort(), [
    ':authority: a.example:8443',
    ':method: GET',
    ':path: /p?q=1',
    ':scheme: http',
    'te: trailers',
    'x-two: 1',
    'x-two: 2',
    `x-user: ${user}`,
  ]);
  await dispatched(upstream.transport, { path: 'http://a.example/below?q', headers });
  await dispatched(upstream.transport, { path: '*', method: 'OPTIONS', headers });
  const paths = seen.slice(1).map((raw) => raw[raw.indexOf(':path') + 1]);
  deepEqual(paths, ['/below?q', '*']);
});

test('body, answer and trailers pass; an answer without a body has its trailers in its head', async () => {
  await using upstream = await service((stream, headers) => {
    if (headers[':path'] === '/only')
      return stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true });
    stream.respond({ ':status': 200, 'x-kind': 'echo' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  });
  const body = Readable.from([Buffer.from('one '), Buffer.from('two')], { objectMode: false });
  const echoed = await dispatched(upstream.transport, { method: 'POST', body });
  deepEqual(
    [echoed.status, echoed.headers['x-kind'], echoed.body, echoed.trailers['grpc-status']],
    [200, 'echo', 'one two', '0'],
  );
  equal((await dispatched(upstream.transport, { path: '/only' })).headers['grpc-status'], '5');
  equal(upstream.sessions.size, 1);
});

test('no connection has more streams than the service takes at a time, and everyone is served', async () => {
  const running = new Map<unknown, number>();
  let most = 0;
  await using upstream = await service(
    (stream) => {
      const { session } = stream;
      running.set(session, (running.get(session) ?? 0) + 1);
      most = Math.max(most, running.get(session) ?? 0);
      setTimeout(() => {
        running.set(session, (running.get(session) ?? 0) - 1);
        stream.respond({ ':status': 200 });
        stream.end('done');
      }, 50);
    },
    { settings: { maxConcurrentStreams: 10 } },
  );
  const answers = await Promise.all(Array.from({ length: 60 }, () => dispatched(upstream.transport)));
  deepEqual(new Set(answers.map(({ body }) => body)), new Set(['done']));
  equal(most, 10);
  ok(upstream.sessions.size > 1 && upstream.sessions.size <= 6);
});

const broken: Readonly<Record<string, [answers: Answers, code: RegExp]>> = {
  'reset before its head': [(stream) => void stream.destroy(new Error('no')), /^RST_STREAM_2$/],
  'reset within its body': [
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('part', () => setTimeout(() => stream.destroy(new Error('no')), 20));
    },
    /^RST_STREAM_2$/,
  ],
  'shorter than its length': [
    (stream) => {
      stream.respond({ ':status': 200, 'content-length': '10' });
      stream.end('part');
    },
    /^INVALID_ANSWER$/,
  ],
  'larger in its head than any is': [
    (stream) => stream.respond({ ':status': 200, 'x-large': 'x'.repeat(200_000) }),
    /^RST_STREAM_(\d+)$|^INVALID_ANSWER$/,
  ],
  'ended by a closed connection': [
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('part', () => setTimeout(() => stream.session?.destroy(), 20));
    },
    /^RST_STREAM_8$/,
  ],
};

for (const [how, [answers, code]] of Object.entries(broken)) {
  test(`an answer that is ${how} is a failure, and the next request is served`, async () => {
    await using upstream = await service((stream, headers) => {
      if (headers[':path'] === '/well') stream.respond({ ':status': 204 }, { endStream: true });
      else answers(stream, headers, []);
    });
    const { error } = await dispatched(upstream.transport);
    match(error?.code ?? 'none', code);
    const next = await dispatched(upstream.transport, { path: '/well' });
    if (next.error === undefined) return equal(next.status, 204);
    // The service may still be closing the connection: the gateway repeats such a request on a new one.
    ok(failedWhileKept(next.error));
    equal((await dispatched(upstream.transport, { path: '/well', anew: true })).status, 204);
  });
}

test('an abort resets the stream: the service does not take the request for a complete one', async () => {
  const events: string[] = [];
  await using upstream = await service((stream) => {
    for (const event of ['aborted', 'end']) stream.on(event, () => events.push(`${event} ${stream.aborted}`));
    stream.on('close', () => events.push(`closed ${stream.rstCode}`));
    stream.resume();
    stream.respond({ ':status': 200 });
    stream.write('begun');
  });
  const body = new Readable({ read: () => undefined });
  body.push('part of an upload');
  const { error } = await dispatched(upstream.transport, {
    method: 'PUT',
    body,
    onData: (controller, chunk) => chunk.length > 0 && controller.abort(new Error('the client went away')),
  });
  equal(error?.message, 'the client went away');
  await until(() => events.includes('closed 8'));
  equal(events.includes('end false'), false, events.join());
  ok(body.destroyed);
});

test('a body that breaks off resets the stream, too', async () => {
  const ended: boolean[] = [];
  await using upstream = await service((stream) => {
    stream.resume();
    stream.on('end', () => ended.push(stream.aborted));
    stream.on('close', () => ended.push(true));
  });
  const body = new Readable({ read: () => undefined });
  body.push('part of an upload');
  setTimeout(() => body.destroy(), 100);
  const { error } = await dispatched(upstream.transport, { method: 'PUT', body });
  match(error?.message ?? '', /broken off/);
  await until(() => ended.length > 0);
  equal(ended[0], true);
});

test('a service that answers before it has read the body is heard, and the rest is not sent', async () => {
  await using upstream = await service((stream) => {
    stream.respond({ ':status': 413 });
    stream.end('too much');
  });
  const body = new Readable({ read: () => undefined });
  body.push('part of an upload');
  const early = await dispatched(upstream.transport, { method: 'PUT', body });
  deepEqual([early.status, early.body, early.error], [413, 'too much', undefined]);
  ok(body.destroyed);
});

test('an answer is read at the pace of its reader', async () => {
  let written = 0;
  await using upstream = await service((stream) => {
    stream.respond({ ':status': 200 });
    const chunk = Buffer.alloc(64 * 1024);
    const fill = () => {
      while (written < 32 * 1024 * 1024) {
        written += chunk.length;
        if (!stream.write(chunk)) return void stream.once('drain', fill);
      }
      stream.end();
    };
    fill();
  });
  let held = 0;
  const size = await new Promise<number>((resolve) => {
    let received = 0;
    void dispatched(upstream.transport, {
      onData(controller, chunk) {
        received += chunk.length;
        if (chunk.length === 0 || held > 0) return;
        controller.pause();
        setTimeout(() => {
          held = written;
          controller.resume();
        }, 300);
      },
    }).then(() => resolve(received));
  });
  ok(held < 4 * 1024 * 1024, `${held} bytes were sent to a reader that reads nothing`);
  equal(size, written);
});

test('a service that goes away in good order finishes what runs; what comes next has a connection of its own', async () => {
  await using upstream = await service((stream, headers) => {
    if (headers[':path'] === '/first') {
      stream.session?.goaway(0);
      setTimeout(() => {
        stream.respond({ ':status': 200 });
        stream.end('finished');
      }, 200);
    } else stream.respond({ ':status': 204 }, { endStream: true });
  });
  const first = dispatched(upstream.transport, { path: '/first' });
  await until(() => upstream.sessions.size === 1);
  await wait(100);
  equal((await dispatched(upstream.transport, { path: '/second' })).status, 204);
  equal((await first).body, 'finished');
  equal(upstream.sessions.size, 2);
});

test('a kept connection that the service closes: the failure tells so, and the next request has a new one', async () => {
  await using upstream = await service((stream, headers) => {
    if (headers[':path'] === '/lost') stream.session?.socket.destroy();
    else stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { error: fresh } = await dispatched(upstream.transport, { path: '/lost' });
  ok(fresh && !failedWhileKept(fresh) && !failedToConnect(fresh));
  equal((await dispatched(upstream.transport)).status, 204);
  const { error } = await dispatched(upstream.transport, { path: '/lost' });
  ok(error && failedWhileKept(error));
  equal((await dispatched(upstream.transport, { anew: true })).status, 204);
});

test('no head of an answer in time is a timeout; a client that is slow to send is waited for', async () => {
  await using upstream = await service((stream, headers) => {
    stream.resume();
    if (headers[':path'] === '/slow') stream.on('end', () => stream.respond({ ':status': 204 }, { endStream: true }));
  });
  const { error } = await dispatched(upstream.transport, { headersTimeout: 200 });
  equal(error?.code, 'HEADERS_TIMEOUT');
  const body = new Readable({ read: () => undefined });
  body.push('first');
  setTimeout(() => {
    body.push('last');
    body.push(null);
  }, 1000);
  const slow = await dispatched(upstream.transport, { path: '/slow', method: 'POST', body, headersTimeout: 300 });
  equal(slow.status, 204);
});

const noService: Readonly<Record<string, [server: () => Server, code: RegExp]>> = {
  'speaks HTTP/1.1 only': [() => createHttpServer((_req, res) => void res.end()), /^(ERR_HTTP2_ERROR|INVALID_ANSWER)$/],
  'says nothing': [() => createTcpServer(() => undefined), /^CONNECT_TIMEOUT$/],
  'closes at once': [() => createTcpServer((socket) => socket.destroy()), /^(INVALID_ANSWER|ECONNRESET|EPIPE)$/],
};

for (const [what, [server, code]] of Object.entries(noService)) {
  test(`what ${what} is not connected to: nothing was sent`, async () => {
    const listening = server();
    listening.on('connection', (socket) => socket.on('error', () => undefined));
    await using upstream = await transportTo(listening, 400);
    const body = Readable.from([Buffer.from('kept')], { objectMode: false });
    const { error } = await dispatched(upstream.transport, { method: 'POST', body });
    match(error?.code ?? 'none', code);
    ok(error && failedToConnect(error));
    equal(body.destroyed, false);
  });
}

test('what HTTP/2 has no form for is the fault of the request', async () => {
  await using upstream = await service((stream) => stream.respond({ ':status': 204 }, { endStream: true }));
  const codes: Dispatched[] = await Promise.all([
    dispatched(upstream.transport, { upgrade: 'websocket' }),
    dispatched(upstream.transport, { path: 'ftp://a/b' }),
    dispatched(upstream.transport, { path: '/a b' }),
    dispatched(upstream.transport, { headers: ['Host', 'a', 'User-Agent', '1', 'User-Agent', '2'] }),
  ]);
  deepEqual(
    codes.map(({ error }) => error?.code),
    Array(4).fill('UNSENDABLE'),
  );
});

test('a transport that is closed sends nothing, and breaks off what runs', async () => {
  await using upstream = await service((stream) => void stream.respond({ ':status': 200 }));
  const { transport }: { transport: Transport } = upstream;
  const running = dispatched(transport, { onData: () => void transport.close() });
  ok((await running).error);
  ok((await dispatched(transport)).error);
});

test('a connection that passes nothing on any more is given up after a timeout, and the next request has another one', async () => {
  await using upstream = await service((stream) => stream.respond({ ':status': 204 }, { endStream: true }));
  await using proxy = await startTcpProxy(portOf(upstream.server));
  const transport = http2Transport({
    origin: `http://127.0.0.1:${proxy.port}`,
    socketPath: undefined,
    tls: {},
    connectTimeout: 1000,
  });
  equal((await dispatched(transport)).status, 204);
  proxy.hold();
  equal((await dispatched(transport, { headersTimeout: 200 })).error?.code, 'HEADERS_TIMEOUT');
  await wait(2500);
  proxy.mend();
  const connections = upstream.sessions.size;
  equal((await dispatched(transport)).status, 204);
  equal(upstream.sessions.size, connections + 1);
  await transport.close();
});
