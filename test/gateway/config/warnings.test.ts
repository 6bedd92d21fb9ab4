import { deepEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import test, { after } from 'node:test';
import { folder, routeWith, warningsOf } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

test('rules that never decide are warned about, with the one that does', () => {
  const rules = [
    'viewer read /docs/**',
    'user GET,POST /docs/a',
    'viewer GET /docs/b',
    'operator * /docs/*/c',
    'admin DELETE /docs/:self/c',
    'user write /docs/**',
  ];
  deepEqual(warningsOf(routeWith('rules: |', ...rules.map((rule) => `  ${rule}`))), [
    '7:7: the rule "viewer GET /docs/b" never decides: "viewer read /docs/**" in line 5 matches all that it would',
    '9:7: the rule "admin DELETE /docs/:self/c" never decides: "operator * /docs/*/c" in line 8 matches all that it would',
  ]);
});

test('rules of other paths than that of the route are warned about', () => {
  deepEqual(warningsOf(routeWith('path: /docs', 'rules: public read /static/**; viewer * /**; user * /')), [
    '5:12: the rule "public read /static/**" matches no path of the route, which serves /docs',
    '5:12: the rule "user * /" matches no path of the route, which serves /docs',
    '5:12: the rule "user * /" never decides: "viewer * /**" in line 5 matches all that it would',
  ]);
});

test('routes that get no requests for a host, since another route has it, are warned about by name', () => {
  const text = `routes:
- { host: "*.example.com", path: /docs, upstream: "http://a" }
- { host: "*.example.com", upstream: "http://a" }
- { host: wiki.example.com, upstream: "http://b" }
- { host: "*.eu.example.com", upstream: "http://b" }`;
  deepEqual(warningsOf(text), [
    '2:3: the route *.example.com/docs gets no requests for wiki.example.com, which has a route of its own (line 4)',
    '2:3: the route *.example.com/docs gets no requests for *.eu.example.com, which has a route of its own (line 5)',
  ]);
});

test('routes whose paths differ in case only are warned about by name', () => {
  const text = `routes:
- { host: a.b, path: /docs, upstream: "http://a" }
- { host: a.b, path: /Docs, upstream: "http://b" }`;
  deepEqual(warningsOf(text), [
    '3:3: the routes a.b/Docs and a.b/docs (line 2) differ in case only: each may be read as the other',
  ]);
});

test('what has no effect, and certificates that are not checked, are warned about', () => {
  const text = 'routes: [{ host: a, upstream: "https://a", tls: { verify: false }, keep: [X-Original-URI] }]';
  const unchecked = 'verify: the certificates of https://a are not checked: who is on the network can pose as them';
  deepEqual(warningsOf(text), [`1:59: ${unchecked}`, '1:68: keep: has no effect without GATEWARDEN_TRUSTED_PROXIES']);
  deepEqual(warningsOf(text, { TRUSTED_PROXIES: '10.0.0.1' }), [`1:59: ${unchecked}`]);
});
