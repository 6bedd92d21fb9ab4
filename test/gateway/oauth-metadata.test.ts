import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from './started.ts';

const root = '/.well-known/oauth-authorization-server';

let upstream: TestUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await upstreamThat((_req, res) => void res.end('the upstream'));
  gateway = await gatewayTo(upstream.url, {
    options: { rules: 'public * /**', issuer: 'https://id.example.com/_gatewarden' },
  });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const get = (target: string, method = 'GET'): Promise<string> =>
  rawRequest(gateway.port, `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

for (const path of [`${root}/_gatewarden`, `/_gatewarden${root}`]) {
  test(`${path} is the metadata, whatever the rules say`, async () => {
    const answer = await fetch(`${gateway.url}${path}`);
    const body = (await answer.json()) as Record<string, string>;
    equal(answer.status, 200);
    equal(body.issuer, 'https://id.example.com/_gatewarden');
    equal(body.token_endpoint, `${gateway.url}/_gatewarden/oauth/token`);
    equal(answer.headers.get('x-content-type-options'), 'nosniff');
  });
}

const others: readonly (readonly [target: string, method: string, status: number])[] = [
  [`${root}/_gatewarden/`, 'GET', 404],
  [`${root}/_gatewarden/login`, 'GET', 404],
  [`${root}/_gatewarden/../login`, 'GET', 404],
  [`${root}/_gatewarden`, 'POST', 405],
  [`/${root}/_gatewarden`, 'GET', 400],
  [`${root}//_gatewarden`, 'GET', 400],
  [`${root}%2f_gatewarden`, 'GET', 400],
  [`${root}/%5fgatewarden`, 'GET', 400],
  [`${root}/_gatewarden;x`, 'GET', 400],
  [`${root}/_GateWarden`, 'GET', 400],
  ['/.well-known/OAUTH-authorization-server/_gatewarden', 'GET', 400],
];

test('no reading of its path reaches the upstream', async () => {
  const answers = await Promise.all(others.map(async ([target, method]) => statusOf(await get(target, method))));
  deepEqual(
    others.map(([target, method], at) => [target, method, answers[at]]),
    others.map((one) => [...one]),
  );
  deepEqual(upstream.seen, []);
});

test('the metadata of another issuer is the upstream’s', async () => {
  for (const path of [root, `${root}/other`, `${root}/_gatewarden2`, '/.well-known/openid-configuration']) {
    equal(await (await fetch(`${gateway.url}${path}`)).text(), 'the upstream', path);
  }
});
