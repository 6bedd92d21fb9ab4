import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import test, { after } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, upstreamThat } from './started.ts';

const upstream = await upstreamThat((_req, res) => void res.end('served'));
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
const zoe = await gateway.bearer('zoe');

/** The line of the last request of this path, once it is written. */
async function lineOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  for (let at = 0; at < 100; at += 1) {
    const line = gateway.lines.findLast((one) => one.path === path);
    if (line !== undefined) return line;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no line for ${path}`);
}

const answers: Readonly<Record<string, Readonly<{ path: string; headers?: Record<string, string>; code?: string }>>> = {
  'a refusal of somebody unknown': { path: '/closed', code: 'missing_credential' },
  'a refusal of somebody known': { path: '/operator/x', headers: zoe, code: 'insufficient_role' },
  'a path that can be read in two ways': { path: '/public/%00', code: 'ambiguous_path' },
  'a page of ours': { path: '/_gatewarden/login' },
  'a call of ours': { path: '/_gatewarden/api/v1/session', headers: zoe },
  'a refusal of a call of ours': { path: '/_gatewarden/api/v1/users', headers: zoe, code: 'insufficient_role' },
  'nothing below our prefix': { path: '/_gatewarden/nowhere', code: 'not_found' },
};

for (const [name, { path, headers = {}, code }] of Object.entries(answers)) {
  test(`${name} has a line with its X-Request-Id, its bytes, its user and its code`, async () => {
    const answer = await fetch(`${gateway.url}${path}`, { headers });
    const { byteLength } = await answer.arrayBuffer();
    const line = await lineOf(path);
    match(String(line.requestId), /^[0-9a-f-]{36}$/);
    const user = path !== '/_gatewarden/nowhere' && 'authorization' in headers ? 'zoe' : '';
    deepEqual(
      [line.requestId, line.status, line.bytes, line.user, line.code],
      [answer.headers.get('x-request-id'), answer.status, byteLength, user, code],
    );
    equal(line.address, '127.0.0.1');
  });
}

test('a HEAD of ours has no bytes', async () => {
  await fetch(`${gateway.url}/closed-head`, { method: 'HEAD' });
  equal((await lineOf('/closed-head')).bytes, 0);
});

test('an answer without the upstream has the id that the upstream was told, and its code', async () => {
  await using lonely = await gatewayTo('http://127.0.0.1:1');
  const answer = await fetch(`${lonely.url}/public/x`);
  const lines = lonely.lines.filter(({ requestId }) => requestId === answer.headers.get('x-request-id'));
  deepEqual(
    lines.map(({ code }) => code),
    ['upstream_unreachable', 'upstream_unreachable'],
  );
});

test('answers of the upstream have no header of ours', async () => {
  const answer = await fetch(`${gateway.url}/public/x`);
  equal(answer.headers.get('x-request-id'), null);
});

test('what the parser refuses has a line with the id of the answer', async () => {
  for (const [bytes, status] of [
    ['GET /public/x HTTP/1.1\r\nHost: localhost\r\nA: b\0c\r\n\r\n', 400],
    [`GET /public/x HTTP/1.1\r\nHost: localhost\r\nA: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  ] as const) {
    const before = gateway.lines.length;
    const heard = await rawRequest(gateway.port, bytes);
    match(heard, new RegExp(`^HTTP/1\\.1 ${status} `));
    const [, id = ''] = /\r\nX-Request-Id: (.*)\r\n/.exec(heard) ?? [];
    notEqual(id, '');
    deepEqual(
      gateway.lines.slice(before).map((line) => [line.status, line.requestId]),
      [[status, id]],
    );
  }
});

test('a connection that breaks is no refusal', async () => {
  const before = gateway.lines.length;
  await rawRequest(gateway.port, 'GET /public/x HT', 50);
  await new Promise((resolve) => setTimeout(resolve, 100));
  deepEqual(gateway.lines.slice(before), []);
});

test('healthz and readyz leave no line at info', async () => {
  for (const path of ['/_gatewarden/healthz', '/_gatewarden/readyz']) {
    equal((await fetch(`${gateway.url}${path}`)).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    equal(
      gateway.lines.some((line) => line.path === path),
      false,
    );
  }
});

test('forwarding headers of a proxy that is not trusted are warned about once, by address and setting', async () => {
  for (let at = 0; at < 3; at += 1)
    await fetch(`${gateway.url}/public/x`, { headers: { 'x-forwarded-for': '10.1.1.1' } });
  const warned = gateway.lines.filter(({ setting }) => setting === 'GATEWARDEN_TRUSTED_PROXIES');
  deepEqual(
    warned.map(({ address }) => address),
    ['127.0.0.1'],
  );
});
