import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import test, { after } from 'node:test';
import { folder, readText, routeWith } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

const everything = `
sign_in: public-url
routes:
  - host: [Wiki.Example.com., "*.example.org"]
    path: /docs/
    upstream: [http://a:1, http://b:1]
    sticky: session
    health: { path: /ping, interval: 10s, timeout: 1s, healthy_after: 2, unhealthy_after: 3 }
    prefix: { strip: /docs, add: /base }
    headers: { set: { X-Tenant: main }, remove: [X-Foo], answer: { set: { X-Robots-Tag: none }, remove: [Server] } }
    strip: [X-Bar]
    keep: [X-Original-URI]
    timeout: 30s
    limits: { body: 10mb, headers: 16kb, requests: 100 }
    authorization: upstream
    origins: [https://app.example.com]
    assertion: strict
    case: sensitive
    encoded_slashes: refuse
    identity_headers: remote,X-User=user
    service_workers: allow
    cors: public
    rules: |
      public read /docs/static/**
      viewer * /docs/**
    tests: [GET /docs/static/a.css as anony -> 200]
`;

test('a route has what the file says, and one more for each further host', () => {
  const { signIn, routes } = readText(everything, { PUBLIC_URL: 'https://auth.example.com' });
  const [first, second] = routes;
  equal(signIn, 'public-url');
  deepEqual(
    routes.map(({ name, host, path, line }) => ({ name, host, path, line })),
    [
      { name: 'wiki.example.com/docs', host: 'wiki.example.com', path: '/docs', line: 4 },
      { name: '*.example.org/docs', host: '*.example.org', path: '/docs', line: 4 },
    ],
  );
  deepEqual(first?.upstream, {
    targets: ['http://a:1', 'http://b:1'],
    sticky: 'session',
    health: { path: '/ping', interval: 10_000, timeout: 1000, healthyAfter: 2, unhealthyAfter: 3 },
    tls: { ca: undefined, cert: undefined, key: undefined, serverName: undefined, verify: true },
  });
  deepEqual(first?.request, {
    set: [['X-Tenant', 'main']],
    remove: ['X-Foo', 'X-Bar'],
    keep: ['X-Original-URI'],
    stripPrefix: '/docs',
    addPrefix: '/base',
  });
  deepEqual(first?.answer, { set: [['X-Robots-Tag', 'none']], remove: ['Server'] });
  deepEqual(first?.limits, { upstreamTimeout: 30_000, body: 10 * 1024 ** 2, headers: 16 * 1024, requests: 100 });
  equal(second?.upstream, first?.upstream);
});

test('the policies of a route are those of the file', () => {
  const [route] = readText(everything, { PUBLIC_URL: 'https://auth.example.com' }).routes;
  const { audience, assertion, upstreamAuthorization, origins, publicCors, serviceWorkers, identityNames } =
    route?.policies ?? {};
  deepEqual(
    { audience, assertion, upstreamAuthorization, origins, publicCors, serviceWorkers, identityNames },
    {
      audience: 'wiki.example.com/docs',
      assertion: 'strict',
      upstreamAuthorization: true,
      origins: ['https://app.example.com'],
      publicCors: true,
      serviceWorkers: true,
      identityNames: ['Remote-User', 'Remote-Email', 'Remote-Groups', 'Remote-Name', 'X-User'],
    },
  );
  const decoded = route?.policies.rules.select('GET', '/docs/a%2fb');
  equal(decoded?.kind, 'refused', 'encoded_slashes: refuse');
});

test('what a route leaves out is as the settings say', () => {
  const settings = {
    RULES: 'user * /**',
    UPSTREAM_AUTHORIZATION: 'true',
    SERVICE_WORKERS: 'allow',
    IDENTITY_HEADERS: 'remote',
    UPSTREAM_CA: '/etc/ca.pem',
  };
  const { signIn, routes, warnings } = readText(routeWith(), settings);
  const [route] = routes;
  const selection = route?.policies.rules.select('GET', '/x');
  equal(selection?.kind === 'selected' && selection.chosen[0].rule?.text, 'user * /**');
  deepEqual(
    [signIn, warnings, route?.policies.upstreamAuthorization, route?.policies.serviceWorkers, route?.upstream.tls.ca],
    ['each-host', [], true, true, '/etc/ca.pem'],
  );
  deepEqual(route?.policies.identityNames, ['Remote-User', 'Remote-Email', 'Remote-Groups', 'Remote-Name']);
  deepEqual(route?.limits, { upstreamTimeout: undefined, body: undefined, headers: undefined, requests: undefined });
});

test('rules have the lines of the file, in a block and in one line', () => {
  const inBlock = readText(routeWith('rules: |', '', '  viewer read /a', '  user * /b')).routes[0]?.policies.rules;
  const selected = inBlock?.select('POST', '/b');
  equal(selected?.kind === 'selected' && selected.chosen[0].rule?.line, 7);
  const inLine = readText(routeWith('rules: viewer read /a; user * /b')).routes[0]?.policies.rules;
  const selectedInLine = inLine?.select('POST', '/b');
  equal(selectedInLine?.kind === 'selected' && selectedInLine.chosen[0].rule?.line, 4);
});

test('a timeout of 0 is no limit, as a number and as text', () => {
  for (const none of ['0', '"0"']) equal(readText(routeWith(`timeout: ${none}`)).routes[0]?.limits.upstreamTimeout, 0);
});

test('an alias stands for what its anchor names', () => {
  const text = `
routes:
  - host: a.example.com
    upstream: http://a:1
    headers: &common { set: { X-Tenant: main } }
  - host: b.example.com
    upstream: http://b:1
    headers: *common`;
  deepEqual(
    readText(text).routes.map(({ request }) => request.set),
    [[['X-Tenant', 'main']], [['X-Tenant', 'main']]],
  );
});

test('a route has the same fingerprint until what the file says of it changes, on another line too', () => {
  const fingerprint = (text: string) => readText(text).routes[0]?.fingerprint;
  const first = fingerprint(routeWith('timeout: 30s'));
  equal(fingerprint(`# a comment\n\n${routeWith('timeout: 30s')}`), first);
  notEqual(fingerprint(routeWith('timeout: 31s')), first);
});
