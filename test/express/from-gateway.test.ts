import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import express, { type Express } from 'express';
import { type FromGatewayOptions, fromGateway, type Log, type Principal } from 'gatewarden';
import { gatewayTo, portOf, type TestGateway } from '../gateway/started.ts';
import { sources } from '../structure/tree.ts';
import { rawRequest } from '../support/http.ts';
import { run } from '../support/processes.ts';

const lines: string[] = [];
const write = (_fields: object, message: string) => void lines.push(message);
const log: Log = { debug: write, info: write, warn: write, error: write };

/** What the app was asked with, so that a test may send it again past the gateway. */
const asked: IncomingMessage[] = [];

function appWith(options: FromGatewayOptions): Express {
  const guard = fromGateway({ log, ...options });
  const app = express();
  app.use((req, _res, next) => {
    asked.push(req);
    next();
  });
  const router = express.Router();
  router.use(guard);
  router.all('/who', (req, res) => {
    res.json({ auth: req.auth, user: req.user ?? null, known: req.isAuthenticated() });
  });
  router.post('/out', (req, res, next) => req.logout((error) => (error ? next(error) : res.end())));
  app.use('/app', router);
  app.use(((_error, _req, res, _next) => void res.status(500).end()) satisfies express.ErrorRequestHandler);
  return app;
}

/** A server whose app may be exchanged: the gateway must be there before its keys are known. */
async function serverOf(app: { current: Express | undefined }): Promise<Server> {
  const server = createServer((req, res) => app.current?.(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function site(assertion: 'reused' | 'strict', more: Partial<FromGatewayOptions> = {}) {
  const app: { current: Express | undefined } = { current: undefined };
  const server = await serverOf(app);
  const direct = `http://127.0.0.1:${portOf(server)}`;
  const gateway = await gatewayTo(direct, {
    route: { assertion, audience: 'wiki' },
    options: { rules: 'public * /app/who; user * /**' },
  });
  const issuer = 'http://localhost:8080/_gatewarden';
  app.current = appWith({ issuer, audience: 'wiki', jwks: `${gateway.url}/_gatewarden/jwks.json`, assertion, ...more });
  return { gateway, direct, server, app, issuer };
}

/** What the app answers of who asked. */
type Answer = Readonly<{ auth: Principal; user: unknown; known: boolean }>;

type Site = Awaited<ReturnType<typeof site>>;

async function close({ gateway, server }: Site): Promise<void> {
  await gateway[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
}

const assertionOf = (req: IncomingMessage | undefined): Record<string, string> => ({
  'X-Gatewarden-Assertion': String(req?.headers['x-gatewarden-assertion']),
});

describe('fromGateway() behind a route with strict assertions', () => {
  let here: Site;
  let bearer: { authorization: string };
  const ask = (gateway: TestGateway, path: string, init: RequestInit = {}) =>
    fetch(`${gateway.url}${path}`, { ...init, headers: { ...bearer, ...init.headers } });

  before(async () => {
    here = await site('strict');
    bearer = await here.gateway.bearer('una');
  });
  after(() => close(here));

  it('sets who asks as the guards do, below a mount path and with any target', async () => {
    for (const path of ['/app/who', '/app/who?x=%2F&y']) {
      const { auth, user, known } = (await (await ask(here.gateway, path)).json()) as Answer;
      const { id, name, role, via, kind } = auth;
      deepEqual([name, role, via, kind, known], ['una', 'user', 'assertion', 'user', true]);
      deepEqual(user, { id, username: 'una', role });
    }
  });

  it('takes a request that a public rule let pass for nobody’s', async () => {
    const answer = await fetch(`${here.gateway.url}/app/who`);
    const { auth, user, known } = (await answer.json()) as Answer;
    deepEqual([auth.kind, auth.role, user, known], ['anonymous', 'anony', null, false]);
  });

  it('accepts no assertion a second time, nor for another method, path or query', async () => {
    equal((await ask(here.gateway, '/app/who?x=1', { method: 'POST' })).status, 200);
    const captured = assertionOf(asked.at(-1));
    const others = [
      ['POST', '/app/who?x=1'],
      ['GET', '/app/who?x=1'],
      ['POST', '/app/who'],
      ['POST', '/app//who?x=1'],
    ] as const;
    for (const [method, path] of others) {
      const answer = await fetch(`${here.direct}${path}`, { method, headers: captured });
      deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [401, 'invalid_token']);
    }
  });

  it('accepts one that was signed for a request which never arrived', async () => {
    const { gateway } = here;
    const principal = await gateway.gate.users.get('una');
    ok(principal);
    const headers = await gateway.gate.identity(
      { kind: 'user', id: principal.id, name: 'una', role: 'user', scopes: [], via: 'session' },
      gateway.gate.ownRoute,
      { method: 'GET', url: '/app/who', headers: {}, rawHeaders: [], socket: (asked[0] as IncomingMessage).socket },
    );
    const direct = () => fetch(`${here.direct}/app/who`, { headers: Object.fromEntries(headers) });
    deepEqual([(await direct()).status, (await direct()).status], [200, 401]);
  });

  it('refuses two assertions with 400 and none with 401', async () => {
    equal((await fetch(`${here.direct}/app/who`)).status, 401);
    const lines = ['X-Gatewarden-Assertion: a.b.c', 'x-gatewarden-assertion: a.b.c', 'Connection: close', '', ''];
    const head = ['GET /app/who HTTP/1.1', 'Host: localhost', ...lines].join('\r\n');
    match(await rawRequest(portOf(here.server), head), /^HTTP\/1\.1 400 [\s\S]*"code":"malformed_credential"/);
  });

  it('leaves signing out to the gateway', async () => {
    equal((await ask(here.gateway, '/app/out', { method: 'POST' })).status, 500);
  });

  it('tells who asks of a request that is no Express request', async () => {
    const guard = fromGateway({
      issuer: here.issuer,
      audience: 'wiki',
      jwks: `${here.gateway.url}/_gatewarden/jwks.json`,
      assertion: 'strict',
      log,
    });
    equal((await ask(here.gateway, '/app/who')).status, 200);
    const [req] = asked.slice(-1);
    ok(req);
    const found = await guard.principalOf({
      method: 'GET',
      url: '/app/who',
      headers: req.headers,
      rawHeaders: req.rawHeaders,
    });
    equal(found.ok && found.value.name, 'una');
    const again = await guard.principalOf({ method: 'GET', url: '/app/who', headers: {}, rawHeaders: [] });
    equal(again.ok ? '' : again.refusal.code, 'missing_credential');
  });
});

describe('fromGateway()', () => {
  it('answers 503 while the keys cannot be read, says so in the log, and goes on when they can', async () => {
    const here = await site('reused');
    const { gateway, app, issuer, direct } = here;
    try {
      const bearer = await gateway.bearer('una');
      const broken = { current: 503 };
      const keys = createServer(async (_req, res) => {
        const set = await (await fetch(`${gateway.url}/_gatewarden/jwks.json`)).text();
        res.writeHead(broken.current).end(set);
      }).listen(0, '127.0.0.1');
      await once(keys, 'listening');
      app.current = appWith({ issuer, audience: 'wiki', jwks: `http://127.0.0.1:${portOf(keys)}/` });
      const ask = () => fetch(`${gateway.url}/app/who`, { headers: bearer });
      const refused = await ask();
      deepEqual([refused.status, refused.headers.get('retry-after')], [503, '2']);
      equal(lines.includes('the keys of the gateway cannot be read'), true);
      // The gateway serves its keys for hosts that it serves.
      equal((await gateway.send('gatewarden:8080', '/_gatewarden/jwks.json')).status, 421);
      broken.current = 200;
      equal((await ask()).status, 200);
      // Known keys need no set.
      keys.close();
      keys.closeAllConnections();
      equal((await ask()).status, 200);
      // What has no assertion, or none of the right form, is refused without the keys.
      equal((await fetch(`${direct}/app/who`)).status, 401);
    } finally {
      await close(here);
    }
  });

  it('verifies with a key set that is given, and follows the rotation of one that is read', async () => {
    const here = await site('reused');
    const { gateway, app, issuer } = here;
    try {
      const bearer = await gateway.bearer('una');
      const set = await (await fetch(`${gateway.url}/_gatewarden/jwks.json`)).json();
      app.current = appWith({ issuer, audience: 'wiki', jwks: set as { keys: object[] } });
      equal((await fetch(`${gateway.url}/app/who`, { headers: bearer })).status, 200);
      const other = appWith({
        issuer,
        audience: 'wiki',
        jwks: { keys: [{ ...(set as { keys: object[] }).keys[0], kid: 'x' }] },
      });
      app.current = other;
      equal((await fetch(`${gateway.url}/app/who`, { headers: bearer })).status, 401);
    } finally {
      await close(here);
    }
  });

  const wrong: readonly [title: string, options: FromGatewayOptions][] = [
    ['no issuer', { issuer: '', audience: 'wiki' }],
    ['no audience', { issuer: 'https://a.example/_gatewarden', audience: '' }],
    ['an issuer that is no URL', { issuer: 'gatewarden', audience: 'wiki' }],
    ['a file', { issuer: 'x', audience: 'wiki', jwks: 'file:///etc/keys.json' }],
    ['a password in the URL', { issuer: 'x', audience: 'wiki', jwks: 'https://a:b@a.example/jwks.json' }],
    ['a key set without keys', { issuer: 'x', audience: 'wiki', jwks: { keys: [] } }],
  ];
  for (const [title, options] of wrong) {
    it(`is refused at once with ${title}`, () => throws(() => fromGateway(options), TypeError));
  }

  it('imports no store, not even a type of one', () => {
    const library = new Map(sources('lib').map((source) => [source.path, source]));
    const reached = new Set(['lib/from-gateway.ts']);
    for (const path of reached) for (const { target } of library.get(path)?.imports ?? []) reached.add(target);
    deepEqual(
      [...reached].filter((path) => path.startsWith('lib/stores') || path.includes('compose')),
      [],
    );
    ok(reached.has('lib/tokens/assertion-verifier.ts') && reached.has('jose'));
  });

  it('loads no database, where it is used', async () => {
    const script = [
      "import { registerHooks } from 'node:module';",
      'const seen = [];',
      'registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });',
      "const { fromGateway } = await import('gatewarden');",
      "fromGateway({ issuer: 'https://a.example/_gatewarden', audience: 'upstream' });",
      'console.log(JSON.stringify(seen));',
    ].join('\n');
    const { code, stdout, stderr } = await run(process.execPath, [
      '--conditions=gatewarden-source',
      '--input-type=module',
      '-e',
      script,
    ]);
    equal(code, 0, stderr);
    const loaded: string[] = JSON.parse(stdout);
    ok(loaded.includes('node:crypto') && loaded.some((url) => url.endsWith('/lib/from-gateway.ts')));
    const stores =
      /stores\/(sqlite|mongo|redis)\/|^node:sqlite|node_modules\/(mongoose|mongodb|redis|@redis|connect-redis)\//;
    deepEqual(
      loaded.filter((url) => stores.test(url)),
      [],
    );
  });
});
