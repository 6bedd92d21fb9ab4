import { equal, match } from 'node:assert/strict';
import test, { after } from 'node:test';
import { gatewayTo, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

const upstream = await upstreamThat((req, res) => void req.resume().on('end', () => res.end('answered')));
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const hidden = 'GET /public/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
const post = (...lines: string[]) => `POST /public/x HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`;

/** What is sent; each is answered once, refused, and the connection closed, and the upstream sees nothing. */
const refusedRequests: Readonly<Record<string, string>> = {
  'both lengths': `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`,
  'both lengths, the other way round': `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${hidden}`,
  'two lengths that differ': `${post('Content-Length: 0', 'Content-Length: 54')}${hidden}`,
  'two lengths in one header': `${post('Content-Length: 0, 54')}${hidden}`,
  'a negative length': `${post('Content-Length: -1')}${hidden}`,
  'a length with a plus sign': `${post('Content-Length: +0')}${hidden}`,
  'a length in hexadecimal': `${post('Content-Length: 0x0')}${hidden}`,
  'an encoding that only looks chunked': `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`,
  'chunked twice': `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`,
  'chunked behind another coding': `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n${hidden}`,
  'chunked before another coding': `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden}`,
  'a space before the colon': `${post('Content-Length : 54')}${hidden}`,
  'a vertical tab in the coding': `${post('Transfer-Encoding: \x0bchunked')}0\r\n\r\n${hidden}`,
  'chunked in HTTP/1.0': `POST /public/x HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'a bare line feed between headers': `GET /public/x HTTP/1.1\nHost: localhost\n\n${hidden}`,
  'a bare carriage return in a header': `GET /public/x HTTP/1.1\r\nHost: localhost\r\nA: b\rC: d\r\n\r\n${hidden}`,
  'a folded header': `GET /public/x HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c: d\r\n\r\n${hidden}`,
  'a header without a name': `GET /public/x HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n${hidden}`,
  'NUL in a header': `GET /public/x HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n${hidden}`,
  'no Host': `GET /public/x HTTP/1.1\r\n\r\n`,
  'a space in the target': `GET /public/x y HTTP/1.1\r\nHost: localhost\r\n\r\n${hidden}`,
  TRACE: `TRACE /public/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  'a verb that nobody knows': `SMUGGLE /public/x HTTP/1.1\r\nHost: localhost\r\n\r\n${hidden}`,
};

for (const [name, bytes] of Object.entries(refusedRequests)) {
  test(`refused with 400, and the connection closed: ${name}`, async () => {
    const before = upstream.seen.length;
    const heard = await rawRequest(gateway.port, bytes);
    match(heard, /^HTTP\/1\.1 400 /);
    equal(heard.split('HTTP/1.1 ').length - 1, 1, heard);
    match(heard, /connection: close/i);
    equal(upstream.seen.length, before);
  });
}

test('a chunk length that is no number ends the request, and the upstream is not given a whole one', async () => {
  const heard = await rawRequest(gateway.port, `${post('Transfer-Encoding: chunked')}zz\r\nx\r\n0\r\n\r\n${hidden}`);
  match(heard, /^HTTP\/1\.1 400 |^$/);
  equal(
    upstream.seen.some(({ target }) => target === '/public/hidden'),
    false,
  );
});

test('chunk extensions are dropped, not passed on', async () => {
  const heard = await rawRequest(
    gateway.port,
    `${post('Transfer-Encoding: chunked', 'Connection: close')}1;a=b\r\nx\r\n0\r\n\r\n`,
  );
  match(heard, /^HTTP\/1\.1 200 /);
});

test('CONNECT is refused', async () => {
  match(
    await rawRequest(gateway.port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'),
    /^HTTP\/1\.1 405 /,
  );
});

test('an offer of h2c is not taken up and not passed on', async () => {
  const lines =
    'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings, close\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA';
  const heard = await rawRequest(gateway.port, `GET /public/h2c HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\n`);
  match(heard, /^HTTP\/1\.1 200 /);
  const names = upstream.seen.at(-1)?.rawHeaders.map((one) => one.toLowerCase()) ?? [];
  equal(names.includes('upgrade') || names.includes('http2-settings'), false);
});

test('an upgrade with a body is refused', async () => {
  const lines = ['Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 54'];
  match(
    await rawRequest(
      gateway.port,
      `GET /public/x HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n${hidden}`,
    ),
    /^HTTP\/1\.1 400 /,
  );
});

test('requests one behind the other are answered one by one, in order', async () => {
  const before = upstream.seen.length;
  const one = (path: string, more = '') => `GET /public/${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const heard = await rawRequest(gateway.port, one('first') + one('second') + one('third', 'Connection: close\r\n'));
  equal(heard.split('HTTP/1.1 200').length - 1, 3);
  equal(upstream.seen.length - before, 3);
});

test('a request to our own pages that is spelled in another way goes nowhere', async () => {
  const spellings = [
    '//_gatewarden/login',
    '/%5fgatewarden/login',
    '/_Gatewarden/login',
    '/_gatewarden;x/login',
    '/_gatewarden%2flogin',
  ];
  const before = upstream.seen.length;
  for (const target of spellings) {
    const heard = await rawRequest(
      gateway.port,
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    match(heard, /^HTTP\/1\.1 400 [\s\S]*ambiguous_path/, target);
  }
  equal(upstream.seen.length, before);
});
