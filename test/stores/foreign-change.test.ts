import { deepEqual, equal } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite, type SqliteStores } from '../../lib/stores/sqlite/index.ts';
import { mostRead } from '../../lib/stores/sqlite/told-rows.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent, aSession } from '../../lib/stores/suites/records.ts';
import { dataFolder } from './folder.ts';

const everything: Invalidation = { kind: 'all', id: '' };

/** Two connections to a file with a user and two tokens, and what the first one hears from then on. */
async function two(t: TestContext) {
  const { dataDir, path } = dataFolder(t);
  const [one, other] = [await openSqlite({ dataDir }), await openSqlite({ dataDir })];
  t.after(() => Promise.all([one.close(), other.close()]));
  await other.records.add(userKind, someUser('ada'));
  await other.records.addMany(apiTokenKind, [someToken('ci'), someToken('cd')]);
  await looked(one);
  const heard: Invalidation[] = [];
  one.bus.subscribe((message) => heard.push(message));
  return { one, other, heard, path };
}

/** Reads `healthy` when the last look at the file is old enough for another one. */
async function looked({ bus }: SqliteStores): Promise<boolean> {
  await wait(10);
  return bus.healthy;
}

const renamed = someUser('ada', { displayName: 'Ada' });
const put = () => ({ kind: 'put', record: renamed, answer: undefined }) as const;
const remove = () => ({ kind: 'remove', answer: undefined }) as const;

const told: [what: string, change: (stores: SqliteStores) => Promise<unknown>, messages: Invalidation[]][] = [
  ['a change', ({ records }) => records.change(userKind, 'u_ada', put), [{ kind: 'user', id: 'u_ada', version: 2 }]],
  ['a put', ({ records }) => records.put(userKind, 'name', 'ada', put), [{ kind: 'user', id: 'u_ada', version: 2 }]],
  [
    'a removal',
    ({ records }) => records.change(userKind, 'u_ada', remove),
    [{ kind: 'user', id: 'u_ada', version: 2 }],
  ],
  [
    'the note of an ended session',
    ({ records }) => records.add(endedSessionKind, someEnded('s1', 9)),
    [{ kind: 'session', id: 's1', version: 1 }],
  ],
  [
    'the removal of all that an owner has',
    ({ records }) => records.removeAll(apiTokenKind, 'u_ada'),
    [
      { kind: 'token', id: 't_cd', version: 2 },
      { kind: 'token', id: 't_ci', version: 2 },
    ],
  ],
];
for (const [what, change, messages] of told) {
  test(`${what} by another process is heard at the next read, with the version of the record`, async (t) => {
    const { one, other, heard } = await two(t);
    await change(other);
    equal(await looked(one), true);
    deepEqual(heard, messages);
  });
}

const untold: [what: string, write: (stores: SqliteStores) => Promise<unknown>][] = [
  ['an audit record', ({ audit }) => audit.append([anEvent(1)])],
  ['a new session', ({ sessions }) => sessions.create(aSession('s1'))],
  ['a last use', ({ records }) => records.note(userKind, 'u_ada', 5)],
  ['a record that no cache depends on', ({ records }) => records.add(factKind, { id: 'a', value: 'b' })],
  [
    'a change that was refused',
    ({ records }) => records.change(userKind, 'u_ada', () => ({ kind: 'keep', answer: 1 })),
  ],
];
for (const [what, write] of untold) {
  test(`${what} by another process empties nothing`, async (t) => {
    const { one, other, heard } = await two(t);
    await write(other);
    equal(await looked(one), true);
    deepEqual(heard, []);
  });
}

test('who reads no cache hears of a change all the same', async (t) => {
  const { one, other } = await two(t);
  const heard = Promise.withResolvers<Invalidation>();
  one.bus.subscribe(heard.resolve);
  await other.records.change(userKind, 'u_ada', put);
  // The timer of the bus keeps no process alive.
  const alive = setInterval(() => undefined, 1000);
  equal((await heard.promise).id, 'u_ada');
  clearInterval(alive);
});

test('own changes are published, and not heard a second time', async (t) => {
  const { one, other, heard } = await two(t);
  await one.records.change(userKind, 'u_ada', put);
  deepEqual(heard, []);
  await one.bus.publish({ kind: 'user', id: 'u_ada', version: 2 });
  await other.audit.append([anEvent(1)]);
  equal(await looked(one), true);
  deepEqual(heard, [{ kind: 'user', id: 'u_ada', version: 2 }]);
});

test('nobody hears anything after they stopped listening', async (t) => {
  const { one, other } = await two(t);
  const heard: Invalidation[] = [];
  const stop = one.bus.subscribe((message) => heard.push(message));
  stop();
  await other.records.change(userKind, 'u_ada', put);
  await looked(one);
  deepEqual(heard, []);
});

test('a transaction that was rolled back leaves no number out', async (t) => {
  const { one, other, heard, path } = await two(t);
  const database = new DatabaseSync(path);
  database.exec(`BEGIN; INSERT INTO told (kind, id, version, at, writer) VALUES ('user', 'x', 1, 1, 'w'); ROLLBACK`);
  database.close();
  await other.records.change(userKind, 'u_ada', put);
  equal(await looked(one), true);
  deepEqual(heard, [{ kind: 'user', id: 'u_ada', version: 2 }]);
});

const missed: [what: string, sql: string][] = [
  ['rows that were deleted before they were read', 'DELETE FROM told'],
  ['rows that were deleted with their counter', 'DELETE FROM told; DELETE FROM sqlite_sequence'],
  [
    'more rows than are read',
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ${mostRead})
     INSERT INTO told (kind, id, version, at, writer) SELECT 'user', 'u_' || i, 1, 1, 'w' FROM n`,
  ],
];
for (const [what, sql] of missed) {
  test(`${what} invalidate everything`, async (t) => {
    const { one, other, heard, path } = await two(t);
    const database = new DatabaseSync(path);
    t.after(() => database.close());
    // In one transaction with the change, so that no look comes between.
    database.exec(
      `BEGIN; INSERT INTO told (kind, id, version, at, writer) VALUES ('user', 'x', 1, 1, 'w'); ${sql}; COMMIT`,
    );
    equal(await looked(one), true);
    deepEqual(heard, [everything]);
    await other.records.change(userKind, 'u_ada', put);
    equal(await looked(one), true);
    deepEqual(heard.at(-1), { kind: 'user', id: 'u_ada', version: 2 });
  });
}

test('while rows cannot be read caches are not believed; everything is invalidated then and afterwards', async (t) => {
  const { one, heard, path } = await two(t);
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  database.exec(`INSERT INTO told (kind, id, version, at, writer) VALUES ('song', 'x', 1, 1, 'w')`);
  equal(await looked(one), false);
  deepEqual(heard, [everything]);
  equal(await looked(one), true);
  deepEqual(heard, [everything, everything]);
});

test('a closed file is not believed', async (t) => {
  const { one } = await two(t);
  equal(await looked(one), true);
  await one.close();
  equal(await looked(one), false);
});

test('rows are deleted when they are old, in batches, and an idle process does not fall behind by its own', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { dataDir } = dataFolder(t);
  const time = { now: 1_000_000 };
  const one = await openSqlite({ dataDir, now: () => time.now });
  const other = await openSqlite({ dataDir });
  t.after(() => Promise.all([one.close(), other.close()]));
  const heard: Invalidation[] = [];
  one.bus.subscribe((message) => heard.push(message));
  for (const name of ['a', 'b', 'c']) await one.records.add(userKind, someUser(name));
  equal(await one.sweep?.(10), 0);
  t.mock.timers.tick(250);
  time.now += 11 * 60_000;
  deepEqual([await one.sweep?.(2), await one.sweep?.(2), await one.sweep?.(2)], [2, 1, 0]);
  await other.audit.append([anEvent(1)]);
  equal(await looked(one), true);
  deepEqual(heard, []);
});
