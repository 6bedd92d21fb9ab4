import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { decideRules, isPublic } from '../../../lib/request/authorize/decide.ts';
import { ruleTable } from '../../../lib/request/authorize/match.ts';
import type { PathOptions } from '../../../lib/request/authorize/path.ts';
import type { Principal } from '../../../lib/types.ts';
import { principal, roles, rulesOf } from './known.ts';

const table = ruleTable(
  rulesOf(`
public   read       /assets/**
public   GET        /
user     *          /home/:self/**
admin    *          /admin/**
viewer   read       /docs/*
user     POST       /tasks        approve=operator
operator write      /api/**       scope=deploy:write
viewer   read       /lan/**       network=10.0.0.0/8
public   read       /lobby        network=10.0.0.0/8
viewer   PURGE,GET  /cache
viewer   read       /wiki/**`),
);

const client: Principal = principal('operator', 'alice', { kind: 'client', id: 'client:ci', scopes: [] });
const anonymous = principal('anony');

function outcome(method: string, target: string, who: Principal, address = '192.0.2.7'): string {
  const verdict = decideRules(table.select(method, target), { principal: who, address, ladder: roles });
  return verdict.allow ? 'allow' : verdict.refusal.code;
}

const rows: readonly (readonly [string, string, string, Principal, string])[] = [
  ['a public path for anybody', 'GET', '/assets/app.js', anonymous, 'allow'],
  ['a public directory itself', 'GET', '/assets', anonymous, 'allow'],
  ['a public directory with its slash', 'GET', '/assets/', anonymous, 'allow'],
  ['the root', 'GET', '/', anonymous, 'allow'],
  ['HEAD where GET may', 'HEAD', '/', anonymous, 'allow'],
  ['OPTIONS where only GET may', 'OPTIONS', '/', anonymous, 'missing_credential'],
  ['OPTIONS where reading may', 'OPTIONS', '/assets/x', anonymous, 'allow'],
  ['writing where reading may', 'POST', '/assets/x', anonymous, 'missing_credential'],
  ['a name that only begins alike', 'GET', '/administrator', principal('operator'), 'insufficient_role'],
  ['a name that only begins like a public one', 'GET', '/assetsx', anonymous, 'missing_credential'],
  ['the query, which never takes part', 'GET', '/x?/assets/app.js', anonymous, 'missing_credential'],
  ['nothing that matches, for an operator', 'GET', '/else', principal('operator'), 'insufficient_role'],
  ['nothing that matches, for an admin', 'GET', '/else', principal('admin'), 'allow'],
  ['one segment', 'GET', '/docs/a', principal('viewer'), 'allow'],
  ['two segments where there is one', 'GET', '/docs/a/b', principal('operator'), 'insufficient_role'],
  ['no segment where there is one', 'GET', '/docs/', principal('operator'), 'insufficient_role'],
  ['their own', 'PUT', '/home/alice/x', principal('user'), 'allow'],
  ['their own, directory itself', 'GET', '/home/alice', principal('user'), 'allow'],
  ["another's", 'GET', '/home/bob/x', principal('user'), 'insufficient_role'],
  ["another's, for an admin", 'GET', '/home/bob/x', principal('admin'), 'insufficient_role'],
  ['their own, without signing in', 'GET', '/home/alice/x', anonymous, 'missing_credential'],
  ['their own, with params', 'GET', '/home/alice;x/y', principal('user'), 'insufficient_role'],
  ['their own in another case', 'GET', '/home/Alice/x', principal('user'), 'insufficient_role'],
  ['their own in its very case', 'GET', '/home/Alice/x', principal('user', 'Alice'), 'allow'],
  ['a client of the name', 'GET', '/home/alice/x', client, 'insufficient_role'],
  ['a role too low for :self', 'GET', '/home/alice/x', principal('viewer'), 'insufficient_role'],
  ['what would need an approval', 'POST', '/tasks', principal('user'), 'approval_unavailable'],
  ['what one may approve', 'POST', '/tasks', principal('operator'), 'allow'],
  ['a scope that is held', 'POST', '/api/x', principal('operator'), 'allow'],
  ['a scope that is not held', 'POST', '/api/x', client, 'insufficient_scope'],
  ['a verb of its own', 'PURGE', '/cache', principal('viewer'), 'allow'],
  ['another unknown verb', 'PROPFIND', '/cache', principal('viewer'), 'insufficient_role'],
  ['a verb in lower case', 'get', '/', anonymous, 'missing_credential'],
  ['an unknown role', 'GET', '/wiki/a', principal('root'), 'insufficient_role'],
  ['a path that cannot be judged', 'GET', '/a/../assets/x', principal('admin'), 'ambiguous_path'],
  ['a double slash into a closed place', 'GET', '//admin', principal('viewer'), 'insufficient_role'],
  ['upper case into a closed place', 'GET', '/WIKI/../ADMIN', principal('viewer'), 'ambiguous_path'],
  ['upper case of a closed place', 'GET', '/ADMIN', principal('viewer'), 'insufficient_role'],
  ['upper case below an open place', 'GET', '/wiki/Main', principal('viewer'), 'allow'],
  [
    'upper case of an open place, kept by its own rules only',
    'GET',
    '/Wiki/Main',
    principal('viewer'),
    'insufficient_role',
  ],
  ['params that hide a closed place', 'GET', '/admin;x/y', principal('viewer'), 'insufficient_role'],
  ['a public host part of a closed path', 'GET', '//assets/admin/x', anonymous, 'missing_credential'],
  ['the target *', 'OPTIONS', '*', principal('operator'), 'insufficient_role'],
];

for (const [name, method, target, who, expected] of rows) {
  test(`${name}: ${method} ${target} as ${who.kind === 'client' ? 'client' : who.role} is ${expected}`, () => {
    equal(outcome(method, target, who), expected);
  });
}

test('a network lets its own in, and signing in does not help the others', () => {
  equal(outcome('GET', '/lan/x', principal('viewer'), '10.1.2.3'), 'allow');
  equal(outcome('GET', '/lan/x', principal('viewer'), '::ffff:10.1.2.3'), 'allow');
  equal(outcome('GET', '/lan/x', principal('admin'), '192.0.2.7'), 'insufficient_role');
  equal(outcome('GET', '/lan/x', principal('admin'), ''), 'insufficient_role');
  equal(outcome('GET', '/lobby', anonymous, '10.1.2.3'), 'allow');
  equal(outcome('GET', '/lobby', anonymous, '192.0.2.7'), 'insufficient_role');
});

test('a rule that fails is the last word: no weaker rule after it', () => {
  const weak = ruleTable(rulesOf('admin GET /a scope=deploy:write\nviewer * /**'));
  const verdict = decideRules(weak.select('GET', '/a'), { principal: principal('viewer'), address: '', ladder: roles });
  deepEqual(verdict.allow ? '' : [verdict.refusal.code, verdict.rule?.line], ['insufficient_role', 1]);
});

test('the scope that is missing is named', () => {
  const verdict = decideRules(table.select('POST', '/api/x'), { principal: client, address: '', ladder: roles });
  equal(verdict.allow ? '' : verdict.refusal.scope, 'deploy:write');
});

const open: readonly (readonly [string, boolean])[] = [
  ['/assets/x', true],
  ['/assets/X', true],
  ['/assets/', true],
  ['/ASSETS/x', false],
  ['/assets/..', false],
  ['//assets/wiki', false],
  ['/wiki/x', false],
  ['/else', false],
];

for (const [target, expected] of open) {
  test(`${target} is ${expected ? '' : 'not '}public`, () => equal(isPublic(table.select('GET', target)), expected));
}

test('a service that folds the case is behind lower-case rules too', () => {
  const closed = ruleTable(rulesOf('admin * /admin/**\nviewer * /**'));
  for (const target of ['/ADMIN', '/Admin/x', '/admiN/']) {
    const selection = closed.select('GET', target);
    equal(decideRules(selection, { principal: principal('viewer'), address: '', ladder: roles }).allow, false, target);
  }
});

test('rules with upper case hold for services of either kind', () => {
  const mixed = ruleTable(rulesOf('admin * /Admin/**\nviewer * /**'));
  const may = (target: string, options?: PathOptions) => {
    const of = options === undefined ? mixed : ruleTable(rulesOf('admin * /Admin/**\nviewer * /**'), options);
    return decideRules(of.select('GET', target), { principal: principal('viewer'), address: '', ladder: roles }).allow;
  };
  deepEqual([may('/admin/x'), may('/Admin/x'), may('/ADMIN/x'), may('/else')], [false, false, false, true]);
  const strict = { caseSensitive: true };
  deepEqual([may('/admin/x', strict), may('/Admin/x', strict), may('/ADMIN', strict)], [true, false, true]);
});

test('an encoded slash that a route allows must be permitted as data and as a separator', () => {
  const slashes = ruleTable(rulesOf('admin * /files/secret/*\nviewer read /files/*'), { encodedSlashes: 'judge' });
  const may = (target: string, role: string) =>
    decideRules(slashes.select('GET', target), { principal: principal(role), address: '', ladder: roles }).allow;
  deepEqual([may('/files/secret%2fx', 'viewer'), may('/files/secret%2fx', 'admin')], [false, true]);
});
