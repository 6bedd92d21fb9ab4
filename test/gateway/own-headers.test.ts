import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ownHeaders } from '../../lib/request/respond/own-headers.ts';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from './started.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await upstreamThat((_req, res) => void res.end('hello'));
  gateway = await gatewayTo(upstream.url, { options: { rules: 'public * /open/**; user * /**' } });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const answers: readonly (readonly [what: string, status: number, target: string, headers?: Record<string, string>])[] =
  [
    ['a page', 200, '/_gatewarden/login'],
    ['an answer of the API', 200, '/_gatewarden/api/v1/session'],
    ['a call that there is not', 404, '/_gatewarden/nothing'],
    ['a redirect of ours', 303, '/_gatewarden/'],
    ['a refusal', 401, '/closed'],
    ['a refusal of a credential', 401, '/closed', { authorization: 'Bearer gwt_nonsense' }],
    ['the redirect to the sign-in page', 303, '/closed', { 'sec-fetch-mode': 'navigate', accept: 'text/html' }],
    ['a path that is not clear', 400, '/_gatewarden%2flogin'],
    ['a host that is not served', 421, '/open/x', { host: 'evil.example' }],
  ];

/** Status and headers of a GET whose target reaches the gateway as it is written. */
async function get(target: string, headers: Record<string, string>) {
  const all = { host: `127.0.0.1:${gateway.port}`, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const [head = ''] = (await rawRequest(gateway.port, `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`)).split(
    '\r\n\r\n',
  );
  const [status = '', ...fields] = head.split('\r\n');
  const split = fields.map(
    (line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const,
  );
  return { status: Number(status.split(' ')[1]), headers: new Map(split) };
}

for (const [what, status, target, headers = {}] of answers) {
  test(`${what} carries the headers that every answer of ours carries`, async () => {
    const answer = await get(target, headers);
    equal(answer.status, status);
    for (const [name, value] of Object.entries(
      ownHeaders({ publicUrl: undefined, adminUrl: undefined, hstsSubdomains: false }),
    )) {
      deepEqual([name, answer.headers.get(name.toLowerCase())], [name, value]);
    }
  });
}

test('an answer of the upstream carries none of them', async () => {
  const answer = await get('/open/x', {});
  equal(answer.status, 200);
  const own = Object.keys(
    ownHeaders({ publicUrl: 'https://a.example', adminUrl: undefined, hstsSubdomains: false }),
  ).filter((name) => name !== 'Cache-Control');
  deepEqual(
    own.filter((name) => answer.headers.has(name.toLowerCase())),
    [],
  );
});
