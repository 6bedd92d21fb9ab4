import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { GateEvent } from 'gatewarden';
import { testPassword } from '../../lib/testing.ts';
import { client, cookieJar } from '../support/http.ts';
import { type App, startApp } from './app.ts';

describe('for those who come from Passport', () => {
  let app: App;
  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/auth', gate.router());
      server.use(gate.authenticate());
      server.post('/in', async (req, res) => {
        await promisify((user: Express.User, done: (error?: unknown) => void) => req.login(user, done))({
          id: '',
          username: String(req.query.name),
          role: '',
        });
        res.send(`${req.user?.username} ${req.isAuthenticated()}`);
      });
      server.post('/out', (req, res, next) => {
        req.logout((error) => (error ? next(error) : res.send(String(req.user?.username))));
      });
      server.get('/me', (req, res) => void res.json(req.user ?? null));
      server.get('/count', gate.session(), (req, res) => {
        const session = (req as typeof req & { session: { views?: number } }).session;
        session.views = (session.views ?? 0) + 1;
        res.send(String(session.views));
      });
    });
  });
  after(() => app.close());

  it('req.user is who is signed in', async () => {
    const { headers, user } = await app.signedInAs('viewer');
    const me = JSON.parse((await app.ask('/me', { headers })).text);
    deepEqual([me.id, me.username, me.role], [user.id, user.username, 'viewer']);
    equal((await app.ask('/me')).text, 'null');
  });

  it('req.login begins a session that the next request is known by, and req.logout ends it', async () => {
    await app.signedInAs('viewer', 'grace');
    const jar = cookieJar();
    const send = async (path: string, method = 'POST') => {
      const answer = await fetch(app.url + path, { method, headers: { cookie: jar.header, origin: app.url } });
      jar.keep(answer);
      return answer.text();
    };
    equal(await send('/in?name=Grace'), 'grace true');
    match(await send('/me', 'GET'), /"username":"grace"/);
    const ended = jar.header;
    equal(await send('/out'), 'undefined');
    equal((await app.ask('/me', { headers: { cookie: ended } })).code, 'invalid_token');
  });

  it('req.login and req.logout are audited, as the pages are', async () => {
    await app.signedInAs('viewer', 'hedy');
    const heard: GateEvent[] = [];
    const stop = [app.gate.on('login.succeeded', (event) => heard.push(event))];
    stop.push(app.gate.on('logout', (event) => heard.push(event)));
    const headers = { origin: app.url, 'user-agent': 'a browser' };
    const signedIn = await app.ask('/in?name=hedy', { method: 'POST', headers });
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
    await app.ask('/out', { method: 'POST', headers: { ...headers, cookie } });
    for (const one of stop) one();
    const from = { actor: 'hedy', address: '127.0.0.1', agent: 'a browser', outcome: 'ok' };
    deepEqual(
      heard.map(({ at: _, ...event }) => JSON.parse(JSON.stringify(event))),
      [
        { ...from, event: 'login.succeeded', via: 'none', detail: { door: 'req.login' } },
        { ...from, event: 'logout', via: 'session' },
      ],
    );
    const kept = (await app.gate.audit.list({ actor: 'hedy', event: 'logout' })).items;
    equal(kept.length, 1);
  });

  it('req.logout on an access token ends it, audited', async () => {
    const { user } = await app.signedInAs('viewer', 'iris');
    const body = { username: user.username, password: testPassword };
    const { token } = (await (await client(app.url).json('/auth/api/v1/login', body)).json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    equal((await app.ask('/out', { method: 'POST', headers })).status, 200);
    equal((await app.ask('/me', { headers })).code, 'token_revoked');
    const kept = (await app.gate.audit.list({ actor: 'iris', event: 'logout' })).items;
    deepEqual(
      kept.map(({ via }) => via),
      ['access-token'],
    );
  });

  it('req.logout on an API token leaves the token alone, and says nothing to the audit log', async () => {
    const { headers, user } = await app.signedInAs('viewer');
    equal((await app.ask('/out', { method: 'POST', headers })).text, 'undefined');
    equal((await app.ask('/me', { headers })).status, 200);
    deepEqual((await app.gate.audit.list({ actor: user.username, event: 'logout' })).items, []);
  });

  it('req.session keeps what an app puts there, for visitors and after sign-in', async () => {
    const jar = cookieJar();
    for (const expected of ['1', '2', '3']) {
      const answer = await fetch(`${app.url}/count`, { headers: { cookie: jar.header } });
      jar.keep(answer);
      equal(await answer.text(), expected);
    }
    const { cookie } = await app.signedInAs('viewer');
    equal((await app.ask('/count', { headers: { cookie } })).text, '1');
    equal((await app.ask('/count', { headers: { cookie } })).text, '2');
  });
});
