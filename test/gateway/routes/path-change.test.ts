import { deepEqual, equal, notEqual } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { linksOf } from '../../../gateway/proxy/links.ts';
import { pathChange } from '../../../gateway/routes/path-change.ts';
import { decideRules } from '../../../lib/request/authorize/decide.ts';
import { ruleTable } from '../../../lib/request/authorize/match.ts';
import { principal, roles, rulesOf } from '../../request/authorize/known.ts';
import { permits, reader, target } from '../../request/authorize/readers.ts';

const open = ruleTable(rulesOf('public * /**'));

for (const [strip, add, received, sent] of [
  ['/docs', '', '/docs', '/'],
  ['/docs', '', '/docs?a=/b', '/?a=/b'],
  ['/docs', '', '/docs/', '/'],
  ['/docs', '', '/docs/a%20b;c?d', '/a%20b;c?d'],
  ['/docs', '', 'http://a.example/docs/a', 'http://a.example/a'],
  ['/docs', '', '*', '*'],
  ['/docs', '/base', '/docs', '/base'],
  ['/docs', '/base', '/docs?a', '/base?a'],
  ['/docs', '/base', '/docs/', '/base/'],
  ['/docs', '/base', '/docs//a', '/base//a'],
  ['', '/base', '/', '/base/'],
  ['', '/base', '/a/b/', '/base/a/b/'],
  ['', '/base', '//a', '/base//a'],
  ['', '/base', 'http://a.example', 'http://a.example/base'],
  ['/docs', '', '/docs/Read', '/Read'],
  // The prefix is not there byte for byte, or what is left may be read as a path that was not judged.
  ['/docs', '', '/%64ocs/a', undefined],
  ['/docs', '', '/docs%2fa', undefined],
  ['/docs', '', '/docs//evil.example/a', undefined],
  ['/docs', '', '/docs/%2fa', undefined],
  ['/docs', '', '/docs;x/a', undefined],
  ['/docs', '', '/documents', undefined],
  ['/docs', '/base', '/docs/%2e%2e/a', undefined],
] as const) {
  test(`without ${strip || 'a prefix'} and below ${add || '/'}, ${received} is ${sent ?? 'refused'}`, () => {
    const change = pathChange({ stripPrefix: strip, addPrefix: add });
    const problem = change.problem('GET', received, open);
    equal(problem?.code, sent === undefined ? 'ambiguous_path' : undefined);
    if (sent !== undefined) equal(change.toUpstream(received), sent);
  });
}

test('a prefix that is its own path to the rules, and none to the service, is refused', () => {
  const change = pathChange({ stripPrefix: '/docs', addPrefix: '' });
  const rules = ruleTable(rulesOf('public read /docs\nadmin * /**'));
  equal(change.problem('GET', '/docs', rules)?.code, 'ambiguous_path');
  equal(change.problem('GET', '/docs?x', rules)?.code, 'ambiguous_path');
  equal(change.problem('GET', '/docs/', rules), undefined);
  equal(pathChange({ stripPrefix: '/docs', addPrefix: '/a' }).problem('GET', '/docs', rules), undefined);
  equal(change.problem('GET', '/docs', ruleTable(rulesOf('public read /docs/**'))), undefined);
});

const ruleSets = [
  'public read /admin/public/**\nadmin * /admin/**\nviewer * /**',
  'admin * /admin/secret/**\nuser * /admin/home/:self/**\npublic read /**',
  'operator GET /admin/*/secret\npublic * /**',
];
const nobody = principal('anony');

test('what every lenient reader makes of the bytes that are sent on is a path that the rules allow', () => {
  let passed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...ruleSets),
      fc.constantFrom('', '/base'),
      target,
      reader,
      (text, add, bytes, service) => {
        const rules = rulesOf(text);
        const table = ruleTable(rules, { encodedSlashes: 'judge' });
        const received = `/admin${bytes}`;
        const verdict = decideRules(table.select('GET', received), { principal: nobody, address: '', ladder: roles });
        const change = pathChange({ stripPrefix: '/admin', addPrefix: add });
        if (!verdict.allow || change.problem('GET', received, table) !== undefined) return true;
        passed += 1;
        const path = service.read(change.toUpstream(received));
        if (!path.startsWith(add)) return false;
        return permits(rules, `/admin${path.slice(add.length)}`, service.folds, nobody);
      },
    ),
    { numRuns: 20_000 },
  );
  notEqual(passed, 0);
});

const source = {
  address: '127.0.0.1',
  peer: '127.0.0.1',
  trusted: false,
  forwarded: false,
  proto: 'https',
  host: 'wiki.example.com',
  hostname: 'wiki.example.com',
  admin: false,
} as const;

const linksFor = (stripPrefix: string, addPrefix: string) =>
  linksOf({ ...pathChange({ stripPrefix, addPrefix }), hosts: ['wiki:8080', '[::1]:9000'] });

for (const [strip, add, given, told] of [
  ['/docs', '', '/login?next=/a', '/docs/login?next=/a'],
  ['/docs', '', '/', '/docs/'],
  ['/docs', '', '/docs/login', '/docs/login'],
  ['/docs', '', '/docs', '/docs'],
  ['/docs', '', 'login', 'login'],
  ['/docs', '', '?a', '?a'],
  ['/docs', '', '#a', '#a'],
  ['/docs', '', '', ''],
  ['/docs', '', 'http://wiki:8080/login', 'https://wiki.example.com/docs/login'],
  ['/docs', '', '//WIKI:8080/login', 'https://wiki.example.com/docs/login'],
  ['/docs', '', 'http://[::1]:9000', 'https://wiki.example.com/docs/'],
  ['/docs', '', 'https://wiki.example.com/login', 'https://wiki.example.com/docs/login'],
  ['/docs', '', 'https://wiki.example.com:443/login', 'https://wiki.example.com:443/docs/login'],
  ['/docs', '', '//wiki.example.com/login', '//wiki.example.com/docs/login'],
  ['/docs', '', 'https://other.example/login', 'https://other.example/login'],
  ['/docs', '', 'https://wiki.example.com:8443/login', 'https://wiki.example.com:8443/login'],
  ['/docs', '', 'mailto:a@wiki', 'mailto:a@wiki'],
  ['/docs', '/base', '/base/a', '/docs/a'],
  ['/docs', '/base', '/base?a', '/docs?a'],
  ['/docs', '/base', '/other', '/other'],
  ['', '/base', '/base/a', '/a'],
  ['', '/base', '/base', '/'],
  ['', '/base', '/basement', '/basement'],
] as const) {
  test(`a redirect to ${given || 'nothing'} leads to ${told || 'nothing'} without ${strip || 'a prefix'}, below ${add || '/'}`, () => {
    equal(linksFor(strip, add).location(given, source), told);
  });
}

for (const [given, told] of [
  ['a=1', 'a=1'],
  ['a=1; Path=/; HttpOnly', 'a=1; Path=/docs; HttpOnly'],
  ['a=1; path=/x;Secure', 'a=1; Path=/docs/x;Secure'],
  ['a=1; Path=/docs/x', 'a=1; Path=/docs/x'],
  ['a=/; Path=/', 'a=/; Path=/docs'],
  ['a=1; Path=', 'a=1; Path='],
  ['__Host-a=1; Path=/; Secure', '__Host-a=1; Path=/; Secure'],
  ['a=1; Domain=wiki; Path=/', 'a=1; Path=/docs'],
  ['a=1; Domain=.wiki', 'a=1'],
  ['a=1; Domain=example.com', 'a=1; Domain=example.com'],
] as const) {
  test(`the cookie ${given} is set as ${told}`, () => {
    equal(linksFor('/docs', '').cookie(given, source), told);
  });
}

test('cookies of a service below a path of its own are set for the path that the client knows', () => {
  const { cookie } = linksFor('/docs', '/base');
  deepEqual(
    ['a=1; Path=/base', 'a=1; Path=/base/x', 'a=1; Path=/', 'a=1; Path=/other'].map((one) => cookie(one, source)),
    ['a=1; Path=/docs', 'a=1; Path=/docs/x', 'a=1; Path=/docs', 'a=1; Path=/other'],
  );
});

test('Refresh and Link are changed where they hold a URL', () => {
  const { refresh, link } = linksFor('/docs', '');
  deepEqual(
    ['5', '5; url=/a', '0;URL="/a?b"', '3, /a', '1; url=http://wiki:8080/a', 'x'].map((one) => refresh(one, source)),
    ['5', '5; url=/docs/a', '0;URL="/docs/a?b"', '3, /docs/a', '1; url=https://wiki.example.com/docs/a', 'x'],
  );
  equal(
    link('</a.css>; rel=preload, <https://cdn.example/b>; rel="x y", <c>', source),
    '</docs/a.css>; rel=preload, <https://cdn.example/b>; rel="x y", <c>',
  );
});
