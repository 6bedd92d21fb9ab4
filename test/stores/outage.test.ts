import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent, aSession } from '../../lib/stores/suites/records.ts';
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
  await stores.records.add(userKind, someUser('ada'));
  other.exec('BEGIN IMMEDIATE');
  await rejects(stores.records.add(userKind, someUser('bob')), (error: Error) => {
    ok(isOutage(error));
    ok(/locked/.test(String(error.cause)));
    return true;
  });
  await rejects(stores.attempts.hit('ada', 1000), isOutage);
  equal((await stores.records.get(userKind, 'u_ada'))?.id, 'u_ada');
  other.exec('ROLLBACK');
  equal((await stores.records.add(userKind, someUser('bob'))).kind, 'added');
  equal((await stores.attempts.hit('ada', 1000)).count, 1);
});

test('a failed write leaves nothing half done and the connection usable', async (t) => {
  const { stores, other } = await opened(t);
  await stores.records.add(userKind, someUser('ada'));
  other.exec(`CREATE TRIGGER no_users BEFORE INSERT ON user BEGIN SELECT raise(ABORT, 'disk on fire'); END`);
  const renamed = () => ({ kind: 'put', record: someUser('ada', { id: 'u_2' }), answer: undefined }) as const;
  await rejects(stores.records.put(userKind, 'name', 'ada', renamed), isOutage);
  equal((await stores.records.byKey(userKind, 'name', 'ada'))?.id, 'u_ada');
  other.exec('DROP TRIGGER no_users');
  equal((await stores.records.put(userKind, 'name', 'ada', renamed)).kind, 'done');
  equal((await stores.records.byKey(userKind, 'name', 'ada'))?.id, 'u_2');
});

test('a closed store is an outage, not an empty one', async (t) => {
  const { stores } = await opened(t);
  await stores.close();
  await rejects(stores.records.get(userKind, 'u_ada'), isOutage);
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

const damaged = ['{not json', '"text"', '[1]', '{}', '{"id":"t_good"}'];
for (const record of damaged) {
  test(`a token that reads ${record} opens nothing, is named in a list, can be removed, and harms no other`, async (t) => {
    const { stores, other } = await opened(t);
    const { records } = stores;
    await records.addMany(apiTokenKind, [someToken('bad'), someToken('good')]);
    other.prepare(`UPDATE api_token SET record = ? WHERE id = 't_bad'`).run(record);
    await rejects(records.byKey(apiTokenKind, 'hash', 'hash of bad'), isOutage);
    equal((await records.byKey(apiTokenKind, 'hash', 'hash of good'))?.name, 'good');
    const unreadable: string[] = [];
    const { items } = await records.list(apiTokenKind, { limit: 9 }, ({ id }) => unreadable.push(id));
    deepEqual([items.map(({ id }) => id), unreadable], [['t_good'], ['t_bad']]);
    equal(await records.removeAll(apiTokenKind, 'u_ada', ['t_good']), 1);
  });
}

test('a damaged detail in the audit log hides neither its record nor the others', async (t) => {
  const { stores, other } = await opened(t);
  await stores.audit.append([anEvent(1, { detail: { a: 1 } }), anEvent(2)]);
  other.exec(`UPDATE audit SET detail = '{' WHERE id = '000001'`);
  const { items } = await stores.audit.list({ limit: 10 });
  equal(JSON.stringify(items.map((item) => item.detail)), '[null,{"unreadable":true}]');
});
