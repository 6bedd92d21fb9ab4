import { deepEqual, equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';

test('the ladder that is there without settings', () => {
  deepEqual(ladder('').names, ['anony', 'viewer', 'user', 'operator', 'admin']);
});

test('checks compare positions', () => {
  const roles = ladder();
  const at = (role: string) => roles.names.filter((required) => roles.atLeast(role, required));
  deepEqual(at('operator'), ['anony', 'viewer', 'user', 'operator']);
  deepEqual(at('anony'), ['anony']);
  equal(roles.lower('operator', 'viewer'), 'viewer');
  equal(roles.lower('user', 'admin'), 'user');
});

test('a role that the ladder does not know counts as anony, one that is required and unknown throws', () => {
  const roles = ladder();
  equal(roles.position('Admin'), 0);
  equal(roles.atLeast('root', 'viewer'), false);
  equal(roles.lower('root', 'admin'), 'anony');
  throws(() => roles.atLeast('admin', 'root'), /no role "root"/);
});

test('names say which of our rungs they stand for', () => {
  const roles = ladder('anony, guest=viewer, member=user, editor, lead=operator, admin');
  deepEqual(
    (['anony', 'viewer', 'user', 'operator', 'admin'] as const).map((rung) => roles.rung(rung)),
    ['anony', 'guest', 'member', 'lead', 'admin'],
  );
  equal(roles.atLeast('editor', roles.rung('user')), true);
});

test('a rung that no name stands for is taken by the next higher', () => {
  const roles = ladder('anony,member=user,admin');
  deepEqual([roles.rung('viewer'), roles.rung('user'), roles.rung('operator')], ['member', 'member', 'admin']);
});

const badLadders: readonly (readonly [string, RegExp])[] = [
  ['viewer,admin', /first role is "anony"/],
  ['anony,viewer', /last role is "admin"/],
  ['anony', /last role is "admin"/],
  ['anony,a,A,admin', /two roles/],
  ['anony,a=viewer,b=viewer,admin', /stand for viewer/],
  ['anony,a=user,b=viewer,admin', /must rise/],
  ['anony,a=root,admin', /may stand for/],
  ['anony,a=admin,admin', /may stand for/],
  ['anony,public,admin', /keyword of the rules/],
  ['anony,a b,admin', /not the name/],
  ['anony,a=viewer=x,admin', /not the name/],
  ['anony,,admin', /not the name/],
];

for (const [spec, message] of badLadders)
  test(`the ladder "${spec}" is refused`, () => throws(() => ladder(spec), message));

test('scopes are held from their least role on, ours first', () => {
  const scopes = scopeTable('deploy:write=operator,report:read', ladder());
  deepEqual(scopes.heldBy('viewer'), ['gatewarden:read', 'gatewarden:write', 'gatewarden:introspect', 'report:read']);
  equal(scopes.heldBy('operator').includes('deploy:write'), true);
  equal(scopes.heldBy('operator').includes('gatewarden:admin'), true);
  deepEqual(scopes.heldBy('anony'), []);
  deepEqual(scopes.heldBy('root'), []);
  equal(scopes.heldBy('admin'), scopes.heldBy('admin'));
});

test('scopes only narrow', () => {
  const scopes = scopeTable('deploy:write=operator', ladder());
  deepEqual(scopes.narrow(['deploy:write', 'gatewarden:read', 'unknown'], 'user'), ['gatewarden:read']);
  deepEqual(scopes.narrow(['deploy:write'], 'operator'), ['deploy:write']);
  deepEqual(scopes.narrow([], 'admin'), []);
});

for (const spec of ['a b', 'a=', 'a=root', 'a,a', 'gatewarden:more', 'gatewarden:read', 'a=user=x', 'a,', '"']) {
  test(`the scopes ${JSON.stringify(spec)} are refused`, () => throws(() => scopeTable(spec, ladder()), TypeError));
}
