import { equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import test from 'node:test';
import { gatewayTo, upstreamThat } from './started.ts';

const opened = (url: string, options: object = {}): ClientRequest => {
  const asked = request(url, options);
  asked.on('error', () => undefined);
  return asked;
};

test('a client that goes while its answer streams takes the request to the upstream with it', async () => {
  const closed = Promise.withResolvers<void>();
  await using upstream = await upstreamThat((_req, res) => {
    res.on('close', () => closed.resolve());
    res.writeHead(200).write('first');
  });
  await using gateway = await gatewayTo(upstream.url);
  const asked = opened(`${gateway.url}/public/x`).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await once(response, 'data');
  response.on('error', () => undefined);
  asked.destroy();
  await closed.promise;
});

test('a client that goes before there is an answer takes the request to the upstream with it', async () => {
  const came = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using upstream = await upstreamThat((_req, res) => {
    res.on('close', () => closed.resolve());
    came.resolve();
  });
  await using gateway = await gatewayTo(upstream.url);
  const asked = opened(`${gateway.url}/public/x`).end();
  await came.promise;
  asked.destroy();
  await closed.promise;
});

test('a client that goes in the middle of an upload does not leave a whole one behind', async () => {
  const outcome = Promise.withResolvers<string>();
  await using upstream = await upstreamThat((req) => {
    req.on('end', () => outcome.resolve('complete'));
    req.on('error', () => outcome.resolve('broken off'));
    req.resume();
  });
  await using gateway = await gatewayTo(upstream.url);
  const asked = opened(`${gateway.url}/public/x`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
  asked.write('x'.repeat(100_000), () => setTimeout(() => asked.destroy(), 20));
  equal(await outcome.promise, 'broken off');
});

test('an upload of which nothing more comes is broken off', async () => {
  await using upstream = await upstreamThat((req) => void req.on('error', () => undefined).resume());
  await using gateway = await gatewayTo(upstream.url, { limits: { bodyStall: 150 } });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('POST /public/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx');
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
});

test('headers that come too slowly are broken off, and others are served meanwhile', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.end('served'));
  await using gateway = await gatewayTo(upstream.url, { limits: { headersTimeout: 200 } });
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined).write('GET /public/x HTTP/1.1\r\nHo');
  equal(await (await fetch(`${gateway.url}/public/x`)).text(), 'served');
  let heard = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
  });
  await once(socket, 'close');
  ok(heard.startsWith('HTTP/1.1 408 '), heard);
});

test('an answer goes at the pace of a slow reader: the upstream has to wait', async () => {
  const size = 64 * 1024 * 1024;
  let written = 0;
  await using upstream = await upstreamThat((_req, res) => {
    res.writeHead(200, { 'content-length': size });
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (written < size) {
        written += chunk.length;
        if (!res.write(chunk)) return void res.once('drain', more);
      }
      res.end();
    };
    more();
  });
  await using gateway = await gatewayTo(upstream.url);
  const asked = opened(`${gateway.url}/public/x`).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  ok(written < size / 2, `${written} bytes were taken from the upstream though nobody read them`);
  let read = 0;
  for await (const chunk of response) read += chunk.length;
  equal(read, size);
});
