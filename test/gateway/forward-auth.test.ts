import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Asked, asker, type Front, fronts } from './forward-auth.ts';
import { gatewayTo, type TestGateway } from './started.ts';

const identity = ['user', 'email', 'groups', 'preferred-username'].map((name) => `x-forwarded-${name}`);
const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'none' };

let gateway: TestGateway;
let ada: { cookie: string };
let token: { authorization: string };
before(async () => {
  gateway = await gatewayTo('http://127.0.0.1:1', { options: { trustedProxies: ['127.0.0.0/8'] } });
  ada = await gateway.signIn('ada');
  token = await gateway.bearer('bob', 'operator');
});
after(() => gateway[Symbol.asyncDispose]());

const ask = (front: Front, target: string, asked: Asked = {}) => asker(gateway.port)(front, target, asked);
const codeOf = (text: string): unknown => (JSON.parse(text) as { code?: unknown }).code;

for (const front of fronts) {
  describe(`forward-auth for ${front}`, () => {
    test('a signed-in user: 200 with who it is and the assertion, and without a body', async () => {
      const { status, headers, text } = await ask(front, '/page?x=1', { headers: ada });
      deepEqual([status, text, headers['content-length']], [200, '', '0']);
      equal(headers['x-forwarded-user'], 'ada');
      equal(headers['x-forwarded-groups'], 'user,viewer');
      equal(String(headers['x-gatewarden-assertion']).split('.').length, 3);
      equal(headers['cache-control'], 'no-store');
      match(String(headers['x-request-id']), /^[\w-]{36}$/);
    });

    test('nobody on a public path: every identity header, empty', async () => {
      const { status, headers } = await ask(front, '/public/x');
      equal(status, 200);
      deepEqual(
        identity.map((name) => headers[name]),
        identity.map(() => ''),
      );
      equal(String(headers['x-gatewarden-assertion']).split('.').length, 3);
    });

    test('nobody elsewhere: 401 with its challenge for programs', async () => {
      const { status, headers, text } = await ask(front, '/page');
      deepEqual([status, codeOf(text), headers['x-gatewarden-location']], [401, 'missing_credential', undefined]);
      match(String(headers['www-authenticate']), /Bearer/);
    });

    test('the method and the target are those of the original request', async () => {
      const wrong = await ask(front, '/operator/x', { headers: ada });
      deepEqual([wrong.status, codeOf(wrong.text)], [403, 'insufficient_role']);
      equal((await ask(front, '/operator/x', { headers: token })).status, 200);
      const crossSite = { ...ada, origin: 'https://evil.example' };
      const posted = await ask(front, '/page', { method: 'POST', headers: crossSite });
      deepEqual([posted.status, codeOf(posted.text)], [403, 'csrf_rejected']);
      equal((await ask(front, '/page', { headers: crossSite })).status, 200);
      const own = { ...ada, origin: `http://${gateway.url.slice(7)}` };
      equal((await ask(front, '/page', { method: 'POST', headers: own })).status, 200);
    });

    test('a navigation by nobody is sent to the sign-in page of the original host', async () => {
      const { status, headers } = await ask(front, '/page?a=b', { headers: navigation, host: 'wiki.localhost' });
      const location = 'http://wiki.localhost/_gatewarden/login?next=%2Fpage%3Fa%3Db';
      if (front === 'nginx') {
        deepEqual([status, headers['x-gatewarden-location'], headers.location], [401, location, undefined]);
        match(String(headers['www-authenticate']), /Bearer/);
      } else deepEqual([status, headers.location], [302, location]);
    });

    test('an ambiguous path is refused, with the status that the front can pass on', async () => {
      const { status, headers, text } = await ask(front, '/public/..%2fpage', { headers: ada });
      equal(codeOf(text), 'ambiguous_path');
      if (front === 'nginx') deepEqual([status, headers['x-gatewarden-status']], [403, '400']);
      else equal(status, 400);
    });

    test('a host that is not served is refused', async () => {
      const { status, text } = await ask(front, '/page', { headers: ada, host: 'evil.example' });
      deepEqual([status, codeOf(text)], [front === 'nginx' ? 403 : 421, 'misdirected_host']);
    });

    test('our own paths are not passed on: 403, and 400 for other spellings', async () => {
      for (const target of ['/_gatewarden', '/_gatewarden/login', '/_gatewarden/../page']) {
        const { status, text } = await ask(front, target, { headers: ada });
        deepEqual([status, codeOf(text)], [403, 'forward_auth_refused'], target);
      }
      const { text } = await ask(front, '//_gatewarden/login', { headers: ada });
      equal(codeOf(text), 'ambiguous_path');
    });

    test('an identity header in another spelling is 400, on public paths too', async () => {
      for (const name of [
        'X_Forwarded_User',
        'x.forwarded.user',
        'X-Forwarded_User',
        'Remote_User',
        'X_Gatewarden_A',
      ]) {
        const { status, text } = await ask(front, '/public/x', { headers: { [name]: 'admin' } });
        deepEqual([status, codeOf(text)], [400, 'validation_failed'], name);
      }
      equal((await ask(front, '/page', { headers: { x_forwarded_user: 'admin' } })).status, 400);
      equal((await ask(front, '/public/x', { headers: { x_color: 'blue' } })).status, 200);
    });

    test('the service gets what is left of Cookie and Authorization, and nothing of ours', async () => {
      const { headers } = await ask(front, '/page', { headers: { cookie: `theme=dark; ${ada.cookie}; lang=en` } });
      deepEqual([headers.cookie, headers.authorization], ['theme=dark; lang=en', undefined]);
      const alone = await ask(front, '/page', { headers: ada });
      equal(alone.headers.cookie, undefined);
      equal((await ask(front, '/page', { headers: token })).headers.authorization, undefined);
      const foreign = await ask(front, '/page', { headers: { ...ada, authorization: 'Basic dTpw' } });
      equal(foreign.headers.authorization, 'Basic dTpw');
    });

    test('a dead cookie on a public path is cleared', async () => {
      const { status, headers } = await ask(front, '/public/x', { headers: { cookie: 'gatewarden=s%3Adead.beef' } });
      equal(status, 200);
      match(String(headers['set-cookie']), /^gatewarden=;.*Expires=Thu, 01 Jan 1970/);
      equal(headers.cookie, undefined);
    });

    test('a WebSocket of another site is refused, also where the proxy has removed Upgrade', async () => {
      const socket = { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' };
      const sockets: readonly Record<string, string>[] = [
        socket,
        { upgrade: 'websocket' },
        { 'sec-fetch-mode': 'websocket' },
      ];
      for (const headers of sockets) {
        const other = await ask(front, '/page', { headers: { ...ada, ...headers, origin: 'https://evil.example' } });
        deepEqual([other.status, codeOf(other.text)], [403, 'csrf_rejected']);
        equal((await ask(front, '/page', { headers: { ...ada, ...headers, origin: gateway.url } })).status, 200);
      }
    });

    test('an upgrade request of the front itself is answered as any other', async () => {
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket', origin: gateway.url };
      const { status, headers } = await ask(front, '/page', { headers: { ...ada, ...upgrade } });
      deepEqual([status, headers['x-forwarded-user']], [200, 'ada']);
    });

    test('a service worker whose folder holds our pages is refused', async () => {
      const { status, text } = await ask(front, '/sw.js', { headers: { ...ada, 'service-worker': 'script' } });
      deepEqual([status, codeOf(text)], [403, 'forward_auth_refused']);
      equal((await ask(front, '/app/sw.js', { headers: { ...ada, 'service-worker': 'script' } })).status, 200);
    });

    test('COPY is decided on with its Destination', async () => {
      const copy = (destination: string) => ({ method: 'COPY', headers: { ...token, destination } });
      equal((await ask(front, '/page', copy('/other'))).status, 200);
      const elsewhere = await ask(front, '/page', copy('http://evil.example/other'));
      deepEqual([elsewhere.status, codeOf(elsewhere.text)], [front === 'nginx' ? 403 : 400, 'validation_failed']);
    });
  });
}

describe('what names the original request', () => {
  const bad: readonly (readonly [what: string, front: Front, headers: readonly (readonly [string, string])[]])[] = [
    ['no X-Original-URI', 'nginx', [['X-Original-Method', 'GET']]],
    ['no X-Original-Method', 'nginx', [['X-Original-URI', '/public/x']]],
    [
      'X-Original-URI twice',
      'nginx',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', '/public/x'],
        ['x-original-uri', '/public/y'],
      ],
    ],
    [
      'X-Original-Method twice',
      'nginx',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', '/public/x'],
      ],
    ],
    [
      'a URL in X-Original-URI',
      'nginx',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', 'http://127.0.0.1/public/x'],
      ],
    ],
    [
      'an empty X-Original-URI',
      'nginx',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', ''],
      ],
    ],
    [
      'a space in X-Original-URI',
      'nginx',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', '/public/x y'],
      ],
    ],
    [
      'two words in X-Original-Method',
      'nginx',
      [
        ['X-Original-Method', 'GET X'],
        ['X-Original-URI', '/public/x'],
      ],
    ],
    [
      'the headers of Traefik',
      'nginx',
      [
        ['X-Forwarded-Method', 'GET'],
        ['X-Forwarded-Uri', '/public/x'],
        ['X-Forwarded-Host', 'localhost'],
      ],
    ],
    [
      'the headers of nginx',
      'traefik',
      [
        ['X-Original-Method', 'GET'],
        ['X-Original-URI', '/public/x'],
      ],
    ],
    [
      'no X-Forwarded-Host',
      'traefik',
      [
        ['X-Forwarded-Method', 'GET'],
        ['X-Forwarded-Uri', '/public/x'],
      ],
    ],
    [
      'no X-Forwarded-Uri',
      'caddy',
      [
        ['X-Forwarded-Method', 'GET'],
        ['X-Forwarded-Host', 'localhost'],
      ],
    ],
    [
      'no X-Forwarded-Method',
      'caddy',
      [
        ['X-Forwarded-Uri', '/public/x'],
        ['X-Forwarded-Host', 'localhost'],
      ],
    ],
    [
      'X-Forwarded-Method twice',
      'caddy',
      [
        ['X-Forwarded-Uri', '/public/x'],
        ['X-Forwarded-Host', 'localhost'],
        ['X-Forwarded-Method', 'GET'],
        ['X-Forwarded-Method', 'GET'],
      ],
    ],
    [
      'X-Forwarded-Host twice',
      'traefik',
      [
        ['X-Forwarded-Uri', '/public/x'],
        ['X-Forwarded-Host', 'localhost'],
        ['X-Forwarded-Host', 'localhost'],
        ['X-Forwarded-Method', 'GET'],
      ],
    ],
  ];
  for (const [what, front, headers] of bad) {
    test(`${what} is 400 at ${front}`, async () => {
      const { status, text } = await asker(gateway.port).raw(`/_gatewarden/verify/${front}`, headers.flat());
      deepEqual([status, codeOf(text)], [400, 'validation_failed']);
    });
  }

  test('nothing below the endpoint of Envoy is 400', async () => {
    for (const target of ['/_gatewarden/verify/envoy', '/_gatewarden/verify/envoy?x=/public/x']) {
      equal((await asker(gateway.port).raw(target, [])).status, 400);
    }
  });

  test('the host is not read from X-Forwarded-Host where the proxy does not set it', async () => {
    for (const front of ['nginx', 'envoy'] as const) {
      const { status } = await ask(front, '/page', { headers: { ...ada, 'x-forwarded-host': 'evil.example' } });
      equal(status, 200, front);
    }
  });

  test('other methods are 405 at the endpoints that take none', async () => {
    const headers = ['X-Original-Method', 'GET', 'X-Original-URI', '/public/x'];
    equal((await asker(gateway.port).raw('/_gatewarden/verify/nginx', headers, 'POST')).status, 405);
  });
});

test('the log line of a question names the user, and the audit log the original path', async () => {
  await ask('nginx', '/operator/secret', { headers: ada });
  const line = gateway.lines.findLast(({ path }) => path === '/_gatewarden/verify/nginx');
  deepEqual([line?.status, line?.user, line?.code], [403, 'ada', 'insufficient_role']);
  const [event] = (await gateway.gate.audit.list({ limit: 1 })).items;
  deepEqual([event?.event, event?.subject], ['access.denied', '/operator/secret']);
});

describe('who may ask', () => {
  const secret = 'a-secret-of-the-front-proxy';

  test('without TRUSTED_PROXIES every question is 403', async () => {
    await using distrusting = await gatewayTo('http://127.0.0.1:1');
    for (const front of fronts) {
      const { status, text } = await asker(distrusting.port)(front, '/public/x');
      deepEqual([status, codeOf(text)], [403, 'forward_auth_refused'], front);
    }
    const { status } = await asker(distrusting.port).raw('/_gatewarden/verify/nginx', []);
    equal(status, 403);
  });

  test('with PROXY_SECRET it must be sent, whole and once', async () => {
    const options = { trustedProxies: ['127.0.0.0/8'], proxySecret: secret };
    await using secretive = await gatewayTo('http://127.0.0.1:1', { options });
    for (const front of fronts) {
      const asks = asker(secretive.port);
      equal((await asks(front, '/public/x')).status, 403);
      equal((await asks(front, '/public/x', { headers: { 'x-gatewarden-proxy-secret': `${secret}x` } })).status, 403);
      const { status, headers } = await asks(front, '/public/x', { headers: { 'x-gatewarden-proxy-secret': secret } });
      deepEqual([status, headers['x-gatewarden-proxy-secret']], [200, undefined]);
    }
  });
});

test('with AUTH_ENABLED=false everything passes as anonymous, and every identity header is empty', async () => {
  const options = { trustedProxies: ['127.0.0.0/8'], authEnabled: false };
  await using open = await gatewayTo('http://127.0.0.1:1', { options });
  for (const front of fronts) {
    const { status, headers } = await asker(open.port)(front, '/page');
    equal(status, 200);
    deepEqual(
      [...identity, 'x-gatewarden-assertion'].map((name) => headers[name]),
      ['', '', '', '', ''],
    );
  }
});
