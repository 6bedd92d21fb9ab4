import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from './app.ts';

const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
const idIn = (page: string) => /<code>([0-9a-f-]{36}|of-the-app)<\/code>/.exec(page)?.[1];

describe('refusals of an Express app', () => {
  let app: App;
  let viewer: { authorization: string };

  before(async () => {
    app = await startApp((server, { gate }) => {
      server.use('/named', (_req, res, next) => {
        res.setHeader('X-Request-Id', 'of-the-app');
        next();
      });
      server.use('/auth', gate.router());
      server.use('/named/auth', gate.router({ prefix: '/named/auth' }));
      server.use(gate.authenticate());
      server.get(['/jobs', '/named/jobs'], gate.requireRole('operator'), (_req, res) => void res.send('jobs'));
      server.get('/deploy', gate.requireScope('deploy:write'), (_req, res) => void res.send('deployed'));
    });
    viewer = (await app.signedInAs('viewer', 'a-viewer')).headers;
  });
  after(() => app.close());

  it('the page says who one is and what is needed, with the request id of its header', async () => {
    const { status, headers, text } = await app.ask('/jobs', { headers: { ...viewer, ...navigation } });
    equal(status, 403);
    match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
    equal(idIn(text), headers['x-request-id']);
    match(text, /<dd><bdi>a-viewer<\/bdi>[\s\S]*<dd><bdi>viewer<\/bdi>[\s\S]*<dd><bdi>operator<\/bdi>/);
  });

  it('the page is in the language of the browser', async () => {
    const headers = { ...viewer, ...navigation, 'accept-language': 'de-AT,de;q=0.9' };
    match(
      (await app.ask('/deploy', { headers })).text,
      /<html lang="de"[\s\S]*Nötiger Scope<\/dt><dd><bdi>deploy:write</,
    );
  });

  it('programs get the id as a header, and no role that is needed', async () => {
    const { headers, text } = await app.ask('/jobs', { headers: viewer });
    match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
    equal('role' in (JSON.parse(text) as object), false);
  });

  it('the id of a middleware of the app stays, on our own routes too', async () => {
    for (const path of ['/named/jobs', '/named/auth/nothing']) {
      const { headers, text } = await app.ask(path, { headers: { ...viewer, ...navigation } });
      deepEqual([headers['x-request-id'], idIn(text)], ['of-the-app', 'of-the-app']);
    }
  });

  it('every answer of our own routes has an id, and none that a stranger sent', async () => {
    for (const path of ['/auth/login', '/auth/api/v1/session', '/auth/nothing', '/auth/healthz']) {
      const { headers } = await app.ask(path, { headers: { 'x-request-id': 'a-stranger' } });
      match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
    }
  });
});

describe('behind a trusted proxy', () => {
  it('the id that the proxy sent is that of the answer, if it can be one', async () => {
    const app = await startApp((server, { gate }) => void server.use('/auth', gate.router()), {
      trustedProxies: ['127.0.0.0/8'],
    });
    const sentFor = async (id: string) =>
      (await app.ask('/auth/login', { headers: { 'x-request-id': id } })).headers['x-request-id'];
    equal(await sentFor('proxy-1'), 'proxy-1');
    match(String(await sentFor('<b>')), /^[0-9a-f-]{36}$/);
    await app.close();
  });
});
