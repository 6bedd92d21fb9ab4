import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, portOf, upstreamThat } from './started.ts';

const okay = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** An upstream by sockets: `answers` gets each request's head, and which one of its connection it is. */
async function rawUpstream(answers: (socket: Socket, head: string, nth: number) => void) {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let nth = 0;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      if (!/^[A-Z]+ \S+ HTTP/.test(text)) return;
      seen.push(text.slice(0, text.indexOf(' HTTP')));
      answers(socket, text, ++nth);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const ways: Readonly<Record<string, (socket: Socket) => void>> = {
  closes: (socket) => void socket.destroy(),
  ends: (socket) => void socket.end(),
  resets: (socket) => void socket.resetAndDestroy(),
};

for (const [way, close] of Object.entries(ways)) {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    test(`a ${method} that meets a kept connection which the upstream ${way} is sent once more`, async () => {
      await using upstream = await rawUpstream((socket, _head, nth) => {
        if (nth === 1) socket.write(okay);
        else close(socket);
      });
      await using gateway = await gatewayTo(upstream.url);
      equal((await fetch(`${gateway.url}/public/first`)).status, 200);
      equal((await fetch(`${gateway.url}/public/second`, { method })).status, 200);
      deepEqual(upstream.seen, ['GET /public/first', `${method} /public/second`, `${method} /public/second`]);
    });
  }
}

test('nothing else is sent twice: other methods, bodies, new connections, answers that began, a second time', async () => {
  await using upstream = await rawUpstream((socket, head, nth) => {
    if (head.includes('/new') || nth > 1) {
      if (head.includes('/began')) socket.write('HTTP/1.1 2');
      socket.destroy();
    } else socket.write(okay);
  });
  await using gateway = await gatewayTo(upstream.url);
  const ask = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${gateway.url}/public/${path}`, init)).status;
  const body = 'x'.repeat(100);
  for (const [path, init] of [
    ['x', { method: 'POST' }],
    ['x', { method: 'DELETE' }],
    ['x', { method: 'PUT', body }],
    ['x', { method: 'OPTIONS', body }],
    ['began', {}],
  ] as const) {
    equal(await ask('warm'), 200);
    const from = upstream.seen.length;
    equal(await ask(path, init), 502);
    equal(upstream.seen.length, from + 1, JSON.stringify(init));
  }
  const from = upstream.seen.length;
  equal(await ask('new'), 502);
  equal(upstream.seen.length, from + 1);
  equal(await ask('warm'), 200);
  equal(await ask('new'), 502);
  equal(upstream.seen.length, from + 4);
});

test('an upstream that answers and closes before it has read the body is heard, every time', async () => {
  await using upstream = await rawUpstream((socket) => {
    socket.pause();
    socket.end('HTTP/1.0 413 Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much', () =>
      socket.destroy(),
    );
  });
  await using gateway = await gatewayTo(upstream.url);
  const size = 3_000_000;
  const heard: string[] = [];
  for (let at = 0; at < 12; at += 1) {
    const head = `POST /public/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`;
    heard.push((await rawRequest(gateway.port, head + 'x'.repeat(size))).slice(0, 12));
  }
  deepEqual(heard, Array(12).fill('HTTP/1.1 413'));
});

test('an upstream that reads nothing and says nothing is 504, one that is slow to read is waited for', async () => {
  await using deaf = await rawUpstream((socket) => void socket.pause());
  await using gateway = await gatewayTo(deaf.url, { limits: { upstreamTimeout: 400 } });
  const answer = await fetch(`${gateway.url}/public/x`, { method: 'POST', body: 'x'.repeat(20_000_000) });
  equal(answer.status, 504);
  await using slow = await upstreamThat((req, res) => {
    const timer = setInterval(() => req.read(), 20);
    req.on('close', () => clearInterval(timer));
    req.on('end', () => res.end('read'));
  });
  await using patient = await gatewayTo(slow.url, { limits: { upstreamTimeout: 3000 } });
  const read = await fetch(`${patient.url}/public/x`, { method: 'POST', body: 'x'.repeat(16_000_000) });
  equal(await read.text(), 'read');
});

test('interim answers do not prolong the wait for the final one', async () => {
  await using upstream = await rawUpstream((socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 100);
    socket.on('close', () => clearInterval(timer));
  });
  await using gateway = await gatewayTo(upstream.url, { limits: { upstreamTimeout: 500 } });
  equal((await fetch(`${gateway.url}/public/x`)).status, 504);
});

test('an answer that falls silent is broken off, an event stream never, by its type alone', async () => {
  await using upstream = await upstreamThat((req, res) => {
    res.writeHead(200, {
      'content-type': req.url === '/public/events' ? 'Text/Event-Stream; charset=utf-8' : 'text/plain',
    });
    res.write('first');
    setTimeout(() => res.end('last'), 1500);
  });
  await using gateway = await gatewayTo(upstream.url, { limits: { upstreamTimeout: 500 } });
  const ask = (path: string) =>
    fetch(`${gateway.url}/public/${path}`)
      .then((answer) => answer.text())
      .catch(() => 'broken off');
  deepEqual(await Promise.all([ask('plain'), ask('events')]), ['broken off', 'firstlast']);
});

test('0 is no limit', async () => {
  await using upstream = await upstreamThat((_req, res) => void setTimeout(() => res.end('late'), 1500));
  await using gateway = await gatewayTo(upstream.url, { limits: { upstreamTimeout: 0 } });
  equal(await (await fetch(`${gateway.url}/public/x`)).text(), 'late');
});

test('an upstream below a path gets each target below it', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.end());
  for (const base of ['/app', '/app/']) {
    await using gateway = await gatewayTo(`${upstream.url}${base}`);
    await fetch(`${gateway.url}/public/x?y=/z`);
    await rawRequest(
      gateway.port,
      'GET http://localhost/public/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    const [first, second] = upstream.seen.slice(-2).map(({ target }) => target);
    equal(first, '/app/public/x?y=/z');
    match(second ?? '', /^(http:\/\/localhost)?\/app\/public\/a$/);
  }
});

test('an upstream on a Unix socket, and below a path there', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'app.sock');
  const server = createHttpServer((req, res) => void res.end(`${req.headers.host} ${req.url}`)).listen(path);
  await once(server, 'listening');
  for (const [address, target] of [
    [`http://unix:${path}`, '/public/x'],
    [`http://unix:${path}:/base`, '/base/public/x'],
  ] as const) {
    await using gateway = await gatewayTo(address);
    equal(await (await fetch(`${gateway.url}/public/x`)).text(), `127.0.0.1:${gateway.port} ${target}`);
  }
  ok(server.listening);
  server.close();
  server.closeAllConnections();
});
