import { deepEqual, equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, before } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
let una: { authorization: string };

before(async () => {
  service = await upstreamThat((req, res) => {
    const base = req.url?.startsWith('/top') ? '/top/v2' : '';
    if (req.url?.endsWith('/moved')) {
      res.writeHead(302, { location: `${service.url}${base}/new`, refresh: '0; url=/new' });
    }
    if (req.url?.endsWith('/cookie')) res.setHeader('Set-Cookie', ['a=1; Path=/', 'gatewarden=evil; Path=/']);
    res.end(req.url);
  });
  const file = fileOf(
    routeOf('a.localhost', service.url, 'path: /docs', 'prefix: { strip: /docs }', 'assertion: strict'),
    routeOf(
      'a.localhost',
      `${service.url}/top`,
      'path: /api',
      'prefix: { strip: /api, add: /v2 }',
      'assertion: strict',
    ),
    routeOf('b.localhost', service.url, 'prefix: { add: /base }'),
  );
  gateway = await gatewayTo(undefined, { file, options: { trustedProxies: ['127.0.0.1'] } });
  una = await gateway.bearer('una');
});
after(async () => {
  for (const one of [gateway, service]) await one[Symbol.asyncDispose]();
});

const last = () => {
  const seen = service.seen.at(-1);
  if (seen === undefined) throw new Error('the service received nothing');
  return seen;
};

for (const [host, target, sent, prefix] of [
  ['a.localhost', '/docs/a?b=/docs', '/a?b=/docs', '/docs'],
  ['a.localhost', '/docs', '/', '/docs'],
  ['a.localhost', '/api/jobs', '/top/v2/jobs', '/api'],
  ['a.localhost', '/api/', '/top/v2/', '/api'],
  ['b.localhost', '/', '/base/', undefined],
  ['b.localhost', '/a%20b', '/base/a%20b', undefined],
] as const) {
  test(`${target} on ${host} reaches the service as ${sent}`, async () => {
    equal((await gateway.send(host, target, { headers: una })).text, sent);
    deepEqual(valuesOf(last(), 'x-forwarded-prefix'), prefix === undefined ? [] : [prefix]);
  });
}

test('a strict assertion is for the target that the service receives', async () => {
  await gateway.send('a.localhost', '/api/jobs?x', { headers: una });
  const [assertion = ''] = valuesOf(last(), 'x-gatewarden-assertion');
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
  const hash = createHash('sha256').update('/top/v2/jobs?x').digest('base64url');
  equal(Object.values(claims).includes(hash), true);
});

test('the prefix that a trusted proxy has removed comes before that of the route', async () => {
  await gateway.send('a.localhost', '/docs/a', { headers: { ...una, 'x-forwarded-prefix': '/outer/' } });
  deepEqual(valuesOf(last(), 'x-forwarded-prefix'), ['/outer/docs']);
});

test('redirects and cookies are those of the paths that the client knows', async () => {
  const { headers } = await gateway.send('a.localhost', '/docs/moved', { headers: una });
  deepEqual([headers.location, headers.refresh], ['http://a.localhost/docs/new', '0; url=/docs/new']);
  const cookies = await gateway.send('a.localhost', '/docs/cookie', { headers: una });
  deepEqual(cookies.headers['set-cookie'], ['a=1; Path=/docs']);
});

test('a service below a path of its own is known by the path of the route', async () => {
  const { headers } = await gateway.send('a.localhost', '/api/moved', { headers: una });
  deepEqual([headers.location, headers.refresh], ['http://a.localhost/api/new', '0; url=/new']);
});

test('so is the service of UPSTREAM', async () => {
  await using alone = await gatewayTo(`${service.url}/top/v2`);
  const { headers } = await alone.send('localhost', '/public/moved');
  deepEqual([headers.location, headers.refresh], ['http://localhost/new', '0; url=/new']);
  await alone.send('localhost', '/public/a', { method: 'COPY', headers: { destination: '/public/b' } });
  deepEqual(valuesOf(last(), 'destination'), ['/top/v2/public/b']);
});

test('the destination of a copy is changed as the target is', async () => {
  for (const [destination, sent] of [
    ['/docs/b', '/b'],
    ['http://a.localhost/docs/b', 'http://a.localhost/b'],
  ] as const) {
    const { status } = await gateway.send('a.localhost', '/docs/a', {
      method: 'COPY',
      headers: { ...una, destination },
    });
    equal(status, 200);
    deepEqual(valuesOf(last(), 'destination'), [sent]);
  }
});

for (const [name, target, destination] of [
  ['a target whose prefix is encoded', '/%64ocs/a', undefined],
  ['a target with a host of its own behind the prefix', '/docs//evil.example/a', undefined],
  ['a destination with a host of its own behind the prefix', '/docs/a', '/docs//evil.example/a'],
  ['a destination of another route', '/docs/a', '/api/a'],
  ['a destination on another host', '/docs/a', 'http://b.localhost/docs/a'],
] as const) {
  test(`${name} is refused`, async () => {
    const before = service.seen.length;
    const headers = { ...una, ...(destination === undefined ? {} : { destination }) };
    const { status } = await gateway.send('a.localhost', target, { method: destination ? 'COPY' : 'GET', headers });
    deepEqual([status, service.seen.length], [400, before]);
  });
}
