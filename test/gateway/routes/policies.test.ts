import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

let service: TestUpstream;
let gateway: TestGateway;
let una: { authorization: string };
let zoe: { cookie: string };

before(async () => {
  service = await upstreamThat((_req, res) => {
    res.setHeader('Service-Worker-Allowed', '/');
    res.end('served');
  });
  const rules = 'rules: public read /open/**; admin * /admin/**; user * /**';
  const file = fileOf(
    routeOf('strict.localhost', service.url, rules, 'encoded_slashes: refuse'),
    routeOf(
      'lenient.localhost',
      service.url,
      rules,
      'authorization: upstream',
      'case: sensitive',
      'origins: [https://app.example]',
      'service_workers: allow',
      'identity_headers: none',
    ),
  );
  gateway = await gatewayTo(service.url, { file, options: { rules: 'admin * /**' } });
  una = await gateway.bearer('una');
  zoe = await gateway.signIn('zoe');
});
after(async () => {
  for (const one of [gateway, service]) await one[Symbol.asyncDispose]();
});

/** The status of one request on the route with the options, on the one without, and on that of UPSTREAM. */
async function statuses(target: string, method = 'GET', headers: Record<string, string> = {}) {
  const heard = [];
  for (const host of ['lenient.localhost', 'strict.localhost', 'localhost'])
    heard.push((await gateway.send(host, target, { method, headers })).status);
  return heard;
}

test('each route decides by rules of its own', async () => {
  deepEqual(await statuses('/x', 'GET', una), [200, 200, 403]);
  deepEqual(await statuses('/open/x'), [200, 200, 401]);
});

test('paths that differ in case are told apart where the service does so', async () => {
  deepEqual(await statuses('/Admin/x', 'GET', una), [200, 403, 403]);
  deepEqual(await statuses('/admin/x', 'GET', una), [403, 403, 403]);
});

test('encoded slashes are judged, or refused', async () => {
  deepEqual(await statuses('/open/a%2fb'), [200, 400, 401]);
});

test('an Authorization of the service’s own passes where the route leaves it to the service', async () => {
  const basic = { authorization: 'Basic eDp5' };
  deepEqual(await statuses('/x', 'GET', { ...basic, ...zoe }), [200, 200, 403]);
  const alone = await gateway.send('lenient.localhost', '/x', { headers: basic });
  const strange = await gateway.send('strict.localhost', '/x', { headers: basic });
  match(alone.text, /missing_credential/);
  match(strange.text, /UPSTREAM_AUTHORIZATION/);
});

test('a page of another origin may change something where the route names the origin', async () => {
  const headers = { ...zoe, origin: 'https://app.example' };
  deepEqual(await statuses('/x', 'POST', headers), [200, 403, 403]);
  deepEqual(await statuses('/x', 'POST', { ...zoe, origin: 'https://app.example.evil' }), [403, 403, 403]);
});

test('a service worker may cover our pages where the route allows it', async () => {
  const worker = { headers: { 'service-worker': 'script', ...una } };
  const [allowed, refused] = [
    await gateway.send('lenient.localhost', '/sw.js', worker),
    await gateway.send('strict.localhost', '/sw.js', worker),
  ];
  deepEqual([allowed.text, allowed.headers['service-worker-allowed']], ['served', '/']);
  match(refused.text, /unregister/);
  equal(refused.headers['service-worker-allowed'], undefined);
});

test('a route may tell its service nothing but the assertion', async () => {
  await gateway.send('lenient.localhost', '/x', { headers: una });
  const seen = service.seen.at(-1);
  if (seen === undefined) throw new Error('the service received nothing');
  deepEqual(valuesOf(seen, 'x-forwarded-user'), []);
  equal(valuesOf(seen, 'x-gatewarden-assertion').length, 1);
});
