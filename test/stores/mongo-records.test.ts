import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { anAdmin, anEvent, aRefreshToken, aToken, aUser, start } from '../../lib/stores/suites/records.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { openWatched } from './mongo-open.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

test('a damaged user is an error, and hides no other', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { users } = stores;
  for (const name of ['ada', 'bob', 'cyd', 'dan']) await users.insert(aUser(name));
  await raw('users').updateOne({ _id: 'bob' }, { $set: { epoch: 'many' } });
  await raw('users').updateOne({ _id: 'cyd' }, { $set: { ended: 'none' } });
  await rejects(users.byId('u_bob'), StoreUnavailableError);
  await rejects(users.byName('cyd'), StoreUnavailableError);
  equal((await users.byId('u_ada'))?.username, 'ada');
  const page = await users.list({ limit: 3 });
  deepEqual(
    page.items.map(({ username }) => username),
    ['ada'],
  );
  deepEqual(
    (await users.list({ limit: 3, after: page.next ?? '' })).items.map(({ username }) => username),
    ['dan'],
  );
});

test('a damaged token opens nothing, is shown to be removed, and hides no other', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { tokens } = stores;
  for (const name of ['a', 'b']) await tokens.create(aToken(name, { scopes: ['x'] }));
  await raw('api_tokens').updateOne({ _id: 't_a' }, { $set: { scopes: 'all' } });
  await rejects(tokens.byHash('hash of a'), StoreUnavailableError);
  deepEqual(
    (await tokens.listOf('u_ada')).map(({ name, scopes }) => [name, scopes]),
    [
      ['a', []],
      ['b', ['x']],
    ],
  );
  deepEqual(await tokens.remove('u_ada', 'a'), ['t_a']);
});

test('a damaged event is left out, a damaged detail says so', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  await stores.audit.append([anEvent(1), anEvent(2), anEvent(3)]);
  await raw('audit').updateOne({ _id: '000002' }, { $set: { at: 'once' } });
  await raw('audit').updateOne({ _id: '000003' }, { $set: { detail: [1] } });
  deepEqual(
    (await stores.audit.list({ limit: 10 })).items.map(({ id, detail }) => [id, detail]),
    [
      ['000003', { unreadable: true }],
      ['000001', undefined],
    ],
  );
});

test('a damaged family of refresh tokens is an error for its own tokens only', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { refreshTokens } = stores;
  await refreshTokens.create(aRefreshToken('r1', { sessionId: 's1' }));
  await refreshTokens.create(aRefreshToken('r2', { sessionId: 's2' }));
  await raw('refresh_families').updateOne({ _id: 's1' }, { $set: { 'live.0.expiresAt': 'late' } });
  await rejects(refreshTokens.find('r1', start), StoreUnavailableError);
  ok(await refreshTokens.find('r2', start));
});

test('a record that says admin is believed only of a member of the roster', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { users } = stores;
  await users.insertFirstAdmin(anAdmin('root'));
  await users.insert(aUser('eve'));
  await raw('users').updateOne({ _id: 'eve' }, { $set: { role: 'admin' } });
  equal((await users.byId('u_eve'))?.role, 'anony');
  equal((await users.byName('eve'))?.role, 'anony');
  deepEqual(
    (await users.list({ limit: 10 })).items.map(({ role }) => role),
    ['anony', 'admin'],
  );
  equal(await users.update('u_root', { role: 'user' }, start), 'last-admin');
});

test('what a killed process left half done is no admin, and is finished by giving the role again', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { users } = stores;
  await users.insertFirstAdmin(anAdmin('root'));
  await users.insert(anAdmin('ada'));
  const membersBut = async (userId: string) => {
    const roster = await raw('admins').findOne({ _id: 'active' });
    return Array.isArray(roster?.members) ? roster.members.filter((member) => member.userId !== userId) : [];
  };
  // Proposed, and said so by the record, but not joined; then as if they had left, and the record was not changed.
  const members = await membersBut('u_ada');
  for (const change of [{ members }, { members, proposed: [] }]) {
    await raw('admins').updateOne({ _id: 'active' }, { $set: change });
    equal((await users.byId('u_ada'))?.role, 'anony');
    const epoch = (await users.byId('u_ada'))?.epoch ?? 0;
    const again = await users.update('u_ada', { role: 'admin' }, start);
    deepEqual(typeof again === 'object' && [again.role, again.epoch], ['admin', epoch + 1]);
    equal((await users.byId('u_ada'))?.role, 'admin');
  }
  await raw('admins').updateOne({ _id: 'active' }, { $set: { members } });
  await users.update('u_ada', { role: 'user' }, start);
  equal(await users.update('u_root', { state: 'disabled' }, start), 'last-admin');
});

test('a first admin who did not get to join leaves the name free, and no admin behind', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { users } = stores;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => users.insertFirstAdmin(anAdmin(`root${n % 5}`, { id: `u_${n}` }))),
  );
  equal(answers.filter((answer) => answer === 'created').length, 1);
  equal((await users.list({ limit: 100 })).items.length, 1);
  deepEqual((await raw('admins').findOne({ _id: 'active' }))?.proposed, []);
});

test('a token dies with its maker at once, though a killed process left it there, and gives back its name', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { tokens } = stores;
  await tokens.create(aToken('parent'));
  await tokens.create(aToken('child', { parentId: 't_parent' }));
  await tokens.create(aToken('grandchild', { parentId: 't_child' }));
  await raw('api_tokens').deleteOne({ _id: 't_parent' });
  equal(await tokens.byHash('hash of child'), undefined);
  equal(await tokens.byHash('hash of grandchild'), undefined);
  deepEqual(await tokens.listOf('u_ada'), []);
  equal(await tokens.create(aToken('more', { parentId: 't_grandchild' })), 'parent-gone');
  equal(await tokens.create(aToken('child', { id: 't_new', hash: 'new' })), 'created');
});

test('a spent token that a killed process had noted before it was spent can still be spent', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { refreshTokens } = stores;
  await refreshTokens.create(aRefreshToken('r1'));
  const { expiresAt, sessionId } = aRefreshToken('r1');
  await raw('spent_refresh_tokens').insertOne({ _id: 'r1', sessionId, usedAt: start, expiresAt });
  ok(await refreshTokens.find('r1', start + 1));
  deepEqual(await refreshTokens.rotate('r1', aRefreshToken('r2'), start + 5), { kind: 'rotated' });
  const again = await refreshTokens.rotate('r1', aRefreshToken('r3'), start + 9);
  deepEqual(again, { kind: 'reused', sessionId: 's1', usedAt: start + 5 });
});
