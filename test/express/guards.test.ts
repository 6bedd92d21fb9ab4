import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from './app.ts';

const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

describe('an Express app with guards', () => {
  let app: App;
  const people: Record<string, { cookie: string; headers: { authorization: string }; name: string }> = {};

  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/auth', gate.router());
      server.use(gate.authenticate());
      server.get('/open', (req, res) => void res.send(`${req.auth.name || 'nobody'} ${req.isAuthenticated()}`));
      server.get('/view', gate.requireRole('viewer'), (req, res) => void res.send(req.auth.name));
      server.post('/jobs', gate.requireRole('operator'), (req, res) => void res.send(req.user?.username));
      server.get(
        '/jobs/:owner',
        gate.requireSelf((req) => req.params.owner, { or: 'operator' }),
        (_req, res) => void res.send('job'),
      );
      server.get(
        '/files/*path',
        gate.requireSelf((req) => req.params.path),
        (_req, res) => void res.send('file'),
      );
      server.post('/deploy', gate.requireScope('deploy:write'), (_req, res) => void res.send('deployed'));
      server.use('/admin', gate.requireRole('admin'), (_req, res) => void res.send('admin'));
    });
    for (const role of ['viewer', 'user', 'operator', 'admin']) {
      const { cookie, headers, user } = await app.signedInAs(role, `a-${role}`);
      people[role] = { cookie, headers, name: user.username };
    }
  });
  after(() => app.close());

  const as = (role: string) => (role === 'nobody' ? {} : { headers: people[role]?.headers ?? {} });

  const cases: [who: string, method: string, path: string, status: number, code?: string][] = [
    ['nobody', 'GET', '/open', 200],
    ['nobody', 'GET', '/view', 401, 'missing_credential'],
    ['viewer', 'GET', '/view', 200],
    ['admin', 'GET', '/view', 200],
    ['nobody', 'POST', '/jobs', 401, 'missing_credential'],
    ['user', 'POST', '/jobs', 403, 'insufficient_role'],
    ['operator', 'POST', '/jobs', 200],
    ['user', 'GET', '/jobs/a-user', 200],
    ['user', 'GET', '/jobs/A-USER', 403, 'insufficient_role'],
    ['user', 'GET', '/jobs/a-viewer', 403, 'insufficient_role'],
    ['operator', 'GET', '/jobs/a-viewer', 200],
    ['user', 'GET', '/files/a-user', 403, 'insufficient_role'],
    ['user', 'POST', '/deploy', 403, 'insufficient_scope'],
    ['operator', 'POST', '/deploy', 200],
    ['nobody', 'GET', '/nothing', 404],
  ];
  for (const [who, method, path, status, code] of cases) {
    it(`answers ${who}'s ${method} ${path} with ${status}`, async () => {
      const answer = await app.ask(path, { method, ...as(who) });
      deepEqual([answer.status, answer.code], [status, code]);
    });
  }

  it('says how to sign in beside a 401', async () => {
    equal(
      (await app.ask('/view')).headers['www-authenticate'],
      'Basic realm="API token as password", charset="UTF-8", Bearer',
    );
  });

  it('sends a navigation to the sign-in page, and back afterwards', async () => {
    const answer = await app.ask('/view?a=1', { headers: navigation });
    deepEqual([answer.status, answer.headers.location], [303, '/auth/login?next=%2Fview%3Fa%3D1']);
  });

  it('knows a session cookie', async () => {
    const { cookie } = await app.signedInAs('user', 'cookie-bearer');
    equal((await app.ask('/open', { headers: { cookie } })).text, 'cookie-bearer true');
  });

  const bad: [title: string, headers: Record<string, string>, status: number, code: string][] = [
    [
      'a token that nobody made',
      { authorization: 'Bearer gwt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
      401,
      'invalid_token',
    ],
    ['a scheme without a value', { authorization: 'Bearer' }, 400, 'malformed_credential'],
    ['a credential that is not ours', { authorization: 'Basic YTpi' }, 401, 'invalid_token'],
    ['a forged cookie', { cookie: 'gatewarden=s%3Aabc.def' }, 401, 'invalid_token'],
  ];
  for (const [title, headers, status, code] of bad) {
    it(`refuses ${title}, also where nobody need be signed in`, async () => {
      const answer = await app.ask('/open', { headers });
      deepEqual([answer.status, answer.code], [status, code]);
    });
  }

  it('refuses two credentials of different people', async () => {
    const headers = { cookie: people.viewer?.cookie ?? '', ...people.admin?.headers };
    deepEqual((await app.ask('/open', { headers })).code, 'malformed_credential');
  });

  it('refuses an unsafe request with a cookie from another site, and takes it from its own', async () => {
    const cookie = people.operator?.cookie ?? '';
    const from = (headers: Record<string, string>) =>
      app.ask('/jobs', { method: 'POST', headers: { cookie, ...headers } });
    equal((await from({ origin: 'https://evil.example' })).code, 'csrf_rejected');
    equal((await from({ 'sec-fetch-site': 'cross-site' })).code, 'csrf_rejected');
    equal((await from({ origin: 'null' })).code, 'csrf_rejected');
    equal((await from({})).code, 'csrf_rejected');
    equal((await from({ origin: app.url })).status, 200);
  });

  for (const path of ['//admin', '/%61dmin', '/x/%2e%2e/admin', '/admin%2fx', '/admin;x=1/', '/%5cadmin', '/a%00']) {
    it(`never answers ${path} with less than /admin asks for`, async () => {
      const answer = await app.ask(path, as('viewer'));
      equal([400, 403, 404].includes(answer.status), true, String(answer.status));
      equal(answer.text.includes('admin') && answer.status === 200, false);
    });
  }

  it('takes an escaped letter for the letter it is', async () => {
    deepEqual((await app.ask('/%61dmin', as('viewer'))).code, 'insufficient_role');
  });

  it('serves no host that is not its own', async () => {
    const { rawRequest } = await import('../support/http.ts');
    const port = Number(new URL(app.url).port);
    match(
      await rawRequest(port, 'GET /open HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1.1 421/,
    );
  });

  it('refuses roles and scopes that do not exist when the app is put together', () => {
    throws(() => app.gate.requireRole('wizard'), TypeError);
    throws(() => app.gate.requireScope('deploy:all'), TypeError);
    throws(() => app.gate.requireSelf(() => '', { or: 'wizard' }), TypeError);
  });
});

describe('gate.protect', () => {
  const rules = 'public read /assets/**; viewer read /**; operator write /**';

  it('closes everything but what its rules open', async (t) => {
    const app = await startApp((server, { gate }) => {
      server.use('/auth', gate.router());
      server.use(gate.protect({ rules }));
      server.use((req, res) => void res.send(req.auth.name));
    });
    t.after(() => app.close());
    const viewer = await app.signedInAs('viewer');
    const { headers } = viewer;
    deepEqual((await app.ask('/assets/a.css')).status, 200);
    deepEqual((await app.ask('/page')).code, 'missing_credential');
    deepEqual((await app.ask('/page', { headers })).text, viewer.user.username);
    deepEqual((await app.ask('/page', { method: 'POST', headers })).code, 'insufficient_role');
    deepEqual((await app.ask('/a/%2e%2e/b', { headers })).code, 'ambiguous_path');
  });

  it('clears a cookie of no live session where everybody may pass', async (t) => {
    const app = await startApp((server, { gate }) => {
      server.use(gate.protect({ rules }));
      server.use((_req, res) => void res.cookie('own', '1').end());
    });
    t.after(() => app.close());
    const answer = await app.ask('/assets/a.css', { headers: { cookie: 'gatewarden=s%3Aabc.def' } });
    const [cleared, own] = answer.headers['set-cookie'] ?? [];
    equal(answer.status, 200);
    match(cleared ?? '', /^gatewarden=; .*Max-Age=0/);
    match(own ?? '', /^own=1/);
  });

  it('tells every problem of its rules when the app is put together', async () => {
    await startApp((_server, { gate }) => {
      throws(() => gate.protect({ rules: 'wizard read /**\nviewer fly /**' }), /line 1[\s\S]*line 2/);
    }).then((app) => app.close());
  });
});

describe('with AUTH_ENABLED=false', () => {
  it('every guard lets everybody pass as anonymous, and the pages are closed', async (t) => {
    const app = await startApp(
      (server, { gate }) => {
        server.use('/auth', gate.router());
        server.use(gate.authenticate());
        server.get('/', gate.requireRole('admin'), (req, res) => void res.send(req.auth.kind));
      },
      { authEnabled: false },
    );
    t.after(() => app.close());
    equal((await app.ask('/')).text, 'anonymous');
    equal((await app.ask('/auth/api/v1/session')).code, 'auth_disabled');
  });
});
