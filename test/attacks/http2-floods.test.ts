import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { after } from 'node:test';
import { secureGatewayTo } from '../gateway/secure.ts';
import { upstreamThat } from '../gateway/started.ts';
import { until } from '../gateway/until.ts';
import {
  codeOf,
  type Field,
  fieldBlock,
  flags,
  frame,
  frameTypes,
  headersFrame,
  type RawHttp2,
  rawHttp2,
} from '../support/http2-frames.ts';

const parked = new Set<string>();
const upstream = await upstreamThat((req, res) => {
  const url = req.url ?? '';
  if (!url.startsWith('/public/parked')) return void res.end('served');
  parked.add(url);
  res.once('close', () => parked.delete(url));
});
const gateway = await secureGatewayTo(upstream.url, {
  limits: { headersTimeout: 1500, keepAliveTimeout: 1500, discard: 500 },
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const headOf = (path: string): Field[] => [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', `127.0.0.1:${gateway.port}`],
  [':path', path],
];
const reset = (stream: number): Buffer => frame(frameTypes.reset, 0, stream, Buffer.from([0, 0, 0, 8]));

async function bystanderIsServed(): Promise<void> {
  const { status, body } = await gateway.ask({ ':path': '/public/bystander' });
  equal(`${status} ${body}`, '200 served');
}

/** Sends pieces, at the pace of the connection, until the gateway closes it or all are sent. */
async function flood(client: RawHttp2, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) {
    if (client.socket.destroyed) return;
    if (!client.socket.write(piece))
      await Promise.race([once(client.socket, 'drain').catch(() => undefined), client.closed]);
  }
}

function* times(count: number, make: (at: number) => Buffer): Generator<Buffer> {
  for (let at = 0; at < count; at += 1) yield make(at);
}

const settings = frame(frameTypes.settings, 0, 0, Buffer.from([0, 4, 0, 1, 0, 0]));
const ping = frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
const emptyData = frame(frameTypes.data, 0, 1);
const half = frame(frameTypes.headers, flags.endStream, 1, fieldBlock(headOf('/public/x')));
const more = frame(frameTypes.continuation, 0, 1, fieldBlock([['x-more', 'y'.repeat(1000)]]));

const floods: [title: string, before: Buffer[], pieces: () => Iterable<Buffer>][] = [
  ['streams that are opened and reset at once', [], () => times(20_000, openedAndReset)],
  ['heads that go on for ever', [half], () => times(20_000, () => more)],
  ['heads that go on in empty pieces', [half], () => times(50_000, () => frame(frameTypes.continuation, 0, 1))],
  ['SETTINGS', [], () => times(100_000, () => settings)],
  ['PING', [], () => times(100_000, () => ping)],
  ['empty pieces of a body', [openUpload()], () => times(50_000, () => emptyData)],
  ['frames of a stream that there never was', [], () => times(20_000, (at) => reset(2 * at + 1))],
];
function openedAndReset(at: number): Buffer {
  return Buffer.concat([headersFrame(2 * at + 1, headOf(`/public/parked/reset-${at}`)), reset(2 * at + 1)]);
}
function openUpload(): Buffer {
  const head = headOf('/public/parked/upload').map(
    ([name, value]): Field => [name, name === ':method' ? 'PUT' : value],
  );
  return headersFrame(1, head, false);
}

for (const [title, before, pieces] of floods) {
  test(`a flood of ${title} ends its connection, and others are served meanwhile`, async () => {
    const memory = process.memoryUsage().rss;
    using client = await rawHttp2(gateway.port);
    client.send(...before);
    const flooding = flood(client, pieces());
    await bystanderIsServed();
    await flooding;
    await client.closed;
    const grown = (process.memoryUsage().rss - memory) / 1024 / 1024;
    ok(grown < 200, `memory grew by ${Math.round(grown)} MB`);
    await until(() => equal(parked.size, 0));
  });
}

test('streams beyond the hundredth of a connection are refused, and reach no upstream', async () => {
  using client = await rawHttp2(gateway.port);
  const heads = times(130, (at) => headersFrame(2 * at + 1, headOf(`/public/parked/${at}`)));
  client.send(...heads);
  await until(() => equal(client.frames.filter(({ type }) => type === frameTypes.reset).length, 30));
  const codes = client.frames.filter(({ type }) => type === frameTypes.reset).map(codeOf);
  equal(
    codes.every((code) => code === 7),
    true,
  );
  await until(() => equal(parked.size, 100));
  await bystanderIsServed();
  client.socket.destroy();
  await until(() => equal(parked.size, 0));
});

test('headers beyond the limit are refused, and far beyond it the stream is reset', async () => {
  const before = upstream.seen.length;
  const large = (bytes: number) =>
    Object.fromEntries(Array.from({ length: bytes / 1024 }, (_, at) => [`x-${at}`, 'y'.repeat(980)]));
  const { status } = await gateway.ask({ ':path': '/public/large', ...large(40 * 1024) });
  equal(status, 431);
  const refused = () => gateway.lines.findLast(({ path }) => path === '/public/large')?.code;
  await until(() => equal(refused(), 'headers_too_large'));
  await gateway.ask({ ':path': '/public/large', ...large(100 * 1024) }).then(
    (answer) => equal(answer.status, 431),
    () => undefined,
  );
  const small = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`x-${at}`, 'y']));
  await gateway.ask({ ':path': '/public/large', ...small }).then(
    (answer) => equal(answer.status, 431),
    () => undefined,
  );
  equal(upstream.seen.length, before);
});

test('a table of headers that is filled once and repeated thousands of times is no bomb', async () => {
  const before = upstream.seen.length;
  using client = await rawHttp2(gateway.port);
  const name = 'x-bomb';
  const value = 'y'.repeat(3900);
  // A literal that is remembered (RFC 7541, 6.2.1), then its index, of one byte, again and again.
  const text = (one: string) => fieldBlock([[one, '']]).subarray(1, -1);
  const stored = Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
  const block = Buffer.concat([fieldBlock(headOf('/public/bomb')), stored, Buffer.alloc(8000, 0x80 | 62)]);
  client.send(frame(frameTypes.headers, flags.endHeaders | flags.endStream, 1, block));
  await Promise.race([
    client.heard(({ type }) => type === frameTypes.reset || type === frameTypes.goaway),
    client.closed,
  ]);
  equal(upstream.seen.length, before);
  await bystanderIsServed();
});

test('a connection on which nothing, half a handshake or half a head arrives is closed in time', async () => {
  const [mute, begun] = [connect(gateway.port, '127.0.0.1'), connect(gateway.port, '127.0.0.1')];
  begun.write(Buffer.from('16030100c8010000c40303', 'hex'));
  for (const socket of [mute, begun]) socket.on('error', () => undefined).resume();
  const ended = Promise.all([once(mute, 'close'), once(begun, 'close')]);
  using silent = await rawHttp2(gateway.port);
  using slow = await rawHttp2(gateway.port);
  slow.send(half);
  await bystanderIsServed();
  await Promise.all([silent.closed, slow.closed, ended]);
});

test('a client that opens no window holds the upstream back, not the answer in memory', async () => {
  using client = await rawHttp2(gateway.port);
  const noWindow = frame(frameTypes.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
  client.send(noWindow, headersFrame(1, headOf('/public/x')));
  await client.heard(({ type, stream }) => type === frameTypes.headers && stream === 1);
  equal(
    client.frames.some(({ type, payload }) => type === frameTypes.data && payload.length > 0),
    false,
  );
  await bystanderIsServed();
});
