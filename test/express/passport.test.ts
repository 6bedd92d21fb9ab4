import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { cookieJar } from '../support/http.ts';
import { type App, startApp } from './app.ts';

describe('for those who come from Passport', () => {
  let app: App;
  before(async () => {
    app = await startApp((server, { gate }) => {
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

  it('req.logout on an API token leaves the token alone', async () => {
    const { headers } = await app.signedInAs('viewer');
    equal((await app.ask('/out', { method: 'POST', headers })).text, 'undefined');
    equal((await app.ask('/me', { headers })).status, 200);
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
