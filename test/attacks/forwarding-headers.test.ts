import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Besieged, besieged, type Received } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const rules = `
  public read /assets/**
  public read /lan/**  network=10.0.0.0/8
  admin  *    /admin/**
  user   *    /**
`;

const value = ({ rawHeaders }: Received, name: string): string | undefined => rawHeaders[rawHeaders.indexOf(name) + 1];

describe('forwarding headers from an address that is not trusted', () => {
  let site: Besieged;
  let uma: string;

  before(async () => {
    site = await besieged({ rules, trustedProxies: ['192.0.2.1'] });
    uma = await bearerOf(site.gate, 'uma');
  });
  after(() => site[Symbol.asyncDispose]());
  const fronts = () => [site.gateway, site.protect];

  /** Good ones and bad ones: from a stranger both are noise. */
  const noise = [
    'X-Forwarded-For: 10.0.0.1',
    'X-Forwarded-For: not an address',
    'X-Forwarded-For: 192.0.2.1',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Host: "',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Proto: gopher',
    'X-Forwarded-Port: 1',
    'X-Forwarded-Uri: /assets/a.css',
    'X-Forwarded-Method: GET',
    'X-Forwarded-Prefix: /assets',
    'Forwarded: for=10.0.0.1;host=evil.example;proto=https',
    'Forwarded: "',
    'X-Real-IP: 10.0.0.1',
    'X-Real-IP: nonsense',
    'X-Client-IP: 10.0.0.1',
    'True-Client-IP: 10.0.0.1',
    'CF-Connecting-IP: 10.0.0.1',
    'X-Cluster-Client-IP: 10.0.0.1',
    'Via: 1.1 localhost',
    'X-Original-URI: /assets/a.css',
    'X-Original-URL: /assets/a.css',
    'X-Original-Method: GET',
    'X-Rewrite-URL: /assets/a.css',
    'X-Gatewarden-Proxy-Secret: guess',
    'X-Host: evil.example',
  ];

  for (const line of noise) {
    it(`open nothing and close nothing: ${line}`, async () => {
      const doubled = [line, line];
      for (const front of fronts()) {
        for (const lines of [[line], doubled, [line.replace(/^[^:]*/, (name) => name.replaceAll('-', '_'))]]) {
          const statuses: number[] = [];
          for (const [target, more] of [
            ['/admin', []],
            ['/admin', [uma]],
            ['/lan/x', []],
            ['/assets/a.css', ['Host: evil.example']],
            ['/assets/a.css', []],
            ['/x', [uma]],
          ] as const) {
            statuses.push((await send(front, requestOf(target, [...more, ...lines]))).status);
          }
          deepEqual([front.name, ...statuses], [front.name, 401, 403, 403, 421, 200, 200]);
        }
      }
    });
  }

  it('are told to the upstream as they are, not as they were said', async () => {
    const said = noise.filter((line) => /^(x-forwarded-(for|host|proto)|forwarded): (?!n|"|g)/i.test(line));
    const { received } = await send(site.gateway, requestOf('/assets/a.css', [...said, 'X-Request-Id: chosen']));
    const [one] = received;
    const names = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Forwarded'];
    const told = names.map((name) => one && value(one, name));
    deepEqual(told, ['127.0.0.1', 'localhost', 'http', 'for=127.0.0.1;proto=http;host="localhost"']);
    equal(JSON.stringify(one?.rawHeaders).includes('chosen'), false);
  });
});

describe('forwarding headers from a trusted proxy that cannot be read', () => {
  let site: Besieged;
  let secretive: Besieged;

  before(async () => {
    const options = { rules, trustedProxies: ['127.0.0.0/8'], publicUrl: 'http://localhost' };
    site = await besieged(options);
    secretive = await besieged({ ...options, proxySecret: 'known-to-the-two-of-us' });
  });
  after(async () => {
    await site[Symbol.asyncDispose]();
    await secretive[Symbol.asyncDispose]();
  });

  const unreadable = [
    ['X-Forwarded-For:'],
    ['X-Forwarded-For: nonsense'],
    ['X-Forwarded-For: 10.0.0.1, nonsense'],
    ['X-Forwarded-For: 10.0.0.1,'],
    ['X-Forwarded-For: 10.0.0.1, , 127.0.0.1'],
    ['X-Forwarded-For: 010.0.0.1'],
    ['X-Forwarded-For: 10.0.0.1:x'],
    ['X-Forwarded-For: 10.0.0.1', 'X-Forwarded-For: nonsense'],
    ['X-Forwarded-Proto: gopher'],
    ['X-Forwarded-Proto: https, http'],
    ['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http'],
    ['X-Forwarded-Host:'],
    ['X-Forwarded-Host: localhost"'],
    ['X-Forwarded-Host: localhost, evil.example'],
    ['X-Forwarded-Host: localhost', 'X-Forwarded-Host: localhost'],
    ['X-Forwarded-Host: evil.example@localhost'],
    ['X-Forwarded-Host: localhost', 'X-Real-IP: nonsense'],
    ['Forwarded: nonsense'],
    ['Forwarded: for="10.0.0.1'],
  ];
  for (const lines of unreadable) {
    it(`deny: ${lines.join(' + ')}`, async () => {
      for (const front of [site.gateway, site.protect]) {
        const heard = await send(front, requestOf('/assets/a.css', lines));
        deepEqual([front.name, heard.statuses, heard.received], [front.name, [400], []]);
      }
    });
  }

  it('are believed where they can be: a rule’s network, a host that is not ours', async () => {
    const ask = async (target: string, ...lines: string[]) =>
      Promise.all(
        [site.gateway, site.protect].map(async (front) => (await send(front, requestOf(target, lines))).status),
      );
    deepEqual(await ask('/lan/x', 'X-Forwarded-For: 10.0.0.1'), [200, 200]);
    deepEqual(await ask('/lan/x', 'X-Forwarded-For: 10.0.0.1, 198.51.100.7'), [403, 403]);
    deepEqual(await ask('/lan/x', 'X-Forwarded-For: 10.0.0.1', 'Connection: X-Forwarded-For'), [200, 200]);
    deepEqual(await ask('/assets/a.css', 'X-Forwarded-Host: evil.example'), [421, 421]);
    for (const line of [
      'X-Original-URL: /assets/a.css',
      'X-Rewrite-URL: /assets/a.css',
      'X-HTTP-Method-Override: HEAD',
    ]) {
      deepEqual(await ask('/admin', line), [401, 401]);
    }
  });

  it('are nobody’s without the secret, and the secret goes no further', async () => {
    const lines = ['X-Forwarded-For: 10.0.0.1'];
    for (const front of [secretive.gateway, secretive.protect]) {
      const ask = async (...more: string[]) => (await send(front, requestOf('/lan/x', [...lines, ...more]))).status;
      equal(await ask(), 403);
      equal(await ask('X-Gatewarden-Proxy-Secret: guess'), 403);
      equal(await ask('X-Gatewarden-Proxy-Secret: known-to-the-two-of-us', 'X-Gatewarden-Proxy-Secret: guess'), 403);
      equal(await ask('X-Gatewarden-Proxy-Secret: known-to-the-two-of-us'), 200);
    }
    equal(JSON.stringify(secretive.gateway.received).includes('known-to'), false);
  });
});

describe('a protected path that is asked for by something harmless', () => {
  let site: Besieged;

  before(async () => {
    site = await besieged({ rules });
  });
  after(() => site[Symbol.asyncDispose]());

  const disguises = [
    'User-Agent: kube-probe/1.31',
    'User-Agent: GoogleHC/1.0',
    'User-Agent: ELB-HealthChecker/2.0',
    'User-Agent: Prometheus/3.0.0',
    'User-Agent: gatewarden',
    'X-Middleware-Subrequest: middleware:middleware:middleware:middleware:middleware',
    'X-Requested-With: XMLHttpRequest',
    'X-Internal-Request: true',
    'X-Auth-Request-Redirect: /assets/a.css',
    'X-Forwarded-Uri: /ping',
    'X-Envoy-Original-Path: /assets/a.css',
    'X-Gatewarden-Assertion: eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1X2FkYSJ9.',
    'Sec-Fetch-Site: same-origin',
    'Sec-Fetch-Dest: document',
    'Purpose: prefetch',
    'Origin: http://localhost',
    'Referer: http://localhost/assets/',
    'Upgrade: h2c',
    'Range: bytes=0-0',
    'If-None-Match: *',
    'Accept: text/css',
    'Authorization:',
    'Authorization: Basic YWRtaW46YWRtaW4=',
    'Authorization: Bearer null',
    'Cookie: gatewarden=',
    'Cookie: gatewarden=s%3Aadmin.x',
  ];
  for (const line of disguises) {
    it(`stays closed to ${line}`, async () => {
      for (const front of [site.gateway, site.protect]) {
        const heard = await send(front, requestOf('/admin', [line]));
        equal(heard.status === 401 || heard.status === 400, true, `${front.name}: ${heard.status}`);
        deepEqual(heard.received, []);
      }
    });
  }

  const paths = [
    '/healthz',
    '/readyz',
    '/health',
    '/ping',
    '/ready',
    '/metrics',
    '/favicon.ico',
    '/robots.txt',
    '/.well-known/security.txt',
    '/.well-known/acme-challenge/x',
    '/oauth2/auth',
    '/index.html',
    '/',
    '/_gatewarden/healthz/../../admin',
    '/_gatewarden/healthz/%2e%2e/%2e%2e/admin',
    '/_gatewarden/assets/../../admin',
    '/_gatewarden/healthz;/admin',
    '/_gatewarden/x',
    '/_gatewardenx/healthz',
    '/admin/healthz',
    '/admin?/healthz',
    '/admin/_gatewarden/healthz',
  ];
  for (const path of paths) {
    it(`is not behind ${path}`, async () => {
      for (const front of [site.gateway, site.protect]) {
        const heard = await send(front, requestOf(path, ['User-Agent: kube-probe/1.31']));
        equal([400, 401, 404].includes(heard.status), true, `${front.name}: ${heard.status}`);
        deepEqual(heard.received, []);
      }
    });
  }
});
