import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pathPrefixes } from '../../lib/request/authorize/path-prefixes.ts';
import { type RouteOptions, routePolicies } from '../../lib/request/route-policies.ts';
import { type RouteEntry, routesByHost } from '../../lib/request/routes-by-host.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { everyReader, reader, target } from './authorize/readers.ts';

const resolved = loadSettings({ env: {}, given: { upstream: 'http://127.0.0.1:1' }, applies: 'gateway' });

function entry(name: string, options: RouteOptions = {}): RouteEntry {
  const slash = name.indexOf('/');
  const [host, path] = slash === -1 ? [name, ''] : [name.slice(0, slash), name.slice(slash)];
  return { host, path, policies: routePolicies(resolved, { name, ...options }) };
}

const others = routePolicies(resolved);
const table = routesByHost(
  [
    ...['a.example', '*.example', '*.deep.example', 'b.example/docs', 'b.example/docs/api', 'b.example', 'c.example/x'],
    ...['d.example/Docs', 'd.example'],
  ].map((name) => entry(name)),
  others,
);

const found = (host: string, path: string, from = table): string => {
  const route = from.find(host, path);
  return 'code' in route ? route.code : route.name;
};

for (const [host, path, route] of [
  ['a.example', '/', 'a.example'],
  ['x.example', '/', '*.example'],
  ['x.y.example', '/', '*.example'],
  ['x.deep.example', '/', '*.deep.example'],
  ['deep.example', '/', '*.example'],
  ['example', '/', 'upstream'],
  ['other', '/docs', 'upstream'],
  ['b.example', '/', 'b.example'],
  ['b.example', '/docs', 'b.example/docs'],
  ['b.example', '/docs/', 'b.example/docs'],
  ['b.example', '/docs?/../x', 'b.example/docs'],
  ['b.example', '/docs/apis', 'b.example/docs'],
  ['b.example', '/docs/api/x', 'b.example/docs/api'],
  ['b.example', 'http://b.example/docs/x', 'b.example/docs'],
  ['b.example', '/docsx', 'b.example'],
  ['b.example', '/%64ocs/x', 'b.example/docs'],
  ['b.example', '*', 'b.example'],
  ['c.example', '/x/y', 'c.example/x'],
  ['c.example', '/y', 'not_found'],
  ['c.example', '*', 'not_found'],
  // Some reading of each of these belongs to another route.
  ['b.example', '/DOCS/x', 'ambiguous_path'],
  ['b.example', '/docs;x/y', 'ambiguous_path'],
  ['b.example', '/docs%2fy', 'ambiguous_path'],
  ['b.example', '//docs/y', 'ambiguous_path'],
  ['b.example', '/docs./y', 'ambiguous_path'],
  ['b.example', '/docs/../x', 'ambiguous_path'],
  ['b.example', '/docs%', 'ambiguous_path'],
  ['c.example', '/X/y', 'ambiguous_path'],
  ['d.example', '/docs/x', 'ambiguous_path'],
  ['d.example', '/x', 'd.example'],
] as const) {
  test(`${path} on ${host} is served by ${route}`, () => equal(found(host, path), route));
}

test('hosts without a route are served by nobody where there is no route for them', () => {
  const alone = routesByHost([entry('a.example')]);
  equal(found('b.example', '/', alone), 'not_found');
  deepEqual([alone.serves('a.example'), alone.serves('b.example')], [true, false]);
  deepEqual([table.serves('new.example'), table.serves('other')], [true, false]);
});

test('case decides where every route of the host is case-sensitive', () => {
  const sensitive = { case: 'sensitive' } as const;
  const both = routesByHost([entry('a.example/docs', sensitive), entry('a.example/Docs', sensitive)]);
  equal(found('a.example', '/docs/x', both), 'a.example/docs');
  equal(found('a.example', '/Docs/x', both), 'a.example/Docs');
  const mixed = routesByHost([entry('a.example/docs', sensitive), entry('a.example/Docs')]);
  equal(found('a.example', '/Docs/x', mixed), 'ambiguous_path');
});

test('a host that was invented below a wildcard takes no room for ever', () => {
  for (let count = 0; count < 3000; count += 1) equal(found(`h${count}.example`, '/'), '*.example');
});

const paths = fc.uniqueArray(
  fc.constantFrom('', '/admin', '/admin/secret', '/public', '/home/alice', '/Admin', '/a', '/wiki/a'),
  { minLength: 1, maxLength: 5 },
);

/** The longest path that a reading is at or below, as a service would find it. */
const longest = (given: readonly string[], path: string, folds: boolean): string | undefined =>
  given
    .filter((one) => {
      const wanted = folds ? one.toLowerCase() : one;
      return path === wanted || path.startsWith(`${wanted}/`) || wanted === '';
    })
    .sort((one, other) => other.length - one.length)[0];

test('every lenient reader of the bytes finds the route that the request is sent to', () => {
  fc.assert(
    fc.property(paths, target, reader, (given, bytes, service) => {
      const route = pathPrefixes(given.map((path) => ({ path, value: { path } })))(bytes);
      if (given.length === 1 && given[0] === '') return;
      if (route !== undefined && 'code' in route) return;
      equal(longest(given, service.read(bytes), service.folds), route?.path);
    }),
    { numRuns: 30_000 },
  );
});

test('each way in which a path can be read is checked against the routes', () => {
  const find = pathPrefixes(['', '/admin'].map((path) => ({ path, value: { path } })));
  for (const bytes of ['/%61dmin', '/x/%252e%252e/admin', '/;x/admin', '/a%2fb', '/admin%23', '/admin%3fx', '/ADMIN']) {
    const route = find(bytes);
    if (route === undefined || 'code' in route) continue;
    for (const { read, folds } of everyReader) equal(longest(['', '/admin'], read(bytes), folds), route.path, bytes);
  }
});
