import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
let cookie: string;
let signedInByItself: Besieged;
before(async () => {
  here = await besieged();
  await here.addUser('ada', { role: 'admin' });
  cookie = await here.gateway.signIn('ada');
  signedInByItself = await besieged({ autoLogin: true, autoLoginRole: 'admin' });
});
after(async () => {
  await here[Symbol.asyncDispose]();
  await signedInByItself[Symbol.asyncDispose]();
});

const rebound = [
  'evil.example',
  'EVIL.example.',
  'localhost.evil.example',
  'evil-localhost',
  '127.0.0.1.evil.example',
  '0.0.0.0',
  '10.0.0.1',
  '[::2]',
  'xn--lcalhost-9jf',
];

const asked = [
  ...['/', '/public/x', `${own}/`, `${own}/login`, `${own}/account`, `${own}/setup`, `${own}/signup`].map(
    (path) => ['GET', path] as const,
  ),
  ...['/api/v1/session', '/api/v1/users', '/jwks.json'].map((path) => ['GET', own + path] as const),
  ...['/', '/public/x', `${own}/login`, `${own}/logout`, `${own}/setup`, `${own}/signup`].map(
    (path) => ['POST', path] as const,
  ),
  ...['/api/v1/login', '/api/v1/users', '/api/v1/tokens'].map((path) => ['POST', own + path] as const),
  ...['/api/v1/session', '/api/v1/users/ada'].map((path) => ['DELETE', own + path] as const),
];

for (const name of rebound) {
  test(`${name} points at us, and its page asks as if it were ours`, async () => {
    for (const front of here.fronts) {
      const host = `${name}:${front.port}`;
      const headers = { host, cookie, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
      const before = [here.rows('sessions'), here.rows('user'), here.hashes()];
      front.forget();
      for (const [method, path] of asked) {
        const reply = await front.ask(path, { method, headers });
        deepEqual([path, reply.status, reply.code, reply.setCookie], [path, 421, 'misdirected_host', []]);
      }
      // The token endpoint says it in the words of OAuth.
      equal((await front.form(`${own}/oauth/token`, 'grant_type=refresh_token', headers)).status, 421);
      const signIn = await front.form(
        `${own}/login`,
        { username: 'ada', password },
        { host, origin: `http://${host}` },
      );
      deepEqual([signIn.status, signIn.code, signIn.setCookie], [421, 'misdirected_host', []]);
      deepEqual([here.rows('sessions'), here.rows('user'), here.hashes()], before);
      deepEqual(front.seen, []);
    }
    const socket = await here.gateway.socket('/socket', { host: name, cookie, origin: `http://${name}` });
    deepEqual([socket.status, here.gateway.seen], [421, []]);
  });

  test(`${name} points at us, where nobody has to sign in`, async () => {
    for (const front of signedInByItself.fronts) {
      front.forget();
      const headers = { host: `${name}:${front.port}`, 'sec-fetch-site': 'same-origin' };
      const reply = await front.ask('/private', { headers });
      deepEqual([reply.status, reply.code, front.seen], [421, 'misdirected_host', []]);
      equal((await front.ask(`${own}/api/v1/users`, { headers })).status, 421);
    }
  });
}

const strange = [
  'Host: 127.0.0.1\r\nHost: evil.example',
  'Host: evil.example\r\nHost: 127.0.0.1',
  'Host: 127.0.0.1, evil.example',
  'Host: 127.0.0.1@evil.example',
  'Host: 127.0.0.1/evil.example',
  'Host: "127.0.0.1"',
  'Host: 127.0.0.1 evil.example',
  'Host: 127.0.0.1:99999',
  'Host: 127.0.0.1%00.evil.example',
  'Host:',
  'Host: 127.0.0.1\r\n : evil.example',
];

for (const lines of strange) {
  test(`${JSON.stringify(lines)} with a session`, async () => {
    for (const front of here.fronts) {
      front.forget();
      const heard = await rawRequest(
        front.port,
        `GET /private HTTP/1.1\r\n${lines}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      );
      match(heard, /^HTTP\/1\.1 4(00|21) /);
      deepEqual(front.seen, []);
    }
  });
}

test('a forwarded host that nobody vouches for changes nothing, either way', async () => {
  for (const front of here.fronts) {
    front.forget();
    const forwarded = { 'x-forwarded-host': `127.0.0.1:${front.port}`, forwarded: `host=127.0.0.1:${front.port}` };
    const helped = await front.ask('/private', { headers: { host: 'evil.example', cookie, ...forwarded } });
    deepEqual([helped.status, front.seen], [421, []]);
    const hindered = await front.ask('/private', { headers: { cookie, 'x-forwarded-host': 'evil.example' } });
    deepEqual([hindered.status, front.seen.length], [200, 1]);
  }
});
