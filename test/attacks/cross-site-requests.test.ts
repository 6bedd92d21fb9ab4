import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
let cookie: string;
before(async () => {
  here = await besieged();
  await here.addUser('ada', { role: 'admin' });
  cookie = await here.gateway.signIn('ada');
});
after(() => here[Symbol.asyncDispose]());

type Headers = Readonly<Record<string, string>>;

/** What the browser says of a page that is not ours. */
const foreign: Readonly<Record<string, (front: Front) => Headers>> = {
  'another site': () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
  'another site, by a browser that says no more': () => ({ origin: 'https://evil.example' }),
  'another site, by a browser that says nothing at all': () => ({}),
  'a frame without an origin': () => ({ origin: 'null' }),
  'a frame without an origin, in a newer browser': () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' }),
  'another port of this machine': () => ({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }),
  'a name beside ours': ({ port }) => ({ origin: `http://localhost:${port}` }),
  'our name with more behind it': ({ url }) => ({ origin: `${url}.evil.example` }),
  'our name as somebody’s password': ({ url }) => ({ origin: `${url}@evil.example` }),
  'https at our name': ({ port }) => ({ origin: `https://127.0.0.1:${port}` }),
  'two sites in one header': ({ url }) => ({ origin: `${url}, https://evil.example` }),
  'another site that forwards our name': ({ port }) => ({
    origin: 'https://evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    referer: `http://127.0.0.1:${port}/`,
  }),
  'another site, with our origin beside it': ({ url }) => ({ origin: url, 'sec-fetch-site': 'cross-site' }),
};

const state = () => [here.rows('sessions'), here.rows('user'), here.rows('api_token')];

describe('a page of', () => {
  for (const [whose, headersFor] of Object.entries(foreign)) {
    test(`${whose} sends a form to what is behind us`, async () => {
      for (const front of here.fronts) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          front.forget();
          const reply = await front.ask('/transfer', {
            method,
            headers: { cookie, ...headersFor(front) },
            body: 'to=eve',
          });
          deepEqual([reply.status, reply.code, front.seen], [403, 'csrf_rejected', []]);
        }
      }
    });

    test(`${whose} opens a WebSocket`, async () => {
      here.gateway.forget();
      const reply = await here.gateway.socket('/socket', { cookie, ...headersFor(here.gateway) });
      deepEqual([reply.status, reply.code, here.gateway.seen], [403, 'csrf_rejected', []]);
    });

    test(`${whose} reaches the public paths, as nobody`, async () => {
      for (const front of [here.protect, here.gateway]) {
        front.forget();
        const reply = await front.ask('/public/form', { method: 'POST', headers: { cookie, ...headersFor(front) } });
        deepEqual([reply.status, front.seen], [200, [{ method: 'POST', target: '/public/form', user: '' }]]);
      }
    });

    test(`${whose} signs the victim in as somebody else, and out`, async () => {
      const before = [...state(), here.hashes()];
      for (const front of here.fronts) {
        for (const path of ['/login', '/logout']) {
          for (const headers of [headersFor(front), { cookie, ...headersFor(front) }]) {
            const reply = await front.form(own + path, { username: 'ada', password }, headers);
            deepEqual([reply.status, reply.code, reply.setCookie], [403, 'csrf_rejected', []]);
          }
        }
      }
      deepEqual([...state(), here.hashes()], before);
      equal((await here.gateway.ask('/', { headers: { cookie } })).status, 200);
    });

    test(`${whose} calls the API with the victim’s cookie, and knows the password, even`, async () => {
      const before = [...state(), here.hashes()];
      const calls: readonly (readonly [string, string, object])[] = [
        ['POST', '/api/v1/users', { username: 'eve', password, role: 'admin', current_password: password }],
        ['PATCH', '/api/v1/users/ada', { display_name: 'Eve', current_password: password }],
        ['DELETE', '/api/v1/users/ada', { current_password: password }],
        ['POST', '/api/v1/users/ada/token', { current_password: password }],
        ['POST', '/api/v1/tokens', { name: 'mine', current_password: password }],
        ['PUT', '/api/v1/account/password', { current_password: password, new_password: 'four herons by a lantern' }],
        ['DELETE', '/api/v1/session', {}],
        ['DELETE', '/api/v1/sessions/any', {}],
        ['POST', '/api/v1/login', { username: 'ada', password }],
      ];
      for (const front of here.fronts) {
        for (const [method, path, body] of calls) {
          const reply = await front.json(method, own + path, body, { cookie, ...headersFor(front) });
          deepEqual([path, reply.status, reply.code, reply.setCookie], [path, 403, 'csrf_rejected', []]);
        }
      }
      deepEqual([...state(), here.hashes()], before);
    });
  }
});

test('a form that pretends to be JSON, and JSON that pretends to be text, from our own page', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json', '']) {
    const headers = { cookie, origin: here.gateway.url, 'content-type': type };
    const body = JSON.stringify({ name: 'mine', current_password: password });
    const reply = await here.gateway.ask(`${own}/api/v1/tokens`, { method: 'POST', headers, body });
    deepEqual([reply.status, reply.code], [415, 'unsupported_media_type']);
  }
});

test('two Origin headers, the first of them ours', async () => {
  for (const front of here.fronts) {
    front.forget();
    for (const origin of [
      [front.url, 'https://evil.example'],
      ['https://evil.example', front.url],
    ]) {
      const reply = await front.ask('/transfer', { method: 'POST', headers: { cookie, origin } });
      deepEqual([reply.status, reply.code, front.seen], [400, 'malformed_credential', []]);
    }
    const sites = ['same-origin', 'cross-site'];
    const twice = await front.ask('/transfer', {
      method: 'POST',
      headers: { cookie, origin: front.url, 'sec-fetch-site': sites },
    });
    deepEqual([twice.status, twice.code, front.seen], [403, 'csrf_rejected', []]);
  }
});

test('no answer of ours invites another origin', async () => {
  const headers = { cookie, origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  for (const front of here.fronts) {
    for (const path of ['/login', '/api/v1/session', '/api/v1/login', '/oauth/token', '/jwks.json', '/nothing']) {
      for (const method of ['GET', 'OPTIONS']) {
        const reply = await front.ask(own + path, { method, headers });
        deepEqual(
          Object.keys(reply.headers).filter((name) => name.startsWith('access-control')),
          [],
        );
      }
    }
  }
});

test('a script of the service itself, on our own origin, makes no credential without the password', async () => {
  const before = state();
  for (const { method, path } of [
    { method: 'POST', path: '/api/v1/tokens' },
    { method: 'DELETE', path: '/api/v1/tokens/any' },
    { method: 'POST', path: '/api/v1/users' },
    { method: 'PATCH', path: '/api/v1/users/ada' },
    { method: 'DELETE', path: '/api/v1/users/ada' },
    { method: 'POST', path: '/api/v1/users/ada/token' },
  ]) {
    const body = path.endsWith('tokens') ? { name: 'mine' } : path.endsWith('users') ? { username: 'eve' } : {};
    const headers = { cookie, origin: here.gateway.url, 'sec-fetch-site': 'same-origin' };
    const reply = await here.gateway.json(method, own + path, body, headers);
    deepEqual([path, reply.status, reply.code], [path, 403, 'confirmation_required']);
  }
  deepEqual(state(), before);
});

test('our own page still gets through', async () => {
  for (const front of here.fronts) {
    front.forget();
    const ours: Headers[] = [{ origin: front.url }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }];
    for (const headers of ours) {
      equal((await front.ask('/transfer', { method: 'POST', headers: { cookie, ...headers } })).status, 200);
    }
    equal(front.seen.filter(({ user }) => user === 'ada').length, 3);
  }
  equal((await here.gateway.socket('/socket', { cookie, origin: here.gateway.url })).status, 101);
});
