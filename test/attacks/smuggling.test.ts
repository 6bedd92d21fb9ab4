import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { after } from 'node:test';
import { gatewayTo, portOf, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';
import { besieged } from './fronts.ts';
import { bearerOf, send } from './raw.ts';

const upstream = await upstreamThat((req, res) => void req.resume().on('end', () => res.end('answered')));
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const statusesOf = (heard: string): number[] =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

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
  'a target with another port': `GET http://localhost:9999/public/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  'a target with the port of another scheme': `GET https://localhost/public/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
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

test('the upstream gets each body framed in one way, without chunk extensions and trailers', async () => {
  let bytes = '';
  const recorder = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1');
      if (/(^|\r\n)0\r\n\r\n$|\r\n\r\nbody$|^GET .*\r\n\r\n$/s.test(bytes)) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(recorder, 'listening');
  await using before = await gatewayTo(`http://127.0.0.1:${portOf(recorder)}`);
  const chunked = '4;a=b;c="x"\r\nbody\r\n0;d=e\r\nX-Trailer: t\r\n\r\n';
  for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
    for (const [length, body] of [
      ['Content-Length: 4', 'body'],
      ['Transfer-Encoding: chunked', chunked],
      ['transfer-encoding: Chunked', chunked],
    ] as const) {
      bytes = '';
      const head = `${method} /public/x HTTP/1.1\r\nHost: localhost\r\n${length}\r\nConnection: close\r\n\r\n`;
      deepEqual(statusesOf(await rawRequest(before.port, head + body)), [200], `${method} ${length}`);
      const framed = bytes.match(/^(content-length|transfer-encoding): .*$/gim) ?? [];
      equal(framed.length, 1, bytes);
      equal(/a=b|d=e|x-trailer/i.test(bytes), false, bytes);
      equal(
        bytes.endsWith(/^c/i.test(framed[0] ?? '') ? '\r\n\r\nbody' : '\r\n\r\n4\r\nbody\r\n0\r\n\r\n'),
        true,
        bytes,
      );
    }
  }
  recorder.close();
});

test('a header that some services fold into one that frames, routes or signs in is not passed on', async () => {
  const names = [
    'Content_Length',
    'content.length',
    'TRANSFER_ENCODING',
    'Transfer.Encoding',
    'X_Request_Id',
    'http2_settings',
  ];
  const lines = names.map((name) => `${name}: 0`);
  const before = upstream.seen.length;
  const heard = await rawRequest(
    gateway.port,
    `${post('Content-Length: 4', ...lines, 'X_Other: 1', 'Connection: close')}body`,
  );
  match(heard, /^HTTP\/1\.1 200 /);
  const [one] = upstream.seen.slice(before);
  const got = (one?.rawHeaders ?? []).filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  deepEqual(
    got.filter((name) => /[_.]/.test(name)),
    ['x_other'],
  );
  equal(got.filter((name) => name === 'content-length').length, 1);
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

/** Of what is sent on one kept connection: each answer belongs to its own request, and each request carries its own. */
test('what one request brought along shows in none of the next on the same connection, in any mode', async () => {
  await using site = await besieged();
  const kim = await bearerOf(site.gate, 'kim');
  const ask = (path: string, ...lines: string[]) =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  for (const front of [site.gateway, site.protect]) {
    const { statuses, received } = await send(
      front,
      ask('/closed/1', kim, 'Cookie: a=kims', 'X-Own: kims') +
        ask('/closed/2') +
        ask('/public/3', 'X-Forwarded-User: kim') +
        ask('/closed/4', 'Cookie: gatewarden=s%3Aguess.x') +
        ask('/public/5', 'Connection: close'),
    );
    deepEqual(statuses, [200, 401, 200, 401, 200], front.name);
    const seen = received.toSorted((one, other) => one.target.localeCompare(other.target));
    deepEqual(
      seen.map(({ target, user, rawHeaders }) => [target, user, rawHeaders.includes('kims')]),
      [
        ['/closed/1', 'kim', true],
        ['/public/3', '', false],
        ['/public/5', '', false],
      ],
      front.name,
    );
  }
});

test('the body of a refused request is no request', async () => {
  const before = upstream.seen.length;
  const body = 'GET /public/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n';
  for (const length of [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked']) {
    const sent = length.startsWith('C') ? body : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const first = `POST /closed HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n${sent}`;
    const heard = await rawRequest(
      gateway.port,
      `${first}GET /public/seen HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    deepEqual(statusesOf(heard), [401, 200], length);
  }
  deepEqual(
    upstream.seen.slice(before).map(({ target }) => target),
    ['/public/seen', '/public/seen'],
  );
});

test('a refused Expect closes, so that a body sent all the same is no request', async () => {
  const before = upstream.seen.length;
  const lines = ['Expect: 100-continue', 'Content-Length: 54'];
  const heard = await rawRequest(
    gateway.port,
    `POST /closed HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n${hidden}`,
  );
  deepEqual(statusesOf(heard), [401]);
  equal(upstream.seen.length, before);
});

test('an expectation that nobody can meet, and one that is repeated, bring nothing through', async () => {
  for (const expectation of ['Expect: 200-ok', 'Expect: 100-continue, 200-ok']) {
    const heard = await rawRequest(gateway.port, post(expectation, 'Content-Length: 0', 'Connection: close'));
    match(heard, /^HTTP\/1\.1 (417|100|200) /);
  }
  equal(
    upstream.seen.some(({ rawHeaders }) => rawHeaders.some((one) => /^expect$/i.test(one))),
    false,
  );
});

test('what comes right behind a request to upgrade reaches the upstream only once it has agreed', async () => {
  const before = upstream.seen.length;
  const lines = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  for (const path of ['/closed', '/public/x']) {
    const heard = await rawRequest(
      gateway.port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n${hidden}`,
    );
    equal(statusesOf(heard).length, 1, heard);
  }
  equal(
    upstream.seen.slice(before).some(({ target }) => target === '/public/hidden'),
    false,
  );
});

/** An upstream, or somebody who has found a hole in one, that sends more than was asked for. */
const liars: Readonly<Record<string, string>> = {
  'a second answer behind the first':
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
  'more body than it promised': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstpoison',
  'a body to a request for the head': 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
  'a body in a 304': 'HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
};
for (const [name, answer] of Object.entries(liars)) {
  test(`an upstream that sends ${name} poisons no other request`, async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        const [, path = ''] = /^\S+ (\S+) /.exec(chunk.toString('latin1')) ?? [];
        asked.push(path);
        socket.write(path === '/public/lie' ? answer : 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await using lied = await gatewayTo(`http://127.0.0.1:${portOf(server)}`);
    const ask = async (path: string, method = 'GET') => (await fetch(`${lied.url}/public/${path}`, { method })).text();
    for (let round = 0; round < 5; round += 1) {
      const lie = await ask('lie', name.includes('head') ? 'HEAD' : 'GET');
      equal(lie === 'first' || lie === '', true, lie);
      deepEqual([await ask('a'), await ask('b')], ['true', 'true']);
    }
    deepEqual(asked, Array(5).fill(['/public/lie', '/public/a', '/public/b']).flat());
    server.close();
  });
}
