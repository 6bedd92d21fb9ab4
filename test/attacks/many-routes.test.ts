import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { fileOf, routeOf } from '../gateway/routes/files.ts';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

let open: TestUpstream;
let closed: TestUpstream;
let gateway: TestGateway;

const everybody = 'rules: public * /**';
const nobody = 'rules: admin * /**';

before(async () => {
  open = await upstreamThat((_req, res) => void res.end('open'));
  closed = await upstreamThat((_req, res) => void res.end('closed'));
  const file = fileOf(
    // One service behind both: what the second route closes, the first must not open.
    routeOf('a.localhost', open.url, everybody),
    routeOf('a.localhost', open.url, 'path: /admin', nobody),
    routeOf('b.localhost', closed.url, nobody),
    routeOf('d.localhost', open.url, 'cors: public', everybody),
    routeOf(
      'c.localhost',
      open.url,
      'path: /docs',
      'prefix: { strip: /docs }',
      'rules: admin * /docs/x/**; public * /docs/**',
    ),
  );
  gateway = await gatewayTo(undefined, { file });
});
after(async () => {
  for (const one of [gateway, open, closed]) await one[Symbol.asyncDispose]();
});

/** Sends these bytes; resolves with the status, and with what a service received meanwhile. */
async function send(target: string, host: string, ...lines: readonly string[]) {
  const before = open.seen.length + closed.seen.length;
  const head = [`GET ${target} HTTP/1.1`, `Host: ${host}`, ...lines, 'Connection: close'].join('\r\n');
  const heard = await rawRequest(gateway.port, Buffer.from(`${head}\r\n\r\n`, 'latin1'), 15_000);
  return { status: Number(heard.split(' ')[1]), received: open.seen.length + closed.seen.length - before };
}

for (const target of [
  '/admin/x',
  '/%61dmin/x',
  '/ADMIN/x',
  '/Admin',
  '//admin/x',
  '/./admin/x',
  '/x/../admin/x',
  '/x/%2e%2e/admin/x',
  '/admin;a/x',
  '/;a/admin/x',
  '/admin%2fx',
  '/admin%5cx',
  '/admin\\x',
  '/admin%23',
  '/admin%3fx',
  '/admin%00',
  '/%2561dmin/x',
  '/admin./x',
  '/admin%20/x',
  '//x/admin',
  'http://a.localhost/admin/x',
  'http://a.localhost//admin/x',
]) {
  test(`a path of the closed route, spelled ${target}, is not served by the open one`, async () => {
    const { status, received } = await send(target, 'a.localhost');
    deepEqual([status >= 400 && status < 500, received], [true, 0]);
  });
}

for (const [target, host, ...lines] of [
  ['http://b.localhost/', 'a.localhost'],
  ['http://a.localhost/', 'b.localhost'],
  ['/', 'b.localhost', 'Host: a.localhost'],
  ['/', 'a.localhost', 'Host: b.localhost'],
  ['/', 'b.localhost', 'X-Forwarded-Host: a.localhost'],
  ['/', 'B.localhost.', 'Forwarded: host=a.localhost'],
  ['/', 'b.localhost:80@a.localhost'],
  ['/', 'b.localhost,a.localhost'],
] as const) {
  test(`the host of an open route beside that of a closed one opens nothing: ${[target, host, ...lines].join(' ')}`, async () => {
    const { status, received } = await send(target, host, ...lines);
    deepEqual([status >= 400 && status < 500, received], [true, 0]);
  });
}

for (const target of [
  '/docs//a/x',
  '/docs//a/x/y',
  '/docs/%2fa/x',
  '/docs//x',
  '/docs/;/x',
  '/%64ocs/a',
  '/docs%2fx',
  '/docs/%5ca/x',
]) {
  test(`a prefix is not removed where what is left is another path to some: ${target}`, async () => {
    const { status, received } = await send(target, 'c.localhost');
    deepEqual([status >= 400 && status < 500, received], [true, 0]);
  });
}

test('marks of routes that a client makes up stop no request, and reach no service', async () => {
  const mark = gateway.gate.hopMarks('unknown.localhost')[0] ?? '';
  const { status, received } = await send('/', 'a.localhost', `X-Gatewarden-Hop: ${mark}`, `X_Gatewarden_Hop: ${mark}`);
  deepEqual([status, received], [200, 1]);
  equal(JSON.stringify(open.seen.at(-1)?.rawHeaders).includes(mark), false);
});

test('a gateway behind itself answers 508, and ends', async () => {
  await using behind = await gatewayTo(undefined, {
    file: fileOf(routeOf('a.localhost', 'http://127.0.0.1:1', everybody)),
  });
  behind.reload(fileOf(routeOf('a.localhost', behind.url, everybody)));
  match((await behind.send('a.localhost', '/x')).text, /loop_detected/);
});

test('what somebody is answered is open to no other origin, and no credential is allowed', async () => {
  const origin = 'https://evil.example';
  const zoe = await gateway.signIn('zoe');
  const own = await gateway.send('d.localhost', '/x', { headers: { ...zoe, origin } });
  deepEqual([own.status, own.headers['access-control-allow-origin']], [200, undefined]);
  const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization, cookie' };
  const { headers } = await gateway.send('d.localhost', '/x', { method: 'OPTIONS', headers: { origin, ...asked } });
  deepEqual(
    ['origin', 'credentials', 'headers'].map((name) => headers[`access-control-allow-${name}`]),
    ['*', undefined, undefined],
  );
});
