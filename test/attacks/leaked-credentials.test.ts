import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import test, { after } from 'node:test';
import { gatewayTo, password, type Seen, upstreamThat, valuesOf } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';
import { requestOf } from './raw.ts';

/** Answers with all that it was told, as many do in their error pages. */
const upstream = await upstreamThat((req, res) => {
  if (req.url === '/public/gone') return void res.destroy();
  res.end(JSON.stringify(req.rawHeaders));
});
upstream.server.on('upgrade', (req, socket) => {
  sockets.push({ method: req.method ?? '', target: req.url ?? '', rawHeaders: req.rawHeaders, req });
  const planted = 'Set-Cookie: gatewarden=planted\r\nSet-Cookie: own=1\r\n';
  socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${planted}\r\n`);
});
const sockets: Seen[] = [];
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const { cookie } = await gateway.signIn('cleo');
const [, session = ''] = cookie.split('=');
const { authorization } = await gateway.bearer('toni');
const login = await fetch(`${gateway.url}/_gatewarden/api/v1/login`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', origin: gateway.url },
  body: JSON.stringify({ username: 'cleo', password }),
});
const { token: accessToken } = (await login.json()) as { token: string };
const [header = '', payload = '', signature = ''] = accessToken.split('.');

const apiToken = authorization.slice('Bearer '.length);
const secrets = [session, decodeURIComponent(session), apiToken, accessToken, payload, signature];
const leaks = (text: string): boolean => secrets.some((secret) => text.includes(secret));

const sendable: Readonly<Record<string, readonly string[]>> = {
  'the cookie': [`Cookie: ${cookie}`],
  'the cookie among others': [`Cookie: a=1; ${cookie}; b=2`],
  'the cookie with blanks around it': [`Cookie: a=1;   gatewarden  =  ${session}  ;b=2`],
  'the cookie in a second header': ['Cookie: a=1', `Cookie: ${cookie}`],
  'the cookie in capitals of the header': [`COOKIE: ${cookie}`],
  'the cookie, and it is named in Connection': [`Cookie: ${cookie}`, 'Connection: Cookie'],
  'the cookie twice': [`Cookie: ${cookie}; ${cookie}`],
  'the cookie in two headers': [`Cookie: ${cookie}`, `cookie: ${cookie}`],
  'an API token': [`Authorization: ${authorization}`],
  'an API token in a header of its own': [`X-Gatewarden-Token: ${apiToken}`],
  'an API token in a header of its own, named in Connection': [
    `X-Gatewarden-Token: ${apiToken}`,
    'Connection: X-Gatewarden-Token',
  ],
  'an API token as a Basic password': [`Authorization: Basic ${Buffer.from(`ada:${apiToken}`).toString('base64')}`],
  'an API token with the scheme in another case': [`AUTHORIZATION: bEaReR ${apiToken}`],
  'an access token': [`Authorization: Bearer ${accessToken}`],
  'an access token beside the cookie of the same user': [
    `Authorization: Bearer ${accessToken}`,
    `Cookie: ${cookie}; x=y`,
  ],
  'an access token, and it is named in Connection': [
    `Authorization: Bearer ${accessToken}`,
    'Connection: authorization',
  ],
};

for (const [what, lines] of Object.entries(sendable)) {
  test(`the upstream is not shown ${what}, on a closed and on a public path`, async () => {
    for (const target of ['/closed', '/public/x']) {
      const before = upstream.seen.length;
      const heard = await rawRequest(gateway.port, requestOf(target, lines));
      match(heard, /^HTTP\/1\.1 200 /);
      const [seen] = upstream.seen.slice(before);
      equal(leaks(JSON.stringify(seen?.rawHeaders)), false);
      deepEqual(seen && valuesOf(seen, 'authorization'), []);
      equal(leaks(heard), false);
    }
  });
}

const refused: Readonly<Record<string, readonly string[]>> = {
  'a token that was bent': [`Authorization: Bearer ${apiToken}x`],
  'an access token with a bent signature': [`Authorization: Bearer ${header}.${payload}.${signature.slice(0, -4)}AAAA`],
  'an access token without a signature': [`Authorization: Bearer ${header}.${payload}.`],
  'a token behind two blanks': [`Authorization: Bearer  ${apiToken}`],
  'a token behind a tab': [`Authorization: Bearer\t${apiToken}`],
  'a token behind a list': [`Authorization: Basic eDp5, Bearer ${apiToken}`],
  'a token in a second header': ['Authorization: Basic eDp5', `Authorization: ${authorization}`],
  'a token before a second header': [`Authorization: ${authorization}`, 'Authorization: Basic eDp5'],
  'two people': [`Cookie: ${cookie}`, `Authorization: ${authorization}`],
};
for (const [what, lines] of Object.entries(refused)) {
  test(`${what} is refused on a public path too, and goes nowhere`, async () => {
    for (const target of ['/closed', '/public/x']) {
      const before = upstream.seen.length;
      const heard = await rawRequest(gateway.port, requestOf(target, [...lines, 'Accept: text/html']));
      match(heard, /^HTTP\/1\.1 40[01] |^HTTP\/1\.1 303 /);
      equal(leaks(heard), false);
      equal(upstream.seen.length, before);
    }
  });
}

test('a dead cookie of ours goes no further than a live one', async () => {
  const before = upstream.seen.length;
  const dead = `gatewarden=${session.slice(0, -6)}AAAAAA`;
  await rawRequest(gateway.port, requestOf('/public/x', [`Cookie: a=1; ${dead}; __Host-gatewarden=old`]));
  deepEqual(
    upstream.seen.slice(before).map((seen) => valuesOf(seen, 'cookie')),
    [['a=1']],
  );
});

const pages: readonly (readonly [what: string, target: string, lines: readonly string[], status: number])[] = [
  ['a path that is not theirs', '/operator/x', [`Authorization: ${authorization}`], 403],
  ['a path that is not theirs, by cookie', '/operator/x', [`Cookie: ${cookie}`], 403],
  ['a path that cannot be read', '/a/../b', [`Cookie: ${cookie}`, `Authorization: ${authorization}`], 400],
  ['a host that is not ours', '/closed', ['Host: evil.example', `Cookie: ${cookie}`], 421],
  ['an upstream that hangs up', '/public/gone', [`Cookie: ${cookie}`], 502],
  ['a page of ours that is not there', '/_gatewarden/nothing', [`Authorization: ${authorization}`], 404],
];
for (const [what, target, lines, status] of pages) {
  test(`the error page for ${what} shows no credential`, async () => {
    for (const accept of ['Accept: text/html', 'Accept: application/json']) {
      const heard = await rawRequest(gateway.port, requestOf(target, [...lines, accept]));
      match(heard, new RegExp(`^HTTP/1\\.1 ${status} `));
      equal(leaks(heard), false, heard);
    }
  });
}

test('an upgrade shows the upstream no credential, and the upstream plants no cookie by it', async () => {
  const lines = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const asked = request(`${gateway.url}/socket`, {
    headers: Object.fromEntries([
      ...lines.map((line) => line.split(': ')),
      ['cookie', `${cookie}; a=1`],
      ['origin', gateway.url],
    ]),
  }).end();
  const [response, socket] = await once(asked, 'upgrade');
  socket.destroy();
  deepEqual([response.statusCode, response.headers['set-cookie']], [101, ['own=1']]);
  deepEqual(
    sockets.map((seen) => valuesOf(seen, 'cookie')),
    [['a=1']],
  );
});

test('nothing that was logged of all this shows a credential', () => {
  equal(gateway.lines.length > 40, true);
  equal(leaks(JSON.stringify(gateway.lines)), false);
  equal(JSON.stringify(gateway.lines).includes(password), false);
});
