import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import test from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { freePort } from '../../support/ports.ts';
import { gatewayTo, type Heard, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';
import { until } from '../until.ts';

const host = 'site.example';

/** A file with one route to some targets, open to everyone. */
const fileTo = (targets: readonly string[], ...lines: readonly string[]): string =>
  [
    'routes:',
    `  - host: ${host}`,
    `    upstream: [${targets.map((target) => `"${target}"`).join(', ')}]`,
    ...lines.map((line) => `    ${line}`),
    '    rules: public * /**',
  ].join('\n');

/** Services that each answer with their own number, and hold an answer to `/slow` back. */
async function services(count: number, answers: (at: number) => RequestListener = () => (_req, res) => void res.end()) {
  const held: Readonly<{ at: number; release: () => void }>[] = [];
  const all: TestUpstream[] = [];
  for (let at = 0; at < count; at += 1) {
    const answer = answers(at);
    const one = await upstreamThat((req, res) => {
      res.setHeader('x-target', String(at));
      if (req.url === '/slow') held.push({ at, release: () => res.end('slow') });
      else req.resume().on('end', () => answer(req, res));
    });
    all.push(one);
  }
  return {
    all,
    urls: all.map(({ url }) => url),
    held,
    async [Symbol.asyncDispose]() {
      for (const one of all) await one[Symbol.asyncDispose]();
    },
  };
}

const targetOf = ({ headers }: Heard): string => String(headers['x-target']);

async function targetsOf(gateway: TestGateway, times: number, headers = {}): Promise<string[]> {
  const targets: string[] = [];
  for (let at = 0; at < times; at += 1) targets.push(targetOf(await gateway.send(host, '/', { headers })));
  return targets;
}

const healthLines = (gateway: TestGateway): string[] =>
  gateway.lines.filter(({ message }) => String(message).startsWith('a target is')).map((line) => JSON.stringify(line));

test('requests are spread over the targets, and the one with the fewest pending gets the next', async () => {
  await using upstream = await services(3);
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls) });
  deepEqual([...(await targetsOf(gateway, 9))].sort(), ['0', '0', '0', '1', '1', '1', '2', '2', '2']);
  const slow = gateway.send(host, '/slow');
  await until(() => equal(upstream.held.length, 1));
  const others = new Set(await targetsOf(gateway, 10));
  for (const { release } of upstream.held) release();
  const busy = targetOf(await slow);
  equal(others.size, 2);
  equal(others.has(busy), false);
});

test('a target that accepts no connection: every request is served by another, with its body, and it is given no more', async () => {
  const gone = `http://127.0.0.1:${await freePort()}`;
  await using upstream = await services(1, () => (req, res) => void res.end(`${req.method}`));
  await using gateway = await gatewayTo(undefined, { file: fileTo([gone, ...upstream.urls]) });
  for (let at = 0; at < 12; at += 1) {
    const body = 'x'.repeat(100_000);
    const heard = await gateway.send(host, '/', at % 2 === 0 ? {} : { method: 'POST', body });
    deepEqual([heard.status, heard.text], [200, at % 2 === 0 ? 'GET' : 'POST']);
  }
  equal(upstream.all[0]?.seen.length, 12);
  const lengths = upstream.all[0]?.seen
    .filter(({ method }) => method === 'POST')
    .map(({ req }) => req.headers['content-length']);
  deepEqual(new Set(lengths), new Set(['100000']));
  deepEqual(healthLines(gateway), [`{"target":"${gone}","cause":"ECONNREFUSED","message":"a target is unhealthy"}`]);
});

test('with no target left, one is tried still: 502, and a service that is back is found at once', async () => {
  const ports = [await freePort(), await freePort()];
  const targets = ports.map((port) => `http://127.0.0.1:${port}`);
  await using gateway = await gatewayTo(undefined, { file: fileTo(targets) });
  for (let at = 0; at < 10; at += 1) equal((await gateway.send(host, '/')).status, 502);
  equal(healthLines(gateway).length, 2);
  await using back = await upstreamThat((_req, res) => void res.end('back'));
  back.server.close();
  back.server.closeAllConnections();
  await once(back.server, 'close');
  for (const port of ports) {
    back.server.listen(port, '127.0.0.1');
    await once(back.server, 'listening');
    await until(async () => equal((await gateway.send(host, '/')).text, 'back'));
    back.server.close();
    back.server.closeAllConnections();
    await once(back.server, 'close');
  }
});

test('what a target had already read is not sent to another one', async () => {
  const seen: string[] = [];
  const breaks = () => (req: Parameters<RequestListener>[0]) => {
    seen.push(req.method ?? '');
    req.socket.destroy();
  };
  await using upstream = await services(2, breaks);
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls) });
  equal((await gateway.send(host, '/')).status, 502);
  equal((await gateway.send(host, '/', { method: 'POST', body: 'x' })).status, 502);
  deepEqual(seen, ['GET', 'POST']);
});

test('uploads that clients break off, or never end, say nothing about a target', async () => {
  await using upstream = await services(1);
  const limits = { bodyStall: 200 };
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls), limits });
  for (let at = 0; at < 8; at += 1) {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`PUT /upload HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    await until(() => equal(upstream.all[0]?.seen.length, at + 1));
    if (at % 2 === 0) socket.destroy();
    else await once(socket, 'close');
  }
  await until(() =>
    deepEqual(
      gateway.app.health().map(({ healthy, pending }) => [healthy, pending]),
      [[true, 0]],
    ),
  );
  deepEqual(healthLines(gateway), []);
});

test('sticky: a session has one target, another session of the same address may have another one; without one the address counts', async () => {
  await using upstream = await services(4);
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls, 'sticky: session') });
  equal(new Set(await targetsOf(gateway, 8)).size, 1);
  const chosen = new Set<string>();
  let headers = {};
  for (let people = 0; chosen.size < 2 && people < 20; people += 1) {
    headers = await gateway.signIn(`user${people}`);
    const targets = await targetsOf(gateway, 4, headers);
    equal(new Set(targets).size, 1);
    chosen.add(targets[0] ?? '');
  }
  equal(chosen.size, 2);
  const [, last = ''] = chosen;
  const gone = upstream.all[Number(last)];
  gone?.server.close();
  gone?.server.closeAllConnections();
  const after = new Set(await targetsOf(gateway, 6, headers));
  equal(after.size, 1);
  equal(after.has(last), false);
});

test('checks: a target that fails them gets nothing until it passes them again', async () => {
  const healthy = [true, true];
  const asked: string[] = [];
  await using upstream = await services(2, (at) => (req, res) => {
    if (req.url === '/base/ping?deep=1') {
      asked.push(`${req.headers['user-agent']} ${req.headers.host}`);
      res.statusCode = healthy[at] === true ? 204 : 503;
    }
    res.end();
  });
  const health = ['health:', '  path: /ping?deep=1', '  interval: 1s', '  timeout: 20s', '  unhealthy_after: 1'];
  const file = fileTo(
    upstream.urls.map((url) => `${url}/base`),
    ...health,
  );
  await using gateway = await gatewayTo(undefined, { file });
  deepEqual(new Set(await targetsOf(gateway, 6)), new Set(['0', '1']));
  healthy[0] = false;
  await until(() => equal(healthLines(gateway).length, 1));
  deepEqual(new Set(await targetsOf(gateway, 6)), new Set(['1']));
  healthy[0] = true;
  await until(() => equal(healthLines(gateway).length, 2));
  deepEqual(new Set(await targetsOf(gateway, 6)), new Set(['0', '1']));
  deepEqual(healthLines(gateway), [
    `{"target":"${upstream.urls[0]}/base","cause":"status 503","message":"a target is unhealthy"}`,
    `{"target":"${upstream.urls[0]}/base","message":"a target is healthy again"}`,
  ]);
  const hosts = upstream.all.map(({ port }) => `gatewarden-health 127.0.0.1:${port}`);
  deepEqual(new Set(asked), new Set(hosts));
});

test('who waits for a turn at a target that becomes unhealthy waits at another one', async () => {
  const healthy = [true, true];
  await using upstream = await services(2, (at) => (req, res) => {
    res.statusCode = req.url === '/ping' && healthy[at] !== true ? 503 : 200;
    res.end();
  });
  // Of four turns an address gets one.
  const limits = ['limits: { requests: 4 }', 'health: { path: /ping, interval: 1s, timeout: 20s, unhealthy_after: 1 }'];
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls, ...limits) });
  const pending = () => gateway.app.health().map((one) => one.pending);
  const slow = [gateway.send(host, '/slow'), gateway.send(host, '/slow')];
  await until(() => equal(upstream.held.length, 2));
  const waiting = gateway.send(host, '/');
  await until(() => deepEqual(pending().sort(), [1, 2]));
  const at = pending().indexOf(2);
  healthy[at] = false;
  await until(() => equal(pending()[at], 1));
  for (const one of upstream.held) if (one.at !== at) one.release();
  equal(targetOf(await waiting), String(1 - at));
  for (const one of upstream.held) one.release();
  await Promise.all(slow);
});

test('a target that both configurations have keeps its connections; one that goes ends what runs, then closes', async () => {
  const sockets = new Set<Socket>();
  await using upstream = await services(2);
  for (const { server } of upstream.all)
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
  const [kept = '', goes = ''] = upstream.urls;
  await using gateway = await gatewayTo(undefined, { file: fileTo([goes]) });
  const slow = gateway.send(host, '/slow');
  await until(() => equal(upstream.held.length, 1));
  gateway.reload(fileTo([kept]));
  equal(targetOf(await gateway.send(host, '/')), '0');
  const [first] = upstream.all[0]?.seen ?? [];
  gateway.reload(fileTo([kept], 'timeout: 10s'));
  equal(targetOf(await gateway.send(host, '/')), '0');
  equal(upstream.all[0]?.seen[1]?.req.socket, first?.req.socket);
  for (const { release } of upstream.held) release();
  deepEqual([(await slow).text, upstream.all[1]?.seen.length], ['slow', 1]);
  await until(() => deepEqual([...sockets], [first?.req.socket]));
});

test('a socket counts until it closes, also when its target goes; one that the service refuses is counted off', async () => {
  const accepted: Socket[] = [];
  await using upstream = await services(1, () => (_req, res) => void res.writeHead(426).end());
  const [only] = upstream.all;
  await using gateway = await gatewayTo(undefined, { file: fileTo(upstream.urls) });
  const pending = () => gateway.app.health().map((one) => one.pending);
  const open = () => {
    const headers = { host, origin: `http://${host}` };
    return new WebSocket(`ws://127.0.0.1:${gateway.port}/socket`, { headers }).on('error', () => undefined);
  };
  const refused = open();
  await once(refused, 'unexpected-response');
  refused.terminate();
  await until(() => deepEqual(pending(), [0]));
  deepEqual(
    gateway.lines.filter(({ path }) => path === '/socket').map(({ status }) => status),
    [426],
  );
  const sockets = new WebSocketServer({ server: only?.server });
  sockets.on('connection', (_socket, { socket }) => accepted.push(socket));
  const carried = open();
  await once(carried, 'open');
  deepEqual(pending(), [1]);
  gateway.reload(fileTo([`http://127.0.0.1:${await freePort()}`]));
  equal((await gateway.send(host, '/')).status, 502);
  equal(accepted[0]?.destroyed, false);
  carried.terminate();
  await until(() => equal(accepted[0]?.destroyed, true));
});
