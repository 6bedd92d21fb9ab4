import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from './app.ts';

describe('a client in an Express app', () => {
  let app: App;
  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/auth', gate.router());
      server.use(gate.authenticate());
      server.get('/who', (req, res) => void res.json({ auth: req.auth, user: req.user, is: req.isAuthenticated() }));
      server.get('/why', async (req, res) => void res.json(await gate.explain(req)));
      server.get('/role', gate.requireRole('operator'), (_req, res) => void res.send('ok'));
      server.get('/scope', gate.requireScope('deploy:write'), (_req, res) => void res.send('ok'));
      server.get(
        '/jobs/:owner',
        gate.requireSelf((req) => String(req.params.owner), { or: 'admin' }),
        (_req, res) => {
          res.send('ok');
        },
      );
      server.post('/out', (req, res, next) => {
        req.logout((error) => (error ? next(error) : res.send(String(req.isAuthenticated()))));
      });
    });
  });
  after(() => app.close());

  let serial = 0;
  async function signedIn(role = 'operator', scopes = ['deploy:write']) {
    const clientId = `client-${++serial}`;
    const made = await app.gate.clients.create({ clientId, name: 'x', role, scopes });
    if (!made.ok) throw new Error(JSON.stringify(made.refusal));
    const basic = Buffer.from(`${clientId}:${made.value.secret}`).toString('base64');
    const granted = await fetch(`${app.url}/auth/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    return { clientId, headers: { authorization: `Bearer ${token}` } };
  }
  const statusOf = async (path: string, headers: Record<string, string>, method = 'GET') =>
    (await app.ask(path, { headers, method })).status;

  it('is req.auth, and to code written for Passport a user of its name', async () => {
    const { clientId, headers } = await signedIn();
    const name = `client:${clientId}`;
    const { auth, user, is } = JSON.parse((await app.ask('/who', { headers })).text);
    deepEqual(
      [auth.kind, auth.id, auth.name, auth.role, auth.scopes],
      ['client', name, name, 'operator', ['deploy:write']],
    );
    deepEqual([user, is], [{ id: name, username: name, role: 'operator' }, true]);
  });

  it('passes by its role and its scopes', async () => {
    const operator = await signedIn();
    const viewer = await signedIn('viewer', []);
    const paths = ['/role', '/scope'];
    deepEqual(await Promise.all(paths.map((path) => statusOf(path, operator.headers))), [200, 200]);
    deepEqual(await Promise.all(paths.map((path) => statusOf(path, viewer.headers))), [403, 403]);
  });

  it('is nobody’s self, by whatever name; a role above passes', async () => {
    const { clientId, headers } = await signedIn();
    for (const owner of [clientId, `client:${clientId}`, `client%3A${clientId}`]) {
      equal(await statusOf(`/jobs/${owner}`, headers), 403);
    }
    equal(await statusOf('/jobs/ada', (await signedIn('admin', [])).headers), 200);
  });

  it('is explained by its name', async () => {
    const { clientId, headers } = await signedIn();
    const { outcome, presented, principal, steps } = JSON.parse((await app.ask('/why', { headers })).text);
    deepEqual([outcome, presented, principal.name], ['principal', ['access-token'], `client:${clientId}`]);
    equal(
      steps.some((step: string) => step.includes(`client:${clientId} (operator, via access-token)`)),
      true,
    );
  });

  it('ends its access token with req.logout', async () => {
    const { headers } = await signedIn();
    equal((await app.ask('/out', { method: 'POST', headers })).text, 'false');
    equal((await app.ask('/who', { headers })).code, 'token_revoked');
  });
});
