import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { parseRules } from '../../../lib/request/authorize/rules.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import { roles, rulesOf, scopes } from './known.ts';

test('the rules of the guide, with comments, blank lines and semicolons', () => {
  const rules = rulesOf(`
# who may do what; all of it
public   read          /assets/**
user     *             /home/:self/**   # their own
user  POST,GET /tasks  approve=operator;; operator write /api/**

admin * /x network=10.0.0.0/8,::1 scope=deploy:write`);
  deepEqual(
    rules.map((rule) => [rule.line, rule.role, rule.public, rule.text]),
    [
      [3, 'anony', true, 'public read /assets/**'],
      [4, 'user', false, 'user * /home/:self/**'],
      [5, 'user', false, 'user POST,GET /tasks approve=operator'],
      [5, 'operator', false, 'operator write /api/**'],
      [7, 'admin', false, 'admin * /x network=10.0.0.0/8,::1 scope=deploy:write'],
    ],
  );
  deepEqual(rules[2]?.methods, new Set(['POST', 'GET', 'HEAD']));
  deepEqual(
    [rules[2]?.approve, rules[4]?.networks?.cidrs, rules[4]?.scope],
    ['operator', ['10.0.0.0/8', '::1'], 'deploy:write'],
  );
});

test('no rules at all are no rules', () => deepEqual(rulesOf(' \n; # nothing'), []));

const wrong: readonly (readonly [string, RegExp])[] = [
  ['viewer read', /not "role METHODS path"/],
  ['root read /', /no role "root"/],
  ['Viewer read /', /no role "Viewer"/],
  ['viewer get /', /"get" is no method/],
  ['viewer GET,read /', /"read" is no method/],
  ['viewer GET, /', /"" is no method/],
  ['viewer read a', /must begin with/],
  ['viewer read http://a/b', /must begin with/],
  ['viewer read //a', /empty segment/],
  ['viewer read /a//b', /empty segment/],
  ['viewer read /a/', /ends in \//],
  ['viewer read /**/a', /only at the end/],
  ['viewer read /a*', /whole segment/],
  ['viewer read /***', /whole segment/],
  ['viewer read /a/:id', /only :self/],
  ['viewer read /a/:Self', /only :self/],
  ['viewer read /:self/:self', /once only/],
  ['viewer read /a/../b', /dot segment/],
  ['viewer read /a/.', /dot segment/],
  ['viewer read /a.', /ends in a dot/],
  ['viewer read /%61', /written decoded/],
  ['viewer read /a?b', /match nothing/],
  ['viewer read /a#b', /match nothing/],
  ['viewer read /a\\b', /match nothing/],
  ['viewer read /\u00e4', /match nothing/],
  ['viewer read / colour=red', /"colour" is no condition/],
  ['viewer read / scope=unknown', /no scope "unknown"/],
  ['viewer read / scope', /no scope ""/],
  ['viewer read / network=10.0.0.0/33', /no network/],
  ['viewer read / network=10.1', /no network/],
  ['viewer read / network=10.0.0.0/8,', /"" is no network/],
  ['viewer read / approve=root', /no role "root"/],
  ['viewer read / scope=report:read scope=report:read', /scope= is given twice/],
  ['operator read / approve=user', /has no effect/],
  ['public read /:self', /cannot have :self/],
  ['public read / scope=report:read', /cannot have scope=/],
  ['anony read / approve=admin', /cannot have approve=/],
];

for (const [text, message] of wrong) {
  test(`"${text}" is refused`, () => {
    const parsed = parseRules(text, { ladder: roles, scopes });
    equal(parsed.ok, false);
    match(parsed.ok ? '' : parsed.problems.join('\n'), message);
  });
}

test('every problem is told, each with its line', () => {
  const parsed = parseRules('root get a\r\nviewer read /\nviewer read //a; user read /a*', { ladder: roles, scopes });
  deepEqual(parsed.ok ? [] : parsed.problems.map((problem) => problem.slice(0, 7)), [
    'line 1:',
    'line 1:',
    'line 1:',
    'line 3:',
    'line 3:',
  ]);
});

test('the words of our own rungs are understood on a ladder with other names', () => {
  const other = ladder('anony,guest=viewer,member=user,admin');
  const parsed = parseRules('viewer read /**; user * /**; operator * /x', {
    ladder: other,
    scopes: scopeTable('', other),
  });
  deepEqual(parsed.ok && parsed.rules.map((rule) => rule.role), ['guest', 'member', 'admin']);
});
