import { deepEqual, equal, ok } from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { secureGatewayTo } from '../gateway/secure.ts';
import { upstreamThat, valuesOf } from '../gateway/started.ts';
import { until } from '../gateway/until.ts';
import { type Field, flags, frame, frameTypes, headersFrame, rawHttp2 } from '../support/http2-frames.ts';

const upstream = await upstreamThat(async (req, res) => {
  req.on('error', () => undefined);
  const body = await text(req).catch(() => 'broken off');
  arrived.push(body);
  res.end('served');
});
const arrived: string[] = [];
const gateway = await secureGatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const authority = `127.0.0.1:${gateway.port}`;
const method: Field = [':method', 'GET'];
const scheme: Field = [':scheme', 'https'];
const host: Field = [':authority', authority];
const path: Field = [':path', '/public/x'];
const usual: readonly Field[] = [method, scheme, host, path];
const without = (...names: string[]): Field[] => usual.filter(([name]) => !names.includes(name));

type Outcome = Readonly<{ outcome: number | 'reset' | 'closed'; received: number }>;

/** The status of the answer to a head, by the access log; or that the stream, or the connection, was ended instead. */
async function outcomeOf(fields: readonly Field[], ...more: Buffer[]): Promise<Outcome> {
  const [lines, before] = [gateway.lines.length, upstream.seen.length];
  using client = await rawHttp2(gateway.port);
  client.send(headersFrame(1, fields, more.length === 0), ...more);
  const answers: number[] = [frameTypes.headers, frameTypes.reset, frameTypes.goaway];
  const first = await client.heard(({ type }) => answers.includes(type)).catch(() => undefined);
  const received = () => upstream.seen.length - before;
  if (first?.type === frameTypes.reset) return { outcome: 'reset', received: received() };
  if (first?.type !== frameTypes.headers) return { outcome: 'closed', received: received() };
  const status = () => gateway.lines.slice(lines).find((line) => 'status' in line)?.status;
  await until(() => ok(status() !== undefined));
  return { outcome: Number(status()), received: received() };
}

test('what is not attacked passes, also with a Host that says the same', async () => {
  deepEqual(await outcomeOf(usual), { outcome: 200, received: 1 });
  deepEqual(await outcomeOf([...usual, ['host', authority]]), { outcome: 200, received: 1 });
  deepEqual(valuesOf(upstream.seen.at(-1) ?? fail(), 'host'), [authority]);
  deepEqual(await outcomeOf([...without(':authority'), ['host', authority]]), { outcome: 200, received: 1 });
});

function fail(): never {
  throw new Error('nothing reached the upstream');
}

const refused: [title: string, fields: Field[], outcome: (number | 'reset' | 'closed')[]][] = [
  ['another host beside the authority', [...usual, ['host', 'admin.example']], [400]],
  ['two hosts beside the authority', [...usual, ['host', authority], ['host', authority]], [400, 'reset']],
  ['two hosts without an authority', [...without(':authority'), ['host', authority], ['host', 'b']], [400, 'reset']],
  ['no host at all', without(':authority'), [400, 'reset']],
  ['an empty authority', [...without(':authority'), [':authority', '']], [400, 'reset']],
  ['user information in the authority', [...without(':authority'), [':authority', `a@${authority}`]], [400, 'reset']],
  ['a foreign authority', [...without(':authority'), [':authority', 'rebound.example']], [421]],
  ['a line break in the authority', [...without(':authority'), [':authority', 'a\r\nx: y']], ['reset', 400]],
  ['no path', without(':path'), ['reset']],
  ['an empty path', [...without(':path'), [':path', '']], ['reset', 400]],
  ['no method', without(':method'), ['reset']],
  ['no scheme', without(':scheme'), ['reset']],
  ['another scheme', [...without(':scheme'), [':scheme', 'http']], [400, 'reset']],
  ['two paths', [...usual, [':path', '/admin']], ['reset']],
  ['two authorities', [...usual, [':authority', 'b']], ['reset']],
  ['a pseudo-header behind the others', [method, scheme, host, ['x-a', 'b'], path], ['reset']],
  ['a pseudo-header that does not exist', [...usual, [':user', 'admin']], ['reset']],
  ['a pseudo-header of an answer', [...usual, [':status', '200']], ['reset']],
  ['an absolute path', [...without(':path'), [':path', `https://${authority}/public/x`]], [400, 'reset']],
  ['a path without a slash', [...without(':path'), [':path', 'public/x']], [400, 'reset']],
  ['a space in the path', [...without(':path'), [':path', '/public/x HTTP/1.1']], [400, 'reset']],
  ['a line break in the path', [...without(':path'), [':path', '/public/x\r\nX: y']], [400, 'reset']],
  ['dots in the path', [...without(':path'), [':path', '/public/../admin']], [400]],
  ['encoded dots in the path', [...without(':path'), [':path', '/public/%2e%2e/admin']], [400]],
  ['a raw # in the path', [...without(':path'), [':path', '/public/x#/../admin']], [400, 'reset']],
  ['a backslash in the path', [...without(':path'), [':path', '/public\\admin']], [400, 'reset']],
  ['bytes beyond ASCII in the path', [...without(':path'), [':path', '/public/\xff']], [400, 'reset']],
  ['a method that nobody knows', [...without(':method'), [':method', 'ADMIN']], [400]],
  ['TRACE', [...without(':method'), [':method', 'TRACE']], [400, 405]],
  ['a space in the method', [...without(':method'), [':method', 'GET /admin']], ['reset', 400]],
  [
    'CONNECT',
    [
      [':method', 'CONNECT'],
      [':authority', 'db:5432'],
    ],
    [405],
  ],
  [
    'a WebSocket (extended CONNECT)',
    [[':method', 'CONNECT'], [':protocol', 'websocket'], scheme, host, path],
    ['reset'],
  ],
  ['Connection', [...usual, ['connection', 'x-forwarded-user']], ['reset', 400]],
  ['Transfer-Encoding', [...usual, ['transfer-encoding', 'chunked']], ['reset', 400]],
  ['Upgrade', [...usual, ['upgrade', 'websocket']], ['reset', 400]],
  ['Keep-Alive', [...usual, ['keep-alive', 'timeout=5']], ['reset', 400]],
  ['HTTP2-Settings', [...usual, ['http2-settings', 'AAMAAABk']], ['reset', 400]],
  ['TE other than trailers', [...usual, ['te', 'gzip']], ['reset', 400]],
  ['two lengths', [...usual, ['content-length', '0'], ['content-length', '5']], ['reset']],
  ['a length that is none', [...usual, ['content-length', '+1']], ['reset']],
  ['a length of a body that does not come', [...usual, ['content-length', '5']], ['reset']],
  ['a name in capitals', [...usual, ['X-Forwarded-User', 'admin']], ['reset', 400]],
];
for (const [title, fields, expected] of refused) {
  test(`refused, and nothing reaches the upstream: ${title}`, async () => {
    const { outcome, received } = await outcomeOf(fields);
    ok(expected.includes(outcome), `it was ${outcome}`);
    equal(received, 0);
  });
}

const marker = 'marker-of-the-attacker';
const dropped: [title: string, field: Field][] = [
  ...['\r\n', '\n', '\r', '\0', '\x7f', '\x01'].map((one): (typeof dropped)[number] => [
    `the character ${one.codePointAt(0)} in a value`,
    ['x-a', `b${one}x-forwarded-user: ${marker}`],
  ]),
  ...['x a', 'x\r\na', 'x:a', 'x\0a', '', 'x"a', '\xff'].map((name): (typeof dropped)[number] => [
    `the name ${JSON.stringify(name)}`,
    [name, marker],
  ]),
];
for (const [title, field] of dropped) {
  test(`a field that HTTP does not have never arrives: ${title}`, async () => {
    const { outcome, received } = await outcomeOf([...usual, field]);
    ok(outcome === 'reset' || outcome === 400 || (outcome === 200 && received === 1), `it was ${outcome}`);
    if (received === 1) equal(JSON.stringify(upstream.seen.at(-1)?.rawHeaders).includes(marker), false);
  });
}

test('identity headers in any spelling, and trailers, end at the gateway', async () => {
  const names = ['x-forwarded-user', 'x_forwarded_user', 'remote-user', 'x.forwarded.user', 'x-gatewarden-assertion'];
  const before = upstream.seen.length;
  const sent = names.map((name): Field => [name, marker]);
  const head = usual.map(([name, value]): Field => [name, name === ':method' ? 'POST' : value]);
  using client = await rawHttp2(gateway.port);
  client.send(headersFrame(1, [...head, ...sent], false), headersFrame(1, sent));
  await client.heard(({ type, stream }) => type === frameTypes.headers && stream === 1);
  equal(upstream.seen.length, before + 1);
  equal(JSON.stringify([upstream.seen.at(-1)?.rawHeaders, upstream.seen.at(-1)?.req.trailers]).includes(marker), false);
});

for (const [title, length, bytes] of [
  ['shorter', '10', 4],
  ['longer', '2', 4],
] as const) {
  test(`a body that is ${title} than its length never looks complete to the upstream`, async () => {
    const before = arrived.length;
    const head = usual.map(([name, value]): Field => [name, name === ':method' ? 'POST' : value]);
    using client = await rawHttp2(gateway.port);
    const body = frame(frameTypes.data, flags.endStream, 1, Buffer.alloc(bytes, 'x'));
    client.send(headersFrame(1, [...head, ['content-length', length]], false), body);
    await client.heard(({ type }) => type === frameTypes.reset || type === frameTypes.goaway);
    await until(() => ok(arrived.length > before || upstream.seen.every(({ req }) => req.complete || req.destroyed)));
    deepEqual(
      arrived.slice(before).filter((one) => one !== 'broken off'),
      [],
    );
  });
}
