import { deepEqual, equal, rejects } from 'node:assert/strict';
import test from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { RecordReader } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { allPages } from '../../lib/stores/suites/cases.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { dataFolder } from './folder.ts';

const names = Array.from({ length: 500 }, (_, n) => `u${String(n).padStart(3, '0')}`);
const remove = () => ({ kind: 'remove', answer: undefined }) as const;

/** The names of all users, in pages; `between` runs after each page. */
async function namesIn(reader: RecordReader, between = async () => {}): Promise<string[]> {
  const pages = await allPages(async (after) => {
    const page = await reader.list(userKind, { limit: 50, order: 'name', ...(after !== undefined && { after }) });
    await between();
    return page;
  });
  return pages.flat().map(({ nameKey }) => nameKey);
}

test('a snapshot shows one moment, while users are deleted, changed and added', async (t) => {
  const stores = await openSqlite(dataFolder(t));
  t.after(() => stores.close());
  const { records } = stores;
  await records.addMany(
    userKind,
    names.map((name) => someUser(name)),
  );
  const snapshot = await records.snapshot();
  equal(snapshot.consistent, true);
  let next = 0;
  const found = await namesIn(snapshot, async () => {
    for (let n = 0; n < 40; n += 1, next += 1) await records.change(userKind, `u_${names[499 - next]}`, remove);
    await records.add(userKind, someUser(`v${next}`));
  });
  deepEqual(found, names);
  equal((await snapshot.get(userKind, 'u_u499'))?.version, 1);
  await snapshot.close();
  deepEqual((await namesIn(records)).slice(0, 2), ['u000', 'u001']);
  equal(await records.get(userKind, 'u_u499'), undefined);
});

test('writers do not wait for a snapshot, nor a snapshot for them', async (t) => {
  const folder = dataFolder(t);
  const [one, other] = [await openSqlite(folder), await openSqlite(folder)];
  t.after(() => Promise.all([one.close(), other.close()]));
  await one.records.add(userKind, someUser('ada'));
  const snapshots = [await one.records.snapshot(), await other.records.snapshot()];
  // A writer that had to wait would be an outage after a second.
  for (const { records } of [one, other]) {
    await records.change(userKind, 'u_ada', (user) => ({
      kind: 'put',
      record: { ...someUser('ada'), epoch: (user?.epoch ?? 0) + 1 },
      answer: undefined,
    }));
  }
  const later = await one.records.snapshot();
  deepEqual(
    await Promise.all(
      [...snapshots, later, other.records].map(async (from) => (await from.get(userKind, 'u_ada'))?.epoch),
    ),
    [0, 0, 2, 2],
  );
  for (const snapshot of [...snapshots, later]) await snapshot.close();
  equal((await one.health())[0]?.ok, true);
});

test('a snapshot that was closed is an outage, and may be closed again', async (t) => {
  const stores = await openSqlite(dataFolder(t));
  t.after(() => stores.close());
  const snapshot = await stores.records.snapshot();
  await snapshot.close();
  await rejects(snapshot.get(userKind, 'u_ada'), StoreUnavailableError);
  await snapshot.close();
});

test('a database in memory says that it has no such view', async (t) => {
  const stores = await openSqlite({ memory: true });
  t.after(() => stores.close());
  equal((await stores.records.snapshot()).consistent, false);
});
