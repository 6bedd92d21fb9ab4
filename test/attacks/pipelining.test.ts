import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { gatewayTo, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

let connections = 0;
let mostAtOnce = 0;
let atOnce = 0;
const held: ServerResponse[] = [];
const upstream = await upstreamThat((req, res) => {
  atOnce += 1;
  mostAtOnce = Math.max(mostAtOnce, atOnce);
  res.on('close', () => {
    atOnce -= 1;
  });
  if (req.url === '/public/held') held.push(res);
  else res.end(`[${req.url}]`);
});
upstream.server.on('connection', () => {
  connections += 1;
});
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => boolean): Promise<void> {
  for (let at = 0; at < 500; at += 1) {
    if (holds()) return;
    await later(10);
  }
  throw new Error('it did not come to that');
}

const get = (path: string, ...lines: string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

const statusesOf = (heard: string): number[] =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

test('5,000 requests on one connection go one at a time, and are answered in their order', async () => {
  connections = 0;
  mostAtOnce = 0;
  const all = Array.from({ length: 5000 }, (_, at) => `/public/${at}`);
  const bytes = all.map((path) => get(path)).join('') + get('/public/last', 'Connection: close');
  const heard = rawRequest(gateway.port, bytes, 60_000);
  const waited = performance.now();
  equal((await fetch(`${gateway.url}/public/other`)).status, 200);
  ok(performance.now() - waited < 2000, 'somebody else had to wait');
  const answered = [...(await heard).matchAll(/\[(\/public\/\w+)\]/g)].map(([, path]) => path);
  deepEqual(answered, [...all, '/public/last']);
  equal(mostAtOnce <= 2, true, `${mostAtOnce} at once`);
  ok(connections < 10, `${connections} connections`);
});

test('a request behind a sign-out is refused', async () => {
  const { cookie } = await gateway.signIn('pia');
  const signOut = [
    'POST /_gatewarden/logout HTTP/1.1',
    'Host: localhost',
    'Origin: http://localhost',
    `Cookie: ${cookie}`,
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 0',
  ];
  const before = upstream.seen.length;
  const closed = get('/closed', `Cookie: ${cookie}`);
  const last = get('/closed', `Cookie: ${cookie}`, 'Connection: close');
  const heard = await rawRequest(gateway.port, `${closed}${signOut.join('\r\n')}\r\n\r\n${closed}${last}`);
  deepEqual(statusesOf(heard), [200, 303, 401, 401]);
  equal(upstream.seen.length, before + 1);
});

test('bodies and refusals in the middle keep the order', async () => {
  const post = 'POST /public/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody';
  const chunked = 'POST /public/d HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n';
  const bytes = [get('/public/a'), post, get('/closed'), chunked, get('/_gatewarden/healthz'), post];
  const heard = await rawRequest(gateway.port, bytes.join('') + get('/public/e', 'Connection: close'));
  deepEqual(statusesOf(heard), [200, 200, 401, 200, 200, 200, 200]);
  deepEqual(heard.match(/\[\/public\/\w\]/g), [
    '[/public/a]',
    '[/public/b]',
    '[/public/d]',
    '[/public/b]',
    '[/public/e]',
  ]);
});

test('an upgrade behind a request that runs does not write into its answer', async () => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: eA=='];
  const heard = rawRequest(gateway.port, get('/public/held') + get('/public/ws', ...upgrade), 1500);
  await until(() => held.length > 0);
  held.pop()?.end('first');
  const text = await heard;
  ok(/^HTTP\/1\.1 200 OK[\s\S]*first[\s\S]*HTTP\/1\.1 200 OK[\s\S]*\[\/public\/ws\]/.test(text), text);
});

test('a client that goes on sending while it is not answered is read no further', async () => {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
  socket.write(get('/public/held'));
  await until(() => held.length > 0);
  const chunk = get('/public/x').repeat(1000);
  let written = 0;
  for (let at = 0; at < 2000 && socket.writableLength < 8_000_000; at += 1) {
    socket.write(chunk);
    written += chunk.length;
  }
  await later(500);
  ok(socket.writableLength > written / 2, `${written - socket.writableLength} of ${written} bytes were taken`);
  socket.destroy();
  held.pop()?.end();
});

/** A gateway of its own whose turns are few: what the tests before left running holds none of them. */
const fewTurns = () =>
  gatewayTo(upstream.url, { limits: { upstreamRequests: 8, upstreamQueue: 4, upstreamQueueTime: 700 } });

test('beyond a quarter of the turns and of the queue an address gets 503, and a turn that does not come is 503 too', async () => {
  await using few = await fewTurns();
  const asked = Array.from({ length: 5 }, () => fetch(`${few.url}/public/held`));
  const settled: Response[] = [];
  for (const one of asked) void one.then((answer) => settled.push(answer));
  await until(() => held.length === 2 && settled.length === 2);
  deepEqual(
    settled.map(({ status }) => status),
    [503, 503],
  );
  await until(() => settled.length === 3);
  for (const res of held.splice(0)) res.end('at last');
  const all = await Promise.all(asked);
  deepEqual(all.map(({ status }) => status).toSorted(), [200, 200, 503, 503, 503]);
  const [refused] = settled;
  if (refused === undefined) throw new Error('nobody was refused');
  equal(refused.headers.get('retry-after'), '5');
  match(await refused.text(), /"code":"upstream_busy"/);
  equal((await fetch(`${few.url}/public/free`)).status, 200);
});

test('who goes away while waiting leaves the queue', async () => {
  await using few = await fewTurns();
  const asked = Array.from({ length: 2 }, () => fetch(`${few.url}/public/held`));
  await until(() => held.length === 2);
  const waiting = connect(few.port, '127.0.0.1', () => waiting.write(get('/public/gone')));
  await later(100);
  waiting.destroy();
  await once(waiting, 'close');
  await later(50);
  for (const res of held.splice(0)) res.end();
  await Promise.all(asked);
  await later(50);
  equal(
    upstream.seen.some(({ target }) => target === '/public/gone'),
    false,
  );
});
