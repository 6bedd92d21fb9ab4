import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import test from 'node:test';
import { certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { errorOf, person } from '../support/person.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

async function listeningOn(server: Server): Promise<{ port: number } & AsyncDisposable> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.unref();
    },
  };
}

/** A server that is none of ours, and what it was asked. */
async function strangeServer(handler: Handler) {
  const seen: { url: string | undefined; authorization: string | undefined }[] = [];
  const server = createServer((req, res) => {
    seen.push({ url: req.url, authorization: req.headers.authorization });
    res.setHeader('Connection', 'close');
    handler(req, res);
  });
  const { port, ...stop } = await listeningOn(server);
  return { url: `http://127.0.0.1:${port}`, seen, ...stop };
}

const problem = (status: number, body: object, headers = {}): Handler => {
  return (_req, res) =>
    res.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers }).end(JSON.stringify(body));
};

const answers: readonly [what: string, handler: Handler, code: number, error: string, said: RegExp][] = [
  ['HTML with 200', (_req, res) => res.end('<html>'), 3, 'no_gatewarden', /not as Gatewarden does/],
  ['HTML with 404', (_req, res) => res.writeHead(404).end('<html>'), 1, 'no_gatewarden', /answers 404/],
  ['HTML with 502', (_req, res) => res.writeHead(502).end('<html>'), 3, 'no_gatewarden', /answers 502/],
  [
    'an outage',
    problem(503, { code: 'store_unavailable', detail: 'down' }, { 'Retry-After': '2' }),
    3,
    'store_unavailable',
    /Try again in 2 s/,
  ],
  [
    'a change that is not told',
    problem(503, { code: 'store_unavailable', applied: true }),
    3,
    'store_unavailable',
    /safe/,
  ],
  ['a limit', problem(429, { code: 'rate_limited' }, { 'Retry-After': '60' }), 1, 'rate_limited', /Try again in 60 s/],
  ['a role that is too low', problem(403, { code: 'insufficient_role', detail: 'no' }), 4, 'insufficient_role', /no/],
  ['escape sequences', problem(400, { code: 'x', detail: '\u001b[2J\u202eboo' }), 1, 'x', /boo/],
  [
    'an anonymous answer',
    (_req, res) => res.end('{"authenticated":false,"kind":"anonymous"}'),
    4,
    'not_signed_in',
    /Not signed in/,
  ],
  ['a reset', (req) => req.socket.resetAndDestroy(), 2, 'unreachable', /closed the connection/],
  ['too much', (_req, res) => void flood(res), 3, 'answer_too_long', /64 MiB/],
];

function flood(res: ServerResponse): void {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  const more = () => {
    while (res.writable && res.write(megabyte));
  };
  res.on('drain', more).on('error', () => undefined);
  more();
}

for (const [what, handler, code, error, said] of answers) {
  test(`a server answers with ${what}`, async () => {
    await using server = await strangeServer(handler);
    await using ada = await person();
    const env = { GATEWARDEN_TOKEN: 'gwt_x', GATEWARDEN_SERVER: server.url };
    const ran = await ada.run(['auth', 'status', '-o', 'json'], { env });
    deepEqual([ran.code, ran.stdout, errorOf(ran).code], [code, '', error], ran.stderr);
    match(`${errorOf(ran).message} ${errorOf(ran).hint}`, said);
    equal(ran.stderr.includes('\u001b'), false);
  });
}

test('a redirect is not followed: nothing is sent to where it leads', async () => {
  await using elsewhere = await strangeServer((_req, res) => res.end('{}'));
  await using server = await strangeServer((_req, res) => res.writeHead(302, { Location: `${elsewhere.url}/x` }).end());
  await using ada = await person();
  const env = { GATEWARDEN_TOKEN: 'gwt_x', GATEWARDEN_SERVER: server.url };
  const ran = await ada.run(['auth', 'status', '-o', 'json'], { env });
  deepEqual([ran.code, errorOf(ran).code], [3, 'redirected']);
  deepEqual([server.seen.length, elsewhere.seen], [1, []]);
});

test('a server that never answers is given up after ten seconds', async () => {
  await using server = await strangeServer(() => undefined);
  await using ada = await person();
  const ran = await ada.run(['auth', 'status', '-o', 'json'], { env: { GATEWARDEN_SERVER: server.url } });
  deepEqual([ran.code, errorOf(ran).code], [2, 'unreachable']);
  match(errorOf(ran).message ?? '', /no answer within 10 s/);
});

test('what is no HTTP is said to be none', async () => {
  const tcp = createTcpServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9\r\n'));
  await using server = await listeningOn(tcp);
  await using ada = await person();
  const env = { GATEWARDEN_SERVER: `http://127.0.0.1:${server.port}` };
  const ran = await ada.run(['auth', 'status', '-o', 'json'], { env });
  deepEqual([ran.code, errorOf(ran).code], [3, 'no_http'], ran.stderr);
});

test('a certificate is verified, and NODE_EXTRA_CA_CERTS is what helps', async () => {
  await using folder = await temporaryFolder();
  const { options, authority } = await certificateIn(folder.path);
  const body = JSON.stringify({ authenticated: true, user: 'ada', role: 'admin', via: 'api-token', scopes: [] });
  const tls = createTlsServer(options, (_req, res) => res.setHeader('Connection', 'close').end(body));
  await using server = await listeningOn(tls);
  await using ada = await person();
  const env = { GATEWARDEN_TOKEN: 'gwt_x', GATEWARDEN_SERVER: `https://127.0.0.1:${server.port}` };
  const refused = await ada.run(['auth', 'status', '-o', 'json'], { env });
  deepEqual([refused.code, refused.stdout, errorOf(refused).code], [2, '', 'unreachable']);
  match(errorOf(refused).message ?? '', /its certificate is not trusted/);
  match(errorOf(refused).hint ?? '', /NODE_EXTRA_CA_CERTS/);
  const trusted = await ada.run(['auth', 'status', '-o', 'plain'], { env: { ...env, NODE_EXTRA_CA_CERTS: authority } });
  match(trusted.stdout, /^user\tada$/m, trusted.stderr);
  const plain = await ada.run(['auth', 'status', '-o', 'json'], {
    env: { ...env, GATEWARDEN_SERVER: `http://127.0.0.1:${server.port}` },
  });
  equal(plain.code, 2, plain.stderr);
});

test('a sign-in at a server that gives half an answer is none', async () => {
  for (const body of ['{}', '[]', '{"token":"x"}', '{"token":"x","refresh_token":"y","expires_at":"soon"}']) {
    await using server = await strangeServer((_req, res) => res.end(body));
    await using ada = await person();
    const ran = await ada.login(server.url, 'ada', '-o', 'json');
    deepEqual([ran.code, errorOf(ran).code], [3, 'no_gatewarden'], ran.stderr);
    equal((await ada.run(['context', 'list'])).stdout.includes('default'), false);
  }
});

const elsewhere: readonly string[] = [
  'http://evil.example/api/v1/users',
  '//evil.example/x',
  '/../../outside',
  '/%2e%2e/outside',
  '/..\\..\\outside',
  'file:///etc/passwd',
  '@evil.example/x',
];
test('a request of `api` stays below the prefix of the server', async () => {
  await using server = await strangeServer((_req, res) => res.end('{}'));
  await using ada = await person();
  const env = { GATEWARDEN_TOKEN: 'gwt_x', GATEWARDEN_SERVER: server.url };
  const ran = await Promise.all(elsewhere.map((path) => ada.run(['api', path, '-o', 'json'], { env })));
  for (const [at, { code }] of ran.entries()) {
    const isKept = /^(\/\/|@)/.test(elsewhere[at] ?? '');
    equal(code, isKept ? 0 : 5, elsewhere[at]);
  }
  equal(
    server.seen.every(({ url }) => url?.startsWith('/_gatewarden/')),
    true,
  );
});
