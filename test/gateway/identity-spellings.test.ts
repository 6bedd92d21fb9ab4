import { deepEqual, equal } from 'node:assert/strict';
import test, { after } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { gatewayTo, upstreamThat } from './started.ts';

const upstream = await upstreamThat((_req, res) => void res.end('x'));
const gateway = await gatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
const zoe = await gateway.bearer('zoe');

const names = [
  'X-Forwarded-User',
  'x_forwarded_user',
  'X.Forwarded.User',
  'x-FORWARDED-email',
  'X_Forwarded-Groups',
  'Remote-User',
  'REMOTE_USER',
  'X-Remote-User',
  'X-Auth-Request-User',
  'x_auth_request_email',
  'X-authentik-username',
  'X-WebAuth-User',
  'X-Gatewarden-Assertion',
  'x_gatewarden_assertion',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Rewrite_Url',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'X-Real-IP',
  'Forwarded',
  'X-Forwarded-For',
];

for (const path of ['/closed', '/public/open']) {
  for (const name of names) {
    test(`${name} from a client does not reach the upstream on ${path}`, async () => {
      const auth = path === '/closed' ? `Authorization: ${zoe.authorization}\r\n` : '';
      const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${auth}`;
      await rawRequest(gateway.port, `${head}${name}: evil\r\n${name}: evil too\r\nConnection: close\r\n\r\n`);
      equal(JSON.stringify(upstream.seen.at(-1)?.rawHeaders).includes('evil'), false);
    });
  }
}

test('naming our headers in Connection takes none of them away', async () => {
  const lines = [
    'Connection: close, X-Forwarded-User, X-Gatewarden-Assertion, X-Forwarded-For',
    `Authorization: ${zoe.authorization}`,
  ];
  await rawRequest(gateway.port, `GET /closed HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`);
  const raw = upstream.seen.at(-1)?.rawHeaders ?? [];
  const told = ['x-forwarded-user', 'x-gatewarden-assertion', 'x-forwarded-for'];
  deepEqual(
    told.filter((name) => raw.some((one) => one.toLowerCase() === name)),
    told,
  );
});

test('identity in a trailer does not reach the upstream', async () => {
  const head = `POST /closed HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${zoe.authorization}\r\nTransfer-Encoding: chunked`;
  const body = '1\r\nx\r\n0\r\nX-Forwarded-User: evil\r\n\r\n';
  await rawRequest(gateway.port, `${head}\r\nTrailer: X-Forwarded-User\r\nConnection: close\r\n\r\n${body}`);
  const seen = upstream.seen.at(-1);
  seen?.req.resume();
  equal(JSON.stringify(seen?.req.rawTrailers), '[]');
  equal(JSON.stringify(seen?.rawHeaders).includes('evil'), false);
});
