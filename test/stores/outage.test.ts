import { equal, ok, rejects } from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { anEvent, aSession, aToken, aUser, start } from '../../lib/stores/suites/records.ts';
import { dataFolder } from './folder.ts';

async function opened(t: TestContext) {
  const folder = dataFolder(t);
  const stores = await openSqlite({ dataDir: folder.dataDir });
  t.after(() => stores.close());
  const other = new DatabaseSync(folder.path);
  t.after(() => other.close());
  return { stores, other, ...folder };
}

const isOutage = (error: unknown) => error instanceof StoreUnavailableError && error.store === 'sqlite';

test('a database that somebody else holds is an outage for writers after a second, and none for readers', async (t) => {
  const { stores, other } = await opened(t);
  await stores.users.insert(aUser('ada'));
  other.exec('BEGIN IMMEDIATE');
  await rejects(stores.users.insert(aUser('bob')), (error: Error) => {
    ok(isOutage(error));
    ok(/locked/.test(String(error.cause)));
    return true;
  });
  await rejects(stores.attempts.hit('ada', 1000), isOutage);
  equal((await stores.users.byId('u_ada'))?.id, 'u_ada');
  other.exec('ROLLBACK');
  equal(await stores.users.insert(aUser('bob')), 'created');
  equal((await stores.attempts.hit('ada', 1000)).count, 1);
});

test('a failed write leaves nothing half done and the connection usable', async (t) => {
  const { stores, other } = await opened(t);
  await stores.users.insert(aUser('ada'));
  await stores.users.remove('u_ada', start);
  other.exec(`CREATE TRIGGER no_users BEFORE INSERT ON users BEGIN SELECT raise(ABORT, 'disk on fire'); END`);
  await rejects(stores.users.insert(aUser('ada', { id: 'u_2' }), { reuseName: true }), isOutage);
  other.exec('DROP TRIGGER no_users');
  equal(await stores.users.insert(aUser('ada', { id: 'u_2' })), 'name-retired');
});

test('a closed store is an outage, not an empty one', async (t) => {
  const { stores } = await opened(t);
  await stores.close();
  await rejects(stores.users.byId('u_ada'), isOutage);
  await rejects(stores.sessions.create(aSession('s1')), isOutage);
  await rejects(stores.attempts.hit('ada', 1000), isOutage);
});

test('health notices that the file was taken away or replaced', async (t) => {
  const { stores, path } = await opened(t);
  equal((await stores.health())[0]?.ok, true);
  renameSync(path, `${path}.gone`);
  equal((await stores.health())[0]?.ok, false);
  const another = await openSqlite({ dataDir: path.replace(/\/[^/]*$/, '') });
  equal((await stores.health())[0]?.ok, false);
  await another.close();
  rmSync(path);
  renameSync(`${path}.gone`, path);
  equal((await stores.health())[0]?.ok, true);
});

const damaged = ['{not json', '"scopes"', '[1]', '{"a":1}'];
for (const scopes of damaged) {
  test(`a token whose scopes read ${scopes} opens nothing, is listed, can be removed, and harms no other`, async (t) => {
    const { stores, other } = await opened(t);
    await stores.tokens.create(aToken('bad', { scopes: ['a'] }));
    await stores.tokens.create(aToken('good', { scopes: ['a'] }));
    other.prepare(`UPDATE api_tokens SET scopes = ? WHERE name = 'bad'`).run(scopes);
    await rejects(stores.tokens.byHash('hash of bad'), isOutage);
    equal((await stores.tokens.byHash('hash of good'))?.name, 'good');
    const listed = await stores.tokens.listOf('u_ada');
    equal(listed.map((token) => `${token.name}: ${token.scopes}`).join('; '), 'bad: ; good: a');
    equal((await stores.tokens.remove('u_ada', 'bad')).length, 1);
  });
}

test('a damaged detail in the audit log hides neither its record nor the others', async (t) => {
  const { stores, other } = await opened(t);
  await stores.audit.append([anEvent(1, { detail: { a: 1 } }), anEvent(2)]);
  other.exec(`UPDATE audit SET detail = '{' WHERE id = '000001'`);
  const { items } = await stores.audit.list({ limit: 10 });
  equal(JSON.stringify(items.map((item) => item.detail)), '[null,{"unreadable":true}]');
});
