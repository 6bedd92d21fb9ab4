import { deepEqual, equal } from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Started } from '../support/processes.ts';
import { caddy, caddyWith } from './caddy.ts';
import { type FrontProxy, frontProxy, host, type Setup } from './front-proxy.ts';
import { nginx, nginxWith } from './nginx.ts';
import { valuesOf } from './service.ts';

type Case = Readonly<{ name: string; skip: string | false; launch: (setup: Setup) => Promise<Started> }>;

const cases: readonly Case[] = [
  { name: 'nginx', skip: nginx.skip, launch: nginxWith('gateway.conf') },
  { name: 'Caddy', skip: caddy.skip, launch: caddyWith('gateway.Caddyfile') },
];

for (const { name, skip, launch } of cases) {
  describe(`the gateway behind ${name} with TLS`, { skip }, () => {
    let front: FrontProxy;
    let ada: string;
    before(async () => {
      front = await frontProxy(launch, {
        viaGateway: true,
        rules: 'public * /open/** network=127.0.0.0/8; user * /**',
      });
      ada = await front.signIn('ada');
    });
    after(() => front[Symbol.asyncDispose]());

    test('the client’s address, https and the host arrive, whatever the client says of them', async () => {
      const lies = ['X-Forwarded-For: 10.0.0.1', 'X-Forwarded-Proto: http', 'X-Forwarded-Host: evil.example'];
      const more = ['X-Real-IP: 10.0.0.1', 'Forwarded: for=10.0.0.1', 'X-Forwarded-Port: 1', 'X-Forwarded-Prefix: /x'];
      const { status, received } = await front.ask('/page', [`Cookie: ${ada}`, ...lies, ...more]);
      const told = (header: string) => received.map((one) => valuesOf(one, header));
      equal(status, 200);
      const source = ['x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'x-forwarded-user', 'x-forwarded-prefix'];
      deepEqual(source.flatMap(told), [['https'], [host], ['127.0.0.1'], ['ada'], []]);
      deepEqual(told('forwarded'), [[`for=127.0.0.1;proto=https;host="${host}"`]]);
      deepEqual(told('x-gatewarden-proxy-secret'), [[]]);
      const line = front.gateway.lines.findLast(({ path }) => path === '/page');
      equal(line?.address, '127.0.0.1');
    });

    test('a rule for a network goes by the address of the client', async () => {
      equal((await front.ask('/open/x')).status, 200);
    });

    test('a navigation by nobody leads to the sign-in page of the host', async () => {
      const { status, headers } = await front.ask('/page', ['Accept: text/html', 'Sec-Fetch-Mode: navigate']);
      deepEqual([status, headers.get('location')], [303, '/_gatewarden/login?next=%2Fpage']);
      equal((await front.ask('/_gatewarden/login')).status, 200);
    });

    test('the bytes of a path arrive as they were sent, and ambiguous ones are refused', async () => {
      for (const target of ['/a%2520b', '/x;y?z=%2e%2e//', '/caf%C3%A9']) {
        const { received } = await front.ask(target, [`Cookie: ${ada}`]);
        deepEqual(
          received.map((one) => one.target),
          [target],
        );
      }
      deepEqual((await front.ask('/open/..%2fpage')).status, 400);
    });

    test('a changing request needs the Origin of the host, which has no port', async () => {
      const post = (origin: string) =>
        front.ask('/page', [`Cookie: ${ada}`, `Origin: ${origin}`, 'Content-Length: 0'], 'POST');
      equal((await post(`https://${host}`)).status, 200);
      equal((await post(`http://${host}`)).status, 403);
      equal((await post('https://evil.example')).status, 403);
    });

    test('a WebSocket opens', async () => {
      const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
      const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', ...key, `Origin: https://${host}`];
      const { status, received } = await front.ask('/page', [...upgrade, `Cookie: ${ada}`]);
      deepEqual([status, received.length], [101, 1]);
    });

    test('clients cannot ask forward-auth', async () => {
      const named = ['X-Original-URI: /page', 'X-Original-Method: GET', `Cookie: ${ada}`];
      for (const path of ['nginx', 'traefik', 'caddy', 'envoy/page']) {
        const { status, headers } = await front.ask(`/_gatewarden/verify/${path}`, named);
        deepEqual([status, headers.get('x-gatewarden-assertion')], [404, undefined], path);
      }
    });

    test('plain http leads to https', async () => {
      const { port, plainPort } = front.setup;
      const location = await new Promise<string | undefined>((resolve, reject) => {
        get({ port: plainPort, host: '127.0.0.1', path: '/page?x=1', headers: { host }, agent: false }, (answer) => {
          answer.resume();
          resolve(answer.headers.location);
        }).on('error', reject);
      });
      equal(location?.replace(`:${port}`, ''), `https://${host}/page?x=1`);
    });
  });
}
