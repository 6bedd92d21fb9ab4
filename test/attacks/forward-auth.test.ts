import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Besieged, besieged, own } from './fronts.ts';
import { identityNames, spellingsOf } from './identity-names.ts';
import { ask, type Original, proxies, questionOf, type Verdict } from './questions.ts';
import { bearerOf, send } from './raw.ts';
import { harmless, spellings } from './spelled-paths.ts';

const rules = `
  public read  /assets/**
  public *     /open
  user   *     /home/:self/**
  viewer read  /office/**  network=10.0.0.0/8
  user   PUT   /drop/**
  admin  *     /admin/**
  viewer read  /**
`;

let site: Besieged;
let mallory: string;
let cookie: string;
before(async () => {
  site = await besieged({ rules, trustedProxies: ['127.0.0.0/8'] });
  mallory = await bearerOf(site.gate, 'mallory');
  await site.addUser('cora');
  cookie = `Cookie: ${await site.gateway.signIn('cora')}`;
});
after(() => site[Symbol.asyncDispose]());

/** Asks every endpoint, of the gateway and of an Express app. */
async function everywhere(original: Original, judge: (verdict: Verdict, at: string) => void): Promise<void> {
  for (const front of [site.gateway, site.protect]) {
    for (const proxy of proxies) judge(await ask(front, proxy, original), `${front.name}, ${proxy}`);
  }
}

const refusedWith =
  (...statuses: readonly number[]) =>
  ({ status, user }: Verdict, at: string): void =>
    deepEqual([at, statuses.includes(status), user], [at, true, undefined], String(status));

describe('a front proxy asks about', () => {
  // Envoy appends the target to a path: what is no path is another one below the endpoint.
  const paths = spellings.filter(([target]) => target.startsWith('/'));

  for (const [target] of paths) {
    it(`${JSON.stringify(target)}, spelled so that the service may read another path: refused`, async () => {
      // A tab at the end of a header is none of its value.
      await everywhere({ target, lines: [mallory] }, refusedWith(400, 403));
      await everywhere({ target }, refusedWith(400, 401));
    });
  }

  it('paths that only look forbidden: they pass', async () => {
    for (const target of harmless) {
      await everywhere({ target, lines: [mallory] }, ({ status, user }, at) =>
        deepEqual([at, target, status, user], [at, target, 200, 'mallory']),
      );
    }
  });

  it('somebody else’s home, a network that the client says it is in, and WebDAV into what is not theirs: refused', async () => {
    await everywhere({ target: '/home/cora/x', lines: [mallory] }, refusedWith(403));
    await everywhere({ target: '/office/x', lines: [mallory] }, refusedWith(403));
    for (const destination of ['/admin/a', '/%61dmin/a', '/x//admin', 'http://evil.example/home/mallory/b']) {
      const lines = [mallory, `Destination: ${destination}`];
      await everywhere({ target: '/home/mallory/a', method: 'COPY', lines }, refusedWith(400, 403));
    }
  });

  it('hosts that are not served: refused', async () => {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.1',
      'localhost@evil.example',
      'localhost"',
      '',
    ]) {
      await everywhere({ target: '/assets/a.css', lines: [`Host: ${host}`] }, refusedWith(400, 421));
    }
  });

  it('methods that are more than the client may use, and overrides of them: refused', async () => {
    for (const method of ['POST', 'DELETE', 'PROPFIND', 'OPTIONS']) {
      const lines = [mallory, 'X-HTTP-Method-Override: GET', 'X-HTTP-Method: GET'];
      await everywhere({ target: '/admin', method, lines }, refusedWith(403));
    }
    await everywhere({ target: '/assets/a.css', method: 'TRACE' }, refusedWith(400));
  });

  it('changing requests with the cookie that another site’s page has sent: refused', async () => {
    for (const lines of [
      ['Origin: https://evil.example'],
      ['Origin: null'],
      [],
      ['Origin: http://localhost', 'Sec-Fetch-Site: cross-site'],
      ['Origin: http://localhost', 'Origin: https://evil.example'],
      ['Origin: http://localhost.evil.example'],
    ]) {
      const original = { target: '/home/cora/x', method: 'POST', lines: [cookie, ...lines] };
      await everywhere(original, refusedWith(400, 403));
    }
    const original = { target: '/home/cora/x', method: 'POST', lines: [cookie, 'Origin: http://localhost'] };
    await everywhere(original, ({ status, user }, at) => deepEqual([at, status, user], [at, 200, 'cora']));
  });

  it('two credentials of different people, doubled and bent ones: refused, on public paths too', async () => {
    for (const lines of [
      [mallory, mallory],
      [mallory, cookie],
      [`${mallory}x`],
      ['Authorization: Basic eDp5', mallory],
      ['Authorization: Bearer'],
    ]) {
      await everywhere({ target: '/open', lines }, refusedWith(400, 401));
    }
  });
});

describe('identity headers of the client', () => {
  const named = ['x-forwarded-user', 'x-forwarded-email', 'x-forwarded-groups', 'x-forwarded-preferred-username'];
  const told = (text: string, name: string): string[] =>
    [...text.matchAll(new RegExp(`^${name}: ?(.*)\\r$`, 'gim'))].map(([, value = '']) => value);

  it('in other spellings are refused, on public paths too: the front proxy replaces the usual ones only', async () => {
    const aliases = identityNames.flatMap((name) => spellingsOf(name).filter((one) => /[_.]/.test(one)));
    ok(aliases.length > 50);
    for (const name of aliases) {
      const verdict = await ask(site.gateway, 'caddy', { target: '/open', lines: [`${name}: ev1l`] });
      deepEqual([name, verdict.status, verdict.code, verdict.user], [name, 400, 'validation_failed', undefined]);
    }
    for (const proxy of proxies) {
      const lines = ['X_Forwarded_User: ev1l'];
      equal((await ask(site.protect, proxy, { target: '/open', lines })).status, 400, proxy);
    }
  });

  it('in the usual one are replaced by the answer’s, which has each of them once, empty for nobody', async () => {
    const lines = [
      'X-Forwarded-User: ev1l',
      'X-Forwarded-Email: ev1l',
      'X-Gatewarden-Assertion: ev1l',
      'Remote-User: ev1l',
    ];
    await everywhere({ target: '/open', lines }, ({ status, text }, at) => {
      equal(status, 200, at);
      for (const name of named) deepEqual([at, name, told(text, name)], [at, name, ['']]);
      equal(told(text, 'x-gatewarden-assertion').length, 1, at);
      equal(text.includes('ev1l'), false, at);
    });
  });
});

describe('the question itself', () => {
  const naming = ['X-Original-URI: /open', 'X-Original-Method: GET'];
  const forwarded = ['X-Forwarded-Uri: /open', 'X-Forwarded-Method: GET', 'X-Forwarded-Host: localhost'];
  const bytesOf = (path: string, lines: readonly string[]): Buffer =>
    Buffer.from(
      `GET ${own}/verify/${path} HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
    );

  it('that names the request twice, in two spellings or not at all is refused', async () => {
    for (const [path, lines] of [
      ['nginx', naming],
      ['traefik', forwarded],
      ['caddy', forwarded],
    ] as const) {
      for (const at of lines.keys()) {
        const line = lines[at] ?? '';
        const other = line.replace(/: .*/, ': /admin');
        for (const sent of [
          [...lines, line],
          [...lines, other],
          [other, ...lines],
          [...lines, line.replaceAll('-', '_')],
          lines.filter((_, index) => index !== at),
          lines.map((one) => (one === line ? one.replace(/: .*/, ':') : one)),
        ]) {
          const { status, text } = await send(site.gateway, bytesOf(path, sent));
          const shown = `${path}: ${sent.join(' + ')}`;
          deepEqual([shown, /^x-forwarded-user/im.test(text)], [shown, false]);
          match(String(status), /^40[03]$/, shown);
        }
      }
    }
  });

  it('in the headers of another front proxy, or at another spelling of an endpoint, is none', async () => {
    for (const [path, lines] of [
      ['nginx', forwarded],
      ['caddy', naming],
      ['traefik', naming],
      ['envoy', naming],
      ['NGINX', naming],
      ['nginx/', naming],
      ['nginx/../caddy', forwarded],
      ['%6eginx', naming],
      ['', naming],
      ['apache', naming],
    ] as const) {
      const { text, status } = await send(site.gateway, bytesOf(path, lines));
      equal(status >= 400, true, path);
      equal(/^x-forwarded-user/im.test(text), false, path);
    }
  });

  it('about our own pages, in whatever spelling, lets nothing through', async () => {
    for (const target of [
      own,
      `${own}/login`,
      `/${own}/login`,
      '/%5fgatewarden/login',
      '/_Gatewarden',
      '/_gatewarden;x/y',
      '/_gatewarden%2fx',
    ]) {
      await everywhere({ target, lines: [mallory] }, refusedWith(400, 403));
    }
  });

  it('by a stranger who plays the front proxy is refused', async () => {
    await using other = await besieged({ rules, trustedProxies: ['192.0.2.1'] });
    for (const proxy of proxies) {
      const { status, text } = await send(other.gateway, questionOf(proxy, { target: '/open' }));
      deepEqual([proxy, status, /^x-forwarded-user/im.test(text)], [proxy, 403, false]);
    }
  });
});

it('the sign-in that a front proxy redirects to leads back to a path of the same host', async () => {
  const browser = ['Accept: text/html', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Site: none'];
  for (const target of [
    '//evil.example/x',
    '/x?next=https://evil.example',
    '/%5cevil.example',
    '/a//evil.example',
    '/x?y=%0d%0aLocation:e',
  ]) {
    await everywhere({ target, lines: browser }, ({ status, location = '' }, at) => {
      if (status !== 303) return refusedWith(400)({ status } as Verdict, at);
      const url = new URL(location, 'http://localhost');
      deepEqual([at, url.origin, url.pathname], [at, 'http://localhost', `${own}/login`]);
      const back = new URL(url.searchParams.get('next') ?? '/', 'http://localhost');
      deepEqual([at, back.origin, back.pathname.startsWith('//')], [at, 'http://localhost', false]);
    });
  }
});

it('what has ended is refused at the next question: a session, a token, a user', async () => {
  const [token, session] = [await bearerOf(site.gate, 'tess'), `Cookie: ${await site.gateway.signIn('cora')}`];
  const passes = ({ status }: Verdict, at: string): void => equal(status, 200, at);
  for (const line of [token, session]) await everywhere({ target: '/x', lines: [line] }, passes);
  await site.gate.tokens.revoke('tess', 'test');
  const gone = await site.gateway.form(
    `${own}/logout`,
    {},
    { origin: site.gateway.url, cookie: session.slice('Cookie: '.length) },
  );
  equal(gone.status, 303);
  for (const line of [token, session]) await everywhere({ target: '/x', lines: [line] }, refusedWith(401));
});

it('nobody is signed in by auto-login through a front proxy but who the proxy says is in its networks', async () => {
  const options = { autoLogin: true, autoLoginUser: 'owner', autoLoginNetworks: ['192.0.2.0/24'] };
  await using open = await besieged({ rules, trustedProxies: ['127.0.0.0/8'], ...options });
  await open.addUser('owner');
  const from = 'X-Forwarded-For: 192.0.2.7';
  for (const [lines, who] of [
    [[from], 'owner'],
    [[], undefined],
    [['X-Forwarded-For: 127.0.0.1'], undefined],
    [['X-Forwarded-For: 192.0.2.7, 198.51.100.1'], undefined],
    [['X-Real-IP: 192.0.2.7'], undefined],
    [[from, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: cors'], undefined],
    [[from, 'Origin: https://evil.example'], undefined],
    [[from, 'Cookie: gatewarden=s%3Adead.x'], undefined],
    [[from, 'Authorization: Bearer gwt_x'], undefined],
  ] as const) {
    for (const proxy of proxies) {
      const { status, user } = await ask(open.gateway, proxy, { target: '/x', lines });
      deepEqual([proxy, lines, user, status === 200], [proxy, lines, who, who !== undefined]);
    }
  }
});
