import { deepEqual, equal } from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';
import { requestOf } from './raw.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await upstreamThat((req, res) => {
    // A service that is in the middle of an upload notices that the client is gone.
    req.on('error', () => undefined).resume();
    if (req.method === 'GET') res.end('the service');
  });
  gateway = await gatewayTo(upstream.url, { limits: { bodyStall: 300, discard: 200 } });
});
after(async () => {
  for (const one of [gateway, upstream]) await one[Symbol.asyncDispose]();
});

const head = (...lines: readonly string[]): string =>
  ['POST /public/x HTTP/1.1', 'Host: localhost', ...lines].map((line) => `${line}\r\n`).join('');
const chunked = 'Transfer-Encoding: chunked';
const offer = ['Upgrade: h2c', 'Connection: Upgrade'];

/** Uploads that come to nothing, through no fault of the service. */
const uploads: Readonly<Record<string, string>> = {
  'that stop half-way': `${head('Content-Length: 1000')}\r\nx`,
  'that stop in a chunk': `${head(chunked)}\r\nff\r\nx`,
  'with a chunk that is none': `${head(chunked)}\r\n1\r\nx\r\nzz\r\n`,
  'with a chunk that is none, behind an offer of another protocol': `${head(chunked, ...offer)}\r\n1\r\nx\r\nzz\r\n`,
};

async function served(): Promise<boolean> {
  return (await rawRequest(gateway.port, requestOf('/public/x'), 10_000)).startsWith('HTTP/1.1 200');
}

/** What the log says of the service since a line. */
const blamed = (from: number) =>
  gateway.lines
    .slice(from)
    .filter(
      ({ status, message }) => Number(status) >= 500 || /unhealthy|no answer from the upstream/.test(String(message)),
    );

for (const [what, bytes] of Object.entries(uploads)) {
  test(`uploads ${what}: the service is not blamed, and goes on getting requests`, async () => {
    const from = gateway.lines.length;
    await Promise.all(Array.from({ length: 6 }, () => rawRequest(gateway.port, bytes, 10_000)));
    equal(await served(), true);
    deepEqual(blamed(from), []);
  });
}

test('uploads whose client goes away: the service is not blamed, and goes on getting requests', async () => {
  const from = gateway.lines.length;
  for (let at = 0; at < 6; at += 1) {
    const before = upstream.seen.length;
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`${head('Content-Length: 1000')}\r\nx`);
    while (upstream.seen.length === before) await new Promise(setImmediate);
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    upstream.seen.at(-1)?.req.once('close', resolve);
    if (at % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
    await gone;
  }
  equal(await served(), true);
  deepEqual(blamed(from), []);
});
