import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const requests = 5000;

/** What the upstream does is in the path: it answers well, badly, late or not at all. */
const manners: Readonly<Record<string, (socket: Socket) => void>> = {
  well: (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  chunked: (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
  resets: (socket) => void socket.resetAndDestroy(),
  'hangs-up': (socket) => void socket.end(),
  'stops-short': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nfirst'),
  'says-too-much': (socket) =>
    void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n'),
  'answers-early': (socket) =>
    void socket.end('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  'speaks-no-http': (socket) => void socket.end('SSH-2.0-x\r\n'),
  'never-answers': () => undefined,
  'never-ends': (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n'),
  upgrades: (socket) =>
    void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
};

let upstream: Server;
let gateway: RunningGateway & AsyncDisposable;
const atUpstream = new Set<Socket>();

before(async () => {
  upstream = createServer((socket) => {
    atUpstream.add(socket);
    socket.on('close', () => atUpstream.delete(socket)).on('error', () => undefined);
    socket.on('data', (chunk) => manners[/^[A-Z]+ \/([\w-]+)/.exec(chunk.toString('latin1'))?.[1] ?? '']?.(socket));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const address = upstream.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const settings = { RULES: 'public * /**' };
  // In so small a heap nothing is put off: what is still there is held on to.
  process.env.NODE_OPTIONS = '--max-old-space-size=48 --max-semi-space-size=4';
  gateway = await startGateway({ upstream: `http://127.0.0.1:${port}`, settings });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const socket of atUpstream) socket.destroy();
  upstream.close();
});

const agent = new Agent({ keepAlive: true, maxSockets: 40 });
after(() => agent.destroy());

/** One request, to the end of its answer, or broken off by the client once it has begun. */
function ask(path: string, body: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const method = body === '' ? 'GET' : 'POST';
  const asked = request(`${gateway.address}/${path}`, { agent, method });
  const impatient = path.startsWith('never');
  asked.on('error', () => resolve()).on('close', () => resolve());
  asked.on('response', (response) => {
    response.on('error', () => resolve()).resume();
    if (impatient) response.once('data', () => asked.destroy());
  });
  if (path === 'never-answers') setTimeout(() => asked.destroy(), 20);
  asked.end(body);
  return promise;
}

async function socketAndGone(): Promise<void> {
  const socket = new WebSocket(`${gateway.address.replace('http', 'ws')}/upgrades`, {
    headers: { origin: gateway.address },
  });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  setTimeout(() => socket.terminate(), 20);
  await closed;
}

async function openFiles(): Promise<string[]> {
  const folder = `/proc/${gateway.process.pid}/fd`;
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
}

const sockets = async (): Promise<number> => (await openFiles()).filter((one) => one.startsWith('socket:')).length;

async function spread(count: number): Promise<void> {
  const kinds = Object.keys(manners).filter((one) => one !== 'upgrades');
  let next = 0;
  async function lane(): Promise<void> {
    for (let at = next++; at < count; at = next++) {
      if (at % 25 === 0) await socketAndGone();
      else await ask(kinds[at % kinds.length] ?? 'well', at % 3 === 0 ? 'x'.repeat(2000) : '');
    }
  }
  await Promise.all(Array.from({ length: 40 }, lane));
}

test(`after ${requests} requests to an upstream with every bad manner, no socket, file or memory is held on to`, async () => {
  await spread(1000);
  agent.destroy();
  await wait(500);
  const before = await gateway.memory();
  await spread(requests);
  agent.destroy();
  // Kept connections to the upstream are let go after four seconds.
  const openAtUpstream = () => [...atUpstream].filter((one) => !one.destroyed && one.readyState === 'open').length;
  let left = await sockets();
  for (let tries = 0; tries < 40 && (left > 5 || openAtUpstream() > 0); tries += 1) {
    await wait(250);
    left = await sockets();
  }
  ok(left <= 5, `${left} sockets are open: ${(await openFiles()).join(' ')}`);
  equal(openAtUpstream(), 0);
  const { now } = await gateway.memory();
  ok(now - before.now < 30, `${before.now} MB became ${now} MB`);
  equal((await fetch(`${gateway.address}/well`)).status, 200);
  equal((await fetch(`${gateway.address}/_gatewarden/readyz`)).status, 200);
});
