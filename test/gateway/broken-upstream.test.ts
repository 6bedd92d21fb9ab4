import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import test from 'node:test';
import { gatewayApp } from '../../gateway/app.ts';
import { defaultLimits } from '../../gateway/limits.ts';
import { rawRequest } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { gatewayTo, portOf, upstreamThat } from './started.ts';

/** An upstream that reads a request's head and then does what `answers` does. */
async function rawUpstream(answers: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (!chunk.includes('\r\n\r\n')) return;
      requests++;
      answers(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

type Case = Readonly<{ answers: (socket: Socket) => void; status: number; code: string }>;

const answered: Readonly<Record<string, Case>> = {
  'hangs up without a word': { answers: (socket) => socket.destroy(), status: 502, code: 'upstream_unreachable' },
  'resets the connection': { answers: (socket) => socket.resetAndDestroy(), status: 502, code: 'upstream_unreachable' },
  'does not speak HTTP': {
    answers: (socket) => socket.end('SSH-2.0-x\r\n'),
    status: 502,
    code: 'upstream_invalid',
  },
  'says nothing': { answers: () => undefined, status: 504, code: 'upstream_timeout' },
  'stops in the middle of the headers': {
    answers: (socket) => socket.write('HTTP/1.1 200 OK\r\nA:'),
    status: 504,
    code: 'upstream_timeout',
  },
  'upgrades though nobody asked': {
    answers: (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    status: 502,
    code: 'upstream_invalid',
  },
  'sends a coding that we did not ask for': {
    answers: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
    status: 502,
    code: 'upstream_invalid',
  },
  'sends headers without end': {
    answers: (socket) => socket.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}\r\n\r\n`),
    status: 502,
    code: 'upstream_invalid',
  },
};

for (const [name, { answers, status, code }] of Object.entries(answered)) {
  test(`an upstream that ${name} gives ${status}, and is asked once`, async () => {
    await using upstream = await rawUpstream(answers);
    await using gateway = await gatewayTo(upstream.url, { limits: { upstreamTimeout: 300 } });
    const response = await fetch(`${gateway.url}/public/x`);
    equal(response.status, status);
    const problem = (await response.json()) as { code: string };
    equal(problem.code, code);
    equal(response.headers.get('cache-control'), 'no-store');
    equal(upstream.requests(), 1);
  });
}

test('an upstream that is not there gives 502, and is asked again with the next request', async () => {
  const port = await freePort();
  await using gateway = await gatewayTo(`http://127.0.0.1:${port}`);
  equal((await fetch(`${gateway.url}/public/x`)).status, 502);
  equal((await fetch(`${gateway.url}/public/x`, { method: 'POST', body: 'x'.repeat(1000) })).status, 502);
  const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup')).listen(
    port,
    '127.0.0.1',
  );
  await once(server, 'listening');
  equal(await (await fetch(`${gateway.url}/public/x`)).text(), 'up');
  server.close();
});

const brokenOff: Readonly<Record<string, (socket: Socket) => void>> = {
  'dies in the middle of a chunked body': (socket) => {
    socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
  },
  'sends less than it promised': (socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nfirst');
  },
  'goes silent in the middle of a body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nfirst');
  },
};

for (const [name, answers] of Object.entries(brokenOff)) {
  test(`an upstream that ${name} breaks the client’s connection off: it does not look complete`, async () => {
    await using upstream = await rawUpstream(answers);
    await using gateway = await gatewayTo(upstream.url, { limits: { upstreamTimeout: 300 } });
    const response = await fetch(`${gateway.url}/public/x`);
    equal(response.status, 200);
    await rejects(response.text());
  });
}

test('what an upstream sends beyond its promised length is nobody’s answer', async () => {
  await using upstream = await rawUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
  });
  await using gateway = await gatewayTo(upstream.url);
  const get = 'GET /public/x HTTP/1.1\r\nHost: localhost\r\n';
  const heard = await rawRequest(gateway.port, `${get}\r\n${get}Connection: close\r\n\r\n`);
  equal(heard.includes('evil'), false);
});

test('an upstream that answers early is heard, and the rest of the body is thrown away', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.writeHead(413).end('too much'));
  await using gateway = await gatewayTo(upstream.url);
  const post = `POST /public/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`;
  const heard = await rawRequest(
    gateway.port,
    `${post}GET /public/next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  deepEqual(heard.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 413']);
  deepEqual(
    upstream.seen.map(({ target }) => target),
    ['/public/x', '/public/next'],
  );
});

test('a gateway that cannot reach its upstream is alive all the same', async () => {
  await using gateway = await gatewayTo(`http://127.0.0.1:${await freePort()}`);
  equal((await fetch(`${gateway.url}/public/x`)).status, 502);
  equal((await fetch(`${gateway.url}/_gatewarden/healthz`)).status, 200);
});

test('a fault of ours while an answer is passed on is 500 and in the log, and never told as the upstream’s', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.end('fine'));
  await using gateway = await gatewayTo(upstream.url);
  const lines: object[] = [];
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  const log = { debug: write, info: write, warn: write, error: write };
  const faulty = { ...gateway.gate, clearCookieHeader: 'a line\nbreak' };
  const app = gatewayApp(faulty, upstream.url, { log, limits: { ...defaultLimits, drain: 100 } });
  const { port } = await app.listen('127.0.0.1', 0);
  const headers = { cookie: 'gatewarden=s%3Adead.x' };
  const answer = await fetch(`http://127.0.0.1:${port}/public/x`, { headers });
  equal(answer.status, 500);
  equal((await answer.text()).includes('upstream'), false);
  const [fault] = lines.filter((line) => 'err' in line && line.err instanceof Error && line.err.stack !== undefined);
  match(JSON.stringify(fault), /an answer could not be passed on/);
  await app.close();
});
