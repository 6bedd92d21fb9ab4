import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { gatewayTo, portOf } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

/** What the upstream answers to each path, byte for byte. */
const answers: string[] = [];
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const [, at] = /^GET \/public\/(\d+) /.exec(chunk.toString('latin1')) ?? [];
    socket.end(answers[Number(at)] ?? '', 'latin1');
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const gateway = await gatewayTo(`http://127.0.0.1:${portOf(server)}`);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  server.close();
});

const names = [
  'Connection',
  'Keep-Alive',
  'Proxy-Connection',
  'Upgrade',
  'Content-Length',
  'Transfer-Encoding',
  'Content-Type',
  'Set-Cookie',
  'Vary',
  'Cache-Control',
  'Clear-Site-Data',
  'Service-Worker-Allowed',
  'Location',
  'Date',
  'Trailer',
  'TE',
  'Server',
  'WWW-Authenticate',
  'ETag',
  'Content-Encoding',
  'Surrogate-Control',
  'X-Anything',
  '__proto__',
  'constructor',
  '12',
];

const lines: Readonly<Record<string, (name: string) => string>> = {
  twice: (name) => `${name}: a\r\nX-Between: b\r\n${name}: c\r\n`,
  'twice, of one value': (name) => `${name}: keep-alive\r\n${name}: keep-alive\r\n`,
  'twice, numbers': (name) => `${name}: 2\r\n${name}: 2\r\n`,
  'twice, chunked': (name) => `${name}: chunked\r\n${name}: chunked\r\n`,
  'oddly cased': (name) => `${name.toUpperCase()}: 2\r\n`,
  'twice in two cases': (name) => `${name.toLowerCase()}: a\r\n${name.toUpperCase()}: b\r\n`,
  empty: (name) => `${name}:\r\n`,
  'twice and empty': (name) => `${name}:\r\n${name}:\r\n`,
  'very long': (name) => `${name}: ${'a,'.repeat(15_000)}a\r\n`,
  'of equal signs': (name) => `${name}: ${'='.repeat(30_000)}\r\n`,
  'of quotes': (name) => `${name}: ${'a="'.repeat(10_000)}\r\n`,
  'of bytes above 0x7e': (name) => `${name}: \xe9\xff\x80\r\n`,
};

const heads: Readonly<Record<string, string>> = {
  '200': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n',
  '200 without a length': 'HTTP/1.1 200 OK\r\n',
  '204': 'HTTP/1.1 204 No Content\r\n',
  '304': 'HTTP/1.1 304 Not Modified\r\n',
  '101': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
};

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Sends a request that is answered with these bytes, and hears all until the connection closes. */
function ask(answer: string, lines = ['Connection: close']): Promise<string> {
  const target = `/public/${answers.push(answer) - 1}`;
  const head = [`GET ${target} HTTP/1.1`, 'Host: localhost', ...lines];
  return rawRequest(gateway.port, `${head.join('\r\n')}\r\n\r\n`);
}

for (const [status, head] of Object.entries(heads)) {
  describe(`an upstream that answers ${status} with a header`, () => {
    for (const [form, written] of Object.entries(lines)) {
      test(`${form}, of every name: its answer or a named 502, and never a fault of ours`, async () => {
        const from = gateway.lines.length;
        const asked = names.map((name) => ask(`${head}${written(name)}\r\nok`, status === '101' ? upgrade : undefined));
        for (const [at, heard] of (await Promise.all(asked)).entries()) {
          const name = names[at];
          const [, heardStatus = ''] = /^HTTP\/1\.1 (\d{3}) /.exec(heard) ?? [];
          const what = `${name}: ${heard.slice(0, 300)}`;
          if (heardStatus === '502') match(heard, /"code":"upstream_(invalid|unreachable)"/, what);
          else equal(heardStatus, status.slice(0, 3), what);
        }
        const faults = gateway.lines
          .slice(from)
          .filter(({ message }) => message === 'an answer could not be passed on');
        deepEqual(faults, []);
      });
    }
  });
}

const okHead = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';

test('Connection twice, as PHP sends it, is an answer like any other, and a WebSocket too', async () => {
  const answer = `${okHead}Connection: Keep-Alive\r\nConnection: close\r\nX-Kept: 1\r\n\r\nok`;
  match(await ask(answer), /^HTTP\/1\.1 200 OK\r\n[\s\S]*X-Kept: 1\r\n[\s\S]*ok$/);
  match(await ask(`${heads['101']}Connection: keep-alive\r\n\r\n`, upgrade), /^HTTP\/1\.1 101 /);
});

test('Connection twice takes the headers away that it names, in either line', async () => {
  const answer = `${okHead}Connection: X-One\r\nConnection: X-Two\r\nX-One: 1\r\nX-Two: 2\r\n\r\nok`;
  equal(/X-(One|Two): /i.test(await ask(answer)), false);
});

test('names keep their case, also where one came twice with others between', async () => {
  const written = ['X-MiXeD: 1', 'set-cookie: a=1', 'ETag: "x"', 'SET-COOKIE: b=2', 'WWW-Authenticate: Basic'];
  const answer = `${okHead}${written.join('\r\n')}\r\n\r\nok`;
  const heard = await ask(answer);
  for (const line of written.filter((one) => !/^set-cookie/i.test(one))) ok(heard.includes(`\r\n${line}\r\n`), heard);
  match(heard, /\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n/);
  match(await ask(`${okHead}x-mixed: 1\r\netag: "x"\r\n\r\nok`), /\r\nx-mixed: 1\r\netag: "x"\r\n/);
});

test('cookies are not cleared for the whole site, whatever else is', async () => {
  for (const [sent, passed] of [
    ['"cache", "cookies"', '"cache"'],
    ['"*"', undefined],
    ['"storage","COOKIES" , "executionContexts"', '"storage", "executionContexts"'],
    ['"cookies"', undefined],
  ] as const) {
    const answer = `${okHead}Clear-Site-Data: ${sent}\r\n\r\nok`;
    const [, heard] = /\r\nclear-site-data: (.*)\r\n/i.exec(await ask(answer)) ?? [];
    equal(heard, passed, sent);
  }
});

for (const status of ['100 Continue', '102 Processing', '103 Early Hints']) {
  test(`an unasked ${status} is swallowed, once and three times, in one piece and in many`, async () => {
    for (const times of [1, 3]) {
      const answer = `${`HTTP/1.1 ${status}\r\nLink: </a.css>\r\n\r\n`.repeat(times)}${okHead}\r\nok`;
      match(await ask(answer), /^HTTP\/1\.1 200 OK\r\n(?!.*Link)[\s\S]*ok$/);
    }
  });
}
