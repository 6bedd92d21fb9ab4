import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Besieged, besieged } from './fronts.ts';
import { bearerOf, requestOf, send } from './raw.ts';

const rules = `
  public read  /assets/**
  admin  *     /admin/**
  viewer read  /**
  operator write /**
`;

const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];

describe('a request for a host or by a method that is not served', () => {
  let site: Besieged;
  let [viewer, admin] = ['', ''];

  before(async () => {
    site = await besieged({ rules });
    viewer = await bearerOf(site.gate, 'vera', 'viewer');
    admin = await bearerOf(site.gate, 'alma', 'admin');
  });
  after(() => site[Symbol.asyncDispose]());
  const fronts = () => [site.gateway, site.protect];

  async function refused(bytes: Buffer, statuses: readonly number[]): Promise<void> {
    for (const front of fronts()) {
      const heard = await send(front, bytes);
      deepEqual([front.name, heard.statuses, heard.received], [front.name, statuses, []]);
    }
  }

  const hosts: readonly (readonly [lines: readonly string[], status: number])[] = [
    [['Host: evil.example'], 421],
    [['Host: localhost.evil.example'], 421],
    [['Host: evil-localhost'], 421],
    [['Host: xn--lcalhost-n4a.example'], 421],
    [['Host: xn--localhost-'], 400],
    [['Host: l\xc3\xb6calhost'], 400],
    [['Host: 127.1'], 421],
    [['Host: 2130706433'], 421],
    [['Host: 0x7f.1'], 421],
    [['Host: 0.0.0.0'], 421],
    [['Host: localhost..'], 400],
    [['Host: .localhost'], 400],
    [['Host: *.localhost'], 400],
    [['Host: localhost:'], 400],
    [['Host: localhost:0'], 400],
    [['Host: localhost:65536'], 400],
    [['Host: localhost:80:80'], 400],
    [['Host: :80'], 400],
    [['Host: ::1'], 400],
    [['Host: [::1'], 400],
    [['Host: [::1%25lo]'], 400],
    [['Host:'], 400],
    [['Host: localhost"'], 400],
    [['Host: "localhost"'], 400],
    [["Host: localhost'"], 400],
    [['Host: localhost<script>'], 400],
    [['Host: localhost;evil.example'], 400],
    [['Host: localhost, evil.example'], 400],
    [['Host: localhost evil.example'], 400],
    [['Host: localhost\tevil.example'], 400],
    [['Host: localhost/admin'], 400],
    [['Host: localhost?x'], 400],
    [['Host: localhost#x'], 400],
    [['Host: localhost\\x'], 400],
    [['Host: localhost@evil.example'], 400],
    [['Host: evil.example@localhost'], 400],
    [['Host: localhost%00'], 400],
    [['Host: localhost\0'], 400],
    [['Host: localhost\rX: y'], 400],
    [['Host: localhost\nX: y'], 400],
    [['Host: localhost', 'Host: evil.example'], 400],
    [['Host: evil.example', 'Host: localhost'], 400],
    [['Host: localhost', 'Host: localhost'], 400],
    [['Host: localhost', 'hOST: localhost'], 400],
    [['Host: localhost', ' Host: evil.example'], 400],
    [['Host : localhost'], 400],
  ];
  for (const [lines, status] of hosts) {
    it(`is answered with ${status}: ${JSON.stringify(lines.join(' + '))}`, () =>
      refused(requestOf('/assets/a.css', lines), [status]));
  }

  const absolutes: readonly (readonly [target: string, host: string, status: number])[] = [
    ['http://evil.example/assets/a.css', 'localhost', 400],
    ['http://localhost/assets/a.css', 'evil.example', 400],
    ['http://evil.example/assets/a.css', 'evil.example', 421],
    ['http://localhost:81/assets/a.css', 'localhost', 400],
    ['http://localhost@evil.example/assets/a.css', 'localhost', 400],
    ['http://evil.example@localhost/assets/a.css', 'localhost', 400],
    ['http://localhost%2eevil.example/assets/a.css', 'localhost', 400],
    ['http:///assets/a.css', 'localhost', 400],
    ['http:/assets/a.css', 'localhost', 400],
    ['gopher://localhost/assets/a.css', 'localhost', 400],
  ];
  for (const [target, host, status] of absolutes) {
    it(`is answered with ${status}: ${target} of the host ${host}`, () =>
      refused(requestOf(target, [`Host: ${host}`]), [status]));
  }

  const served = ['LOCALHOST', 'localhost.', 'localhost:8080', '127.0.0.1', '[::1]:80', '[0:0:0:0:0:0:0:1]'];
  for (const host of served) {
    it(`is served, and told to the upstream as it was judged: ${host}`, async () => {
      const bytes = requestOf('/assets/a.css', [`Host: ${host}`]);
      equal((await send(site.protect, bytes)).status, 200);
      const { status, received } = await send(site.gateway, bytes);
      const raw = received[0]?.rawHeaders ?? [];
      deepEqual([status, raw[raw.indexOf('X-Forwarded-Host') + 1]], [200, host.toLowerCase()]);
    });
  }

  const overrides = [
    'X-HTTP-Method-Override: GET',
    'X-HTTP-Method: GET',
    'X-Method-Override: GET',
    'X_HTTP_METHOD_OVERRIDE: GET',
    'X-Original-Method: GET',
    'X-Forwarded-Method: GET',
  ];
  for (const line of overrides) {
    it(`does not pass for another one by ${line}`, async () => {
      await refused(requestOf('/assets/a.css', [line, 'Content-Length: 0'], 'POST'), [401]);
      await refused(requestOf('/x', [viewer, line, 'Content-Length: 0'], 'DELETE'), [403]);
    });

    it(`does not become another one behind us by ${line.replace('GET', 'DELETE')}`, async () => {
      const { status, received } = await send(site.gateway, requestOf('/x', [viewer, line.replace('GET', 'DELETE')]));
      deepEqual([status, received.map(({ method }) => method)], [200, ['GET']]);
      equal(JSON.stringify(received).includes('DELETE'), false);
    });
  }

  const methods: readonly (readonly [
    method: string,
    who: 'nobody' | 'viewer' | 'admin',
    statuses: readonly number[],
  ])[] = [
    ['HEAD', 'nobody', [401]],
    ['HEAD', 'viewer', [403]],
    ['OPTIONS', 'nobody', [401]],
    ['OPTIONS', 'viewer', [403]],
    ['PROPFIND', 'viewer', [403]],
    ['QUERY', 'viewer', [403]],
    ['PURGE', 'viewer', [403]],
    ['M-SEARCH', 'nobody', [401]],
    ['TRACE', 'nobody', [400]],
    ['TRACE', 'viewer', [400]],
    ['TRACE', 'admin', [400]],
    ['TRACK', 'admin', [400]],
    ['get', 'admin', [400]],
    ['Get', 'admin', [400]],
    ['GETT', 'admin', [400]],
    ['GET\0', 'admin', [400]],
    ['PRI', 'admin', [400]],
  ];
  for (const [method, who, statuses] of methods) {
    it(`is answered with ${statuses}: ${JSON.stringify(method)} of /admin by ${who}`, () => {
      const lines = { nobody: [], viewer: [viewer], admin: [admin] }[who];
      return refused(requestOf('/admin', lines, method), statuses);
    });
  }

  it('is not let in as a pre-flight: an OPTIONS is judged like everything else', async () => {
    const preflight = ['Origin: https://evil.example', 'Access-Control-Request-Method: GET'];
    await refused(requestOf('/x', preflight, 'OPTIONS'), [401]);
    await refused(requestOf('/admin', [viewer, ...preflight], 'OPTIONS'), [403]);
    await refused(requestOf('*', [], 'OPTIONS'), [401]);
  });

  for (const method of ['TRACE', 'POST', 'OPTIONS']) {
    it(`does not get in as an upgrade: ${method}`, async () => {
      const bytes = requestOf('/admin', [viewer, ...upgrade], method).toString('latin1');
      const asked = Buffer.from(bytes.replace('Connection: close', 'Connection: Upgrade, close'));
      // The gateway opens WebSockets by GET only; Express knows no upgrade.
      for (const front of fronts()) {
        const { statuses, received } = await send(front, asked);
        const expected = front.name === 'gateway' || method === 'TRACE' ? 400 : 403;
        deepEqual([front.name, statuses, received], [front.name, [expected], []]);
      }
    });
  }

  it('is not traced as an upgrade even by who may do all', async () => {
    const bytes = requestOf('/x', [admin, ...upgrade], 'TRACE').toString('latin1');
    await refused(Buffer.from(bytes.replace('Connection: close', 'Connection: Upgrade, close')), [400]);
  });

  it('opens no tunnel by CONNECT, whatever is asked for', async () => {
    for (const target of ['evil.example:443', 'localhost:80', '/admin', `127.0.0.1:${site.gateway.port}`]) {
      for (const front of fronts()) {
        const heard = await send(front, requestOf(target, [admin], 'CONNECT'));
        match(heard.text, front.name === 'gateway' ? /^HTTP\/1\.1 40[05] / : /^(HTTP\/1\.1 400 |$)/);
        deepEqual(heard.received, []);
      }
    }
  });
});
