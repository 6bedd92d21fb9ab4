import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rawRequest } from '../../support/http.ts';
import { type AuthorizationServer, authorizationServer } from './server.ts';

const root = '/.well-known/oauth-authorization-server';

let here: AuthorizationServer;
before(async () => {
  here = await authorizationServer({ publicUrl: 'https://app.example.com', allowedHosts: ['127.0.0.1'] });
});
after(() => here[Symbol.asyncDispose]());

const at = (path: string): string => `${new URL(here.issuer).origin}${path}`;

test('the endpoints are at the public address, below the path of the pages', async () => {
  const found = await Promise.all(
    [`${root}/auth`, `/auth${root}`].map(async (path) => (await fetch(at(path))).json() as Promise<object>),
  );
  deepEqual(found[0], found[1]);
  const { issuer, token_endpoint, jwks_uri, response_types_supported, grant_types_supported } = found[0] as Record<
    string,
    unknown
  >;
  deepEqual([issuer, response_types_supported], [here.issuer, []]);
  deepEqual(
    [token_endpoint, jwks_uri],
    ['https://app.example.com/auth/oauth/token', 'https://app.example.com/auth/jwks.json'],
  );
  // Off unless PASSWORD_GRANT says otherwise.
  equal((grant_types_supported as string[]).includes('password'), false);
});

test('every other path is left to the app', async () => {
  for (const path of [root, `${root}/other`, `${root}/auth2`, '/.well-known/other', '/']) {
    equal(await (await fetch(at(path))).text(), 'the app', path);
  }
});

test('below it there is nothing of ours, and only GET', async () => {
  for (const path of [`${root}/auth/`, `${root}/auth/login`, `${root}/auth/api/v1/session`]) {
    equal((await fetch(at(path))).status, 404, path);
  }
  const posted = await fetch(at(`${root}/auth`), { method: 'POST' });
  deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
  equal((await fetch(at(`${root}/auth?a=b`))).status, 200);
});

test('a host that is not served is told nothing', async () => {
  await using other = await authorizationServer({ publicUrl: 'https://app.example.com' });
  const request = `GET ${root}/auth HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
  const answer = await rawRequest(Number(new URL(other.issuer).port), request);
  match(answer, /^HTTP\/1\.1 421 /);
});
