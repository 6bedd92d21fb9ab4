import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { z } from 'zod';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { name, whole } from '../../lib/stores/records/fields.ts';
import { type AnyKind, kind } from '../../lib/stores/records/kind.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { allKinds } from '../../lib/stores/records/kinds/index.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { openSqlite, storesIn } from '../../lib/stores/sqlite/index.ts';
import { layoutSteps } from '../../lib/stores/sqlite/layout.ts';
import { migrate, newerIn, versionOf } from '../../lib/stores/sqlite/migrations.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { aSession } from '../../lib/stores/suites/records.ts';
import { dataFolder } from './folder.ts';

type Guest = Readonly<{ id: string; host: string; at: number }>;

const guests = kind<Guest>({
  name: 'test-guest',
  version: 1,
  migrations: [],
  schema: z.object({ id: name, host: name, at: whole }),
  keys: {},
  orders: {},
});

type NamedGuest = Readonly<{ id: string; host: string; label: string; seen?: number | undefined }>;

/** Its second version: a field has another name and form, and there are a key, an owner, an order and a note. */
const namedGuests = kind<NamedGuest>({
  name: 'test-guest',
  version: 2,
  migrations: [({ at, ...guest }) => ({ ...guest, label: `at ${String(at).padStart(3, '0')}` })],
  schema: z.object({ id: name, host: name, label: name, seen: whole.optional() }),
  keys: { label: ({ label }) => label },
  owner: ({ host }) => host,
  orders: { label: ({ label }) => label },
  note: 'seen',
});

const withKinds = (...kinds: AnyKind[]) => ({ steps: layoutSteps, kinds });

function opened(t: TestContext): { database: DatabaseSync; records: Records } {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  return { database, records: storesIn(database, undefined, Date.now, withKinds(namedGuests)).stores.records };
}

async function filled(t: TestContext) {
  const open = opened(t);
  migrate(open.database, withKinds(guests));
  await open.records.addMany(guests, [
    { id: 'a', host: 'ada', at: 3 },
    { id: 'b', host: 'ada', at: 1 },
    { id: 'c', host: 'bob', at: 2 },
  ]);
  return open;
}

test('records of a kind are brought to its next version, and are found by new keys and orders', async (t) => {
  const { database, records } = await filled(t);
  migrate(database, withKinds(namedGuests));
  deepEqual(await records.byKey(namedGuests, 'label', 'at 001'), { id: 'b', host: 'ada', label: 'at 001', version: 1 });
  const listed = await records.list(namedGuests, { limit: 9, owner: 'ada', order: 'label' });
  deepEqual(
    listed.items.map(({ id }) => id),
    ['b', 'a'],
  );
  await records.note(namedGuests, 'a', 7);
  equal((await records.get(namedGuests, 'a'))?.seen, 7);
  deepEqual(await records.add(namedGuests, { id: 'd', host: 'ada', label: 'at 002' }), { kind: 'taken', key: 'label' });
});

test('a migration that was made is not made again', async (t) => {
  const { database, records } = await filled(t);
  migrate(database, withKinds(namedGuests));
  migrate(database, withKinds(namedGuests));
  equal((await records.get(namedGuests, 'a'))?.label, 'at 003');
});

test('fields that no version of the schema knows are kept', async (t) => {
  const { database } = await filled(t);
  database.exec(`UPDATE test_guest SET record = json_set(record, '$.colour', 'red') WHERE id = 'a'`);
  migrate(database, withKinds(namedGuests));
  const row = database.prepare(`SELECT record FROM test_guest WHERE id = 'a'`).get();
  deepEqual(JSON.parse(String(row?.record)), { id: 'a', host: 'ada', label: 'at 003', colour: 'red' });
});

test('a record that cannot be read is kept as it is, and hinders no other', async (t) => {
  const { database, records } = await filled(t);
  database.exec(`UPDATE test_guest SET record = '{' WHERE id = 'a'`);
  migrate(database, withKinds(namedGuests));
  await rejects(records.get(namedGuests, 'a'), StoreUnavailableError);
  equal((await records.get(namedGuests, 'b'))?.label, 'at 001');
  equal(database.prepare(`SELECT record FROM test_guest WHERE id = 'a'`).get()?.record, '{');
});

test('a migration that fails changes nothing: neither the layout nor a record', async (t) => {
  const { database, records } = await filled(t);
  database.exec(`UPDATE test_guest SET record = json_set(record, '$.at', 1)`);
  throws(() => migrate(database, withKinds(namedGuests)), /UNIQUE constraint failed/);
  const steps = [...layoutSteps, 'CREATE TABLE more (n INTEGER) STRICT', 'INSERT INTO nowhere VALUES (1)'];
  throws(() => migrate(database, { steps, kinds: [guests] }), /no such table: nowhere/);
  equal(versionOf(database), layoutSteps.length);
  deepEqual(await records.get(guests, 'a'), { id: 'a', host: 'ada', at: 1, version: 1 });
});

test('a step of the layout is taken once, from where the file is', async (t) => {
  const { database } = await filled(t);
  const steps = [...layoutSteps, 'CREATE TABLE more (n INTEGER) STRICT; INSERT INTO more VALUES (1)'];
  migrate(database, { steps, kinds: [guests] });
  migrate(database, { steps, kinds: [guests] });
  equal(versionOf(database), layoutSteps.length + 1);
  equal(database.prepare('SELECT count(*) AS n FROM more').get()?.n, 1);
  equal(database.prepare('SELECT count(*) AS n FROM test_guest').get()?.n, 3);
});

test('in a file of the first layout the audit log is found by subject and outcome after the start', async (t) => {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  migrate(database, { steps: layoutSteps.slice(0, 1), kinds: allKinds });
  const { stores } = storesIn(database, undefined, Date.now);
  const record = { id: '1', at: 1, event: 'logout', actor: 'ada', via: 'none', outcome: 'ok', subject: 'user:ada' };
  await stores.audit.append([{ ...record, share: '' }]);
  await rejects(stores.audit.list({ limit: 1, subject: 'user:ada' }), StoreUnavailableError);
  migrate(database);
  for (const filter of [{ subject: 'user:ada' }, { outcome: 'ok' }]) {
    deepEqual(
      (await stores.audit.list({ limit: 1, ...filter })).items.map(({ id }) => id),
      ['1'],
    );
  }
});

test('in a file of an earlier layout records are read in the index for filters that are given together', async (t) => {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  migrate(database, { steps: layoutSteps.slice(0, 3), kinds: allKinds });
  const { stores } = storesIn(database, undefined, Date.now);
  const record = { at: 1, actor: 'ada', via: 'none', outcome: 'ok', subject: 'user:ada', share: '' };
  await stores.audit.append([
    { ...record, id: '1', event: 'logout' },
    { ...record, id: '2', event: 'login.failed', outcome: 'rate_limited' },
  ]);
  migrate(database);
  for (const [filter, found] of [
    [{ actor: 'ada', event: 'logout' }, ['1']],
    [{ event: 'logout', outcome: 'rate_limited' }, []],
    [{ event: 'login.failed', outcome: 'rate_limited' }, ['2']],
  ] as const) {
    const { items } = await stores.audit.list({ limit: 9, ...filter });
    deepEqual(
      items.map(({ id }) => id),
      found,
    );
  }
  const columnsOf = (index: string) =>
    database
      .prepare(`PRAGMA index_info(${index})`)
      .all()
      .map(({ name }) => name);
  deepEqual(columnsOf('audit_by_actor'), ['actor', 'id', 'event', 'outcome']);
});

test('users of a file whose kind had one order are listed by role and state after the start', async (t) => {
  const database = new DatabaseSync(':memory:');
  t.after(() => database.close());
  const before = kind({ ...userKind, version: 1, migrations: [], orders: { name: ({ nameKey }) => nameKey } });
  migrate(database, withKinds(before));
  const earlier = storesIn(database, undefined, Date.now, withKinds(before)).stores.records;
  const gone = someUser('gone', { state: 'removed' });
  await earlier.addMany(before, [someUser('Bob', { state: 'pending', lastLoginAt: 9 }), someUser('ann'), gone]);
  migrate(database);
  const { records } = storesIn(database, undefined, Date.now).stores;
  const listed = async (order: string, prefix: string) =>
    (await records.list(userKind, { limit: 9, order, prefix })).items;
  deepEqual(await listed('state', 'pending '), [
    { ...someUser('Bob', { state: 'pending', lastLoginAt: 9 }), version: 1 },
  ]);
  deepEqual(
    (await listed('role', 'user ')).map(({ id }) => id),
    ['u_ann', 'u_bob'],
  );
  deepEqual(await listed('roleState', 'user removed '), []);
});

test('an older program refuses the records of a newer one, and changes nothing', async (t) => {
  const { database, records } = await filled(t);
  migrate(database, withKinds(namedGuests));
  const sentence = /newer version of Gatewarden \(its kind "test-guest" has version 2, this one knows 1\)/;
  throws(() => migrate(database, withKinds(guests)), sentence);
  equal(newerIn(database, withKinds(namedGuests)), undefined);
  equal((await records.get(namedGuests, 'a'))?.label, 'at 003');
});

test('a program that runs while a newer one migrates the file reads and writes nothing from then on', async (t) => {
  const { dataDir, path } = dataFolder(t);
  const stores = await openSqlite({ dataDir });
  t.after(() => stores.close());
  await stores.records.add(factKind, { id: 'a', value: 'b' });
  const database = new DatabaseSync(path);
  migrate(database, { steps: [...layoutSteps, 'CREATE TABLE more (n INTEGER) STRICT'], kinds: allKinds });
  database.close();
  const known = layoutSteps.length;
  const reason = new RegExp(`layout has version ${known + 1}, this one knows ${known}`);
  const isOutage = (error: Error) => error instanceof StoreUnavailableError && reason.test(String(error.cause));
  await rejects(stores.records.get(factKind, 'a'), isOutage);
  await rejects(stores.records.add(factKind, { id: 'c', value: 'd' }), isOutage);
  await rejects(stores.sessions.create(aSession('s1')), isOutage);
  match((await stores.health())[0]?.problem ?? '', reason);
});
