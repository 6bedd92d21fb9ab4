import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { portOf } from '../gateway/started.ts';
import { incoming } from '../support/incoming.ts';
import { attacker } from './attacker.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged({ autoLogin: true, autoLoginUser: 'owner' });
  await here.addUser('owner', { role: 'admin' });
});
after(() => here[Symbol.asyncDispose]());

type Headers = Readonly<Record<string, string>>;
const crossSite = (mode: string, dest: string) => ({
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
});

test('whoever sits at the machine is let in: what the attackers are after', async () => {
  for (const front of here.fronts) {
    front.forget();
    equal((await front.ask('/private')).status, 200);
    deepEqual(front.seen, [{ method: 'GET', target: '/private', user: 'owner' }]);
  }
});

describe('a page of another site, open in the owner’s browser, that', () => {
  const reads: Readonly<Record<string, Headers>> = {
    'fetches what is behind us': { ...crossSite('cors', 'empty'), origin: 'https://evil.example' },
    'fetches without asking for CORS': crossSite('no-cors', 'empty'),
    'shows it as an image': crossSite('no-cors', 'image'),
    'loads it as a script': crossSite('no-cors', 'script'),
    'puts it in a frame': crossSite('navigate', 'iframe'),
    'puts it in an object': crossSite('navigate', 'object'),
    'streams its events': { ...crossSite('cors', 'empty'), accept: 'text/event-stream' },
    'fetches it on plain http, where browsers say only where from': { origin: 'http://evil.example' },
    'fetches it from a frame without an origin, on plain http': { origin: 'null' },
  };
  for (const [title, headers] of Object.entries(reads)) {
    test(`${title} is nobody`, async () => {
      for (const front of here.fronts) {
        for (const path of ['/private', `${own}/api/v1/tokens`]) {
          front.forget();
          const reply = await front.ask(path, { headers });
          // What a browser navigates to, in a frame too, is sent to the sign-in page.
          const isNavigation = headers['sec-fetch-mode'] === 'navigate';
          const answer = isNavigation ? [303, undefined] : [401, 'missing_credential'];
          deepEqual([path, reply.status, reply.code, front.seen], [path, ...answer, []]);
        }
        equal(await front.whoami(headers), 'null by none');
      }
    });
  }

  const writes: Readonly<Record<string, Headers>> = {
    'sends a form': { ...crossSite('navigate', 'document'), origin: 'https://evil.example' },
    'sends a form, in a browser that says only where from': { origin: 'https://evil.example' },
    'sends a form from a frame without an origin': { origin: 'null' },
    'sends a form, in a browser that says nothing': {},
  };
  for (const [title, headers] of Object.entries(writes)) {
    test(`${title} changes nothing`, async () => {
      for (const front of here.fronts) {
        front.forget();
        for (const method of ['POST', 'PUT', 'DELETE']) {
          const reply = await front.ask('/private', { method, headers });
          // A navigation is shown a page.
          const code = headers['sec-fetch-mode'] === 'navigate' ? undefined : 'csrf_rejected';
          deepEqual([reply.status, reply.code], [403, code]);
        }
        deepEqual(front.seen, []);
      }
    });
  }

  test('opens a WebSocket gets none', async () => {
    const tries: Headers[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
      { ...crossSite('websocket', 'websocket'), origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
    ];
    here.gateway.forget();
    for (const headers of tries) {
      const reply = await here.gateway.socket('/private', headers);
      deepEqual([reply.status, reply.code], [403, 'csrf_rejected']);
    }
    deepEqual(here.gateway.seen, []);
    equal((await here.gateway.socket('/private', { origin: here.gateway.url })).status, 101);
  });
});

describe('a stranger behind a proxy on the same machine, which adds', () => {
  const added: Readonly<Record<string, string>> = {
    'X-Forwarded-For': '203.0.113.9',
    'x-forwarded-for': '127.0.0.1',
    'X-FORWARDED-FOR': '::1',
    X_Forwarded_For: '127.0.0.1',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'localhost',
    'X-Forwarded-Anything': '',
    'X-Real-IP': '127.0.0.1',
    Forwarded: 'for=127.0.0.1',
    Via: '1.1 proxy',
    'CF-Connecting-IP': '127.0.0.1',
    'Cf-Ray': 'x',
    'True-Client-IP': '127.0.0.1',
    'X-Client-IP': '127.0.0.1',
    X_Cluster_Client_IP: '127.0.0.1',
    'Fastly-Client-IP': '127.0.0.1',
  };
  for (const [name, value] of Object.entries(added)) {
    test(`${name}: ${value} is nobody`, async () => {
      for (const front of here.fronts) {
        front.forget();
        const reply = await front.ask('/private', { headers: { [name]: value } });
        deepEqual([reply.status, reply.code, front.seen], [401, 'missing_credential', []]);
        equal(await front.whoami({ [name]: value }), 'null by none');
      }
    });
  }

  test('nothing, but asks for the name that strangers use, is nobody', async () => {
    await using public_ = await besieged({ autoLogin: true, autoLoginUser: 'owner', allowedHosts: 'app.example.com' });
    await public_.addUser('owner');
    for (const front of public_.fronts) {
      const reply = await front.ask('/private', { headers: { host: 'app.example.com' } });
      deepEqual([reply.status, reply.code, front.seen], [401, 'missing_credential', []]);
    }
  });
});

describe('a stranger whose packets come from', () => {
  const peers = {
    'a container’s bridge': '172.17.0.1',
    'a container’s bridge, IPv4-mapped': '::ffff:172.17.0.1',
    'the local network': '192.168.1.20',
    'the local link': 'fe80::1%eth0',
    'an address that only begins alike': '127.0.0.1.evil',
    'an address that is all zeros': '0.0.0.0',
    'an address of 6to4 with ours in it': '2002:7f00:1::',
    'an address of NAT64 with ours in it': '64:ff9b::7f00:1',
    'an address of IPv4-compatible form': '::127.0.0.1',
  };
  for (const [title, peer] of Object.entries(peers)) {
    test(`${title} is nobody`, async () => {
      for (const forwarded of [undefined, '127.0.0.1']) {
        const more = forwarded === undefined ? [] : [['X-Forwarded-For', forwarded] as const];
        const req = incoming({ url: '/private', peer, headers: [['Host', 'localhost'], ...more] });
        const decision = await here.gate.decide(req);
        deepEqual([decision.allow, decision.principal.via], [false, 'none']);
      }
    });
  }

  test('loopback, on a socket that calls it ::ffff:127.0.0.1, has all conditions to meet', async () => {
    const server = createServer((req, res) => {
      const { remoteAddress } = req.socket;
      here.gate.decide(req).then((decision) => res.end(`${remoteAddress} ${decision.principal.via}`));
    }).listen(0, '::');
    await once(server, 'listening');
    const mapped = attacker(`http://127.0.0.1:${portOf(server)}`);
    const heard = async (headers: Headers) => (await mapped.ask('/private', { headers })).text;
    const answers = [
      await heard({}),
      await heard({ 'x-forwarded-for': '::ffff:127.0.0.1' }),
      await heard({ host: 'evil.example' }),
      await heard({ origin: 'http://evil.example' }),
    ];
    mapped.hangUp();
    server.close();
    deepEqual(
      answers,
      ['auto-login', 'none', 'none', 'none'].map((via) => `::ffff:127.0.0.1 ${via}`),
    );
  });
});

test('behind a trusted proxy it is the address beside the proxy that counts, whatever else is in the list', async () => {
  const options = {
    autoLogin: true,
    autoLoginUser: 'owner',
    autoLoginNetworks: '10.0.0.0/8',
    trustedProxies: '127.0.0.1',
  };
  await using behind = await besieged(options);
  await behind.addUser('owner');
  for (const front of behind.fronts) {
    const from = async (list: string) => (await front.ask('/private', { headers: { 'x-forwarded-for': list } })).status;
    for (const list of [
      '203.0.113.9',
      '10.1.2.3, 203.0.113.9',
      '127.0.0.1',
      '::ffff:203.0.113.9',
      '10.1.2.3,203.0.113.9,127.0.0.1',
    ]) {
      equal(await from(list), 401);
    }
    for (const list of ['unknown', '10.1.2', '10.1.2.3, x', '']) equal(await from(list), 400);
    equal((await front.ask('/private')).status, 401);
    deepEqual(front.seen, []);
    equal(await from('203.0.113.9, 10.1.2.3'), 200);
  }
});

describe('somebody at the machine', () => {
  const credentials: Readonly<Record<string, Headers>> = {
    'with a bad cookie': { cookie: 'gatewarden=s%3Ax.y' },
    'with a bad token': { authorization: 'Bearer gwt_nonsense' },
    'with somebody else’s Authorization': { authorization: 'Basic eDp5' },
  };
  for (const [title, headers] of Object.entries(credentials)) {
    test(`${title} does not fall back to auto-login`, async () => {
      for (const front of here.fronts) {
        front.forget();
        equal((await front.ask('/private', { headers })).status, 401);
        deepEqual(front.seen, []);
      }
    });
  }

  test('signs in by a program all the same, with a name and a password', async () => {
    for (const front of here.fronts) {
      const pair = await front.json('POST', `${own}/api/v1/login`, { username: 'owner', password });
      const { token, refresh_token } = JSON.parse(pair.text) as { token: string; refresh_token: string };
      equal(await front.whoami({ authorization: `Bearer ${token}` }), 'owner by access-token');
      const fields = { grant_type: 'refresh_token', refresh_token };
      equal((await front.form(`${own}/oauth/token`, fields, {})).status, 200);
      const evil = { origin: 'https://evil.example' };
      const reply = await front.json('POST', `${own}/api/v1/login`, { username: 'owner', password }, evil);
      deepEqual([reply.status, reply.code], [403, 'csrf_rejected']);
    }
  });

  test('reaches no account, no admin’s call and no credential without a real sign-in', async () => {
    const before = [here.rows('user'), here.rows('api_token'), here.rows('sessions')];
    for (const front of here.fronts) {
      for (const [method, path] of [
        ['GET', '/account'],
        ['GET', '/api/v1/tokens'],
        ['POST', '/api/v1/tokens'],
        ['GET', '/api/v1/users'],
        ['POST', '/api/v1/users'],
        ['GET', '/api/v1/audit'],
        ['PUT', '/api/v1/account/password'],
      ] as const) {
        const body = { name: 'mine', username: 'eve', current_password: password, new_password: password };
        const headers = { origin: front.url };
        const reply =
          method === 'GET'
            ? await front.ask(own + path, { headers })
            : await front.json(method, own + path, body, headers);
        deepEqual([path, reply.status, reply.code], [path, 401, 'missing_credential']);
      }
      equal((await front.ask('/operator/x', { headers: {} })).status, 200);
    }
    deepEqual([here.rows('user'), here.rows('api_token'), here.rows('sessions')], before);
  });
});
