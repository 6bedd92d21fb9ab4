import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { type EventEmitter, once } from 'node:events';
import { Agent, get, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../support/until.ts';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

/** Answers that have begun, by the path that was asked for; a test ends them. */
const begun = new Map<string, ServerResponse>();

let service: TestUpstream;
let other: TestUpstream;
let gateway: TestGateway;
let una: { authorization: string };
let connections = 0;

const closed = 'rules: admin * /**';

const first = (): string => fileOf(routeOf('a.localhost', service.url), routeOf('b.localhost', service.url));

before(async () => {
  service = await upstreamThat((req, res) => {
    if (req.url === '/name') return void res.end('service');
    if (req.url?.startsWith('/events')) res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('begun');
    begun.set(req.url ?? '', res);
  });
  service.server.on('connection', () => {
    connections += 1;
  });
  const sockets = new WebSocketServer({ server: service.server });
  sockets.on('connection', (socket) => socket.send('hello'));
  other = await upstreamThat((_req, res) => void res.end('other'));
  gateway = await gatewayTo(undefined, { file: first() });
  una = await gateway.bearer('una');
});
after(async () => {
  for (const one of [gateway, service, other]) await one[Symbol.asyncDispose]();
});

/** A request that has begun to be answered. */
async function begin(host: string, path: string, headers: Record<string, string> = una): Promise<IncomingMessage> {
  const outgoing = get({ port: gateway.port, path, headers: { ...headers, host }, agent: false });
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('no answer');
  answer.on('error', () => undefined);
  return answer;
}

/** Resolves once it is closed, also by an error. */
const closing = (one: EventEmitter): Promise<void> => new Promise((resolve) => one.on('close', () => resolve()));

/** Until after the moment from which on a running request is watched. */
const untilWatched = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600));

async function openSocket(host: string, path: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: { ...headers, host } });
  socket.on('error', () => undefined);
  await once(socket, 'message');
  return socket;
}

test('routes are added, changed and removed between two requests', async () => {
  gateway.reload(first());
  equal((await gateway.send('a.localhost', '/name', { headers: una })).text, 'service');
  gateway.reload(fileOf(routeOf('a.localhost', other.url), routeOf('c.localhost', service.url)));
  equal((await gateway.send('a.localhost', '/name', { headers: una })).text, 'other');
  equal((await gateway.send('c.localhost', '/name', { headers: una })).text, 'service');
  equal((await gateway.send('b.localhost', '/name', { headers: una })).status, 404);
  gateway.reload(first());
  equal((await gateway.send('b.localhost', '/name', { headers: una })).text, 'service');
});

test('a kept connection of a client serves requests before and after', async () => {
  gateway.reload(first());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (const status of [200, 403, 200]) {
    const outgoing = request({ port: gateway.port, path: '/name', headers: { ...una, host: 'a.localhost' }, agent });
    outgoing.end();
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    sockets.add(outgoing.socket);
    equal(answer?.statusCode, status);
    if (answer !== undefined) await text(answer);
    gateway.reload(status === 200 ? fileOf(routeOf('a.localhost', service.url, closed)) : first());
  }
  equal(sockets.size, 1);
  agent.destroy();
});

test('an upstream that both files have keeps its connections', async () => {
  gateway.reload(first());
  await gateway.send('a.localhost', '/name', { headers: una });
  const before = connections;
  for (let count = 0; count < 5; count += 1) {
    gateway.reload(fileOf(routeOf('a.localhost', service.url, `headers: { set: { X-Count: "${count}" } }`)));
    await gateway.send('a.localhost', '/name', { headers: una });
    deepEqual(service.seen.at(-1)?.req.headers['x-count'], String(count));
  }
  equal(connections, before);
});

test('a request of a removed route is served to its end, also when it is longer than a moment', async () => {
  gateway.reload(first());
  const answer = await begin('b.localhost', '/long');
  await untilWatched();
  gateway.reload(fileOf(routeOf('a.localhost', other.url)));
  await gateway.gate.decideAll();
  begun.get('/long')?.end(' and ended');
  equal(await text(answer), 'begun and ended');
});

test('a request that other rules forbid ends, also one of nobody', async () => {
  for (const headers of [una, {}]) {
    gateway.reload(fileOf(routeOf('a.localhost', service.url)));
    const answer = await begin('a.localhost', '/public/long', headers);
    await untilWatched();
    gateway.reload(fileOf(routeOf('a.localhost', service.url, closed)));
    await closing(answer);
    match(String(answer.errored), /aborted/);
  }
});

test('an event stream and a socket end with their route, and go on where the new routes allow them', async () => {
  for (const [name, file, ends] of [
    ['kept', first(), false],
    ['forbidden', fileOf(routeOf('a.localhost', service.url, closed)), true],
    ['removed', fileOf(routeOf('b.localhost', service.url)), true],
  ] as const) {
    gateway.reload(first());
    const origin = { ...una, origin: 'http://a.localhost' };
    const events = await begin('a.localhost', `/events/${name}`);
    const open = [await openSocket('a.localhost', `/${name}`, origin), await openSocket('a.localhost', '/public', {})];
    const over = Promise.all([closing(events), ...open.map(closing)]);
    gateway.reload(file);
    if (ends) await over;
    else {
      await gateway.gate.decideAll();
      deepEqual([events.destroyed, ...open.map(({ readyState }) => readyState)], [false, 1, 1], name);
      events.destroy();
      for (const socket of open) socket.terminate();
    }
  }
});

test('a file with a route that cannot be served changes nothing', async () => {
  gateway.reload(first());
  const bad = routeOf('c.localhost', 'https://127.0.0.1:1', 'tls: { ca: missing.pem }');
  throws(() => gateway.reload(fileOf(routeOf('a.localhost', other.url), bad)));
  equal((await gateway.send('a.localhost', '/name', { headers: una })).text, 'service');
  equal((await gateway.send('c.localhost', '/name', { headers: una })).status, 404);
});

test('connections to a removed upstream are closed, not at once', async () => {
  gateway.reload(fileOf(routeOf('a.localhost', other.url)));
  await gateway.send('a.localhost', '/name', { headers: una });
  const socket = other.seen.at(-1)?.req.socket;
  ok(socket !== undefined && !socket.destroyed);
  gateway.reload(fileOf(routeOf('a.localhost', service.url)));
  equal(socket.destroyed, false);
  await until(() => socket.destroyed);
});

test('no request fails while the routes are replaced again and again', async () => {
  const files = [service, other].map(({ url }) => fileOf(routeOf('a.localhost', url)));
  let reloads = 0;
  const replacing = setInterval(() => gateway.reload(files[reloads++ % 2] ?? ''), 10);
  const answers = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  async function ask(): Promise<void> {
    const outgoing = get({ port: gateway.port, path: '/name', headers: { ...una, host: 'a.localhost' }, agent });
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    const said = answer === undefined ? '' : `${answer.statusCode} ${await text(answer)}`;
    answers.set(said, (answers.get(said) ?? 0) + 1);
  }
  for (let round = 0; round < 40 || reloads < 20; round += 1) await Promise.all([ask(), ask(), ask(), ask()]);
  clearInterval(replacing);
  agent.destroy();
  deepEqual([...answers.keys()].sort(), ['200 other', '200 service']);
});
