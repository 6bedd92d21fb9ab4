import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { factsIn } from '../../lib/stores/records/facts.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { formerApplicationId, layoutSteps } from '../../lib/stores/sqlite/layout.ts';
import { versionOf } from '../../lib/stores/sqlite/migrations.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { dataFolder } from './folder.ts';

/** A good database with enough in it to have pages to damage. */
async function filled(t: TestContext) {
  const folder = dataFolder(t);
  const stores = await openSqlite({ dataDir: folder.dataDir });
  for (let n = 0; n < 200; n += 1)
    await stores.records.add(userKind, someUser(`user${n}`, { displayName: 'x'.repeat(200) }));
  await stores.close();
  return folder;
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = readFileSync(path);
  bytes.copy(file, at);
  writeFileSync(path, file);
}

function withSql(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

const newLayout = (path: string) => withSql(path, `PRAGMA user_version = ${layoutSteps.length + 1}`);
const newKind = (path: string) => withSql(path, `UPDATE kinds SET version = version + 1 WHERE name = 'user'`);
const moreKinds = (path: string) => withSql(path, `INSERT INTO kinds VALUES ('passkey', 1)`);
const ofFormerVersion = (path: string) => withSql(path, `PRAGMA application_id = ${formerApplicationId}`);
const foreign = 'CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES (1)';

const unusable: [what: string, spoil: (path: string) => void, reason: RegExp][] = [
  ['that is no database', (path) => writeFileSync(path, 'user,password\n'.repeat(999)), /is not an SQLite database/],
  ['that is shorter than a header', (path) => writeFileSync(path, 'x'), /is not an SQLite database/],
  ['with pages overwritten', (path) => overwrite(path, 8192, Buffer.alloc(40_000, 0xa5)), /is damaged/],
  ['with its schema overwritten', (path) => overwrite(path, 100, Buffer.alloc(3000, 0xa5)), /is damaged/],
  ['cut off in the middle', (path) => writeFileSync(path, readFileSync(path).subarray(0, 9000)), /is damaged/],
  ['with a newer layout', newLayout, /newer version .* layout has version 5, this one knows 4\)/],
  ['with newer records', newKind, /newer version .* kind "user" has version 3, this one knows 2\)/],
  ['with records that only a newer version has', moreKinds, /newer version .* kind "passkey", which this one does not/],
  ['of Gatewarden 0.1.0', ofFormerVersion, /written by Gatewarden 0\.1\.0, whose files this version cannot read/],
];

for (const [what, spoil, reason] of unusable) {
  test(`a file ${what} is refused by path and reason, and left as it is`, async (t) => {
    const { dataDir, path } = await filled(t);
    spoil(path);
    const before = readFileSync(path);
    const files = readdirSync(dataDir);
    await rejects(openSqlite({ dataDir }), (error: Error) => {
      equal(error.message.startsWith(`${path} cannot be used: `), true);
      match(error.message, reason);
      return true;
    });
    deepEqual(readFileSync(path), before);
    deepEqual(readdirSync(dataDir), files);
  });
}

test('the database of another application is refused and left as it is', async (t) => {
  const { dataDir, path } = dataFolder(t);
  withSql(path, foreign);
  const before = readFileSync(path);
  await rejects(openSqlite({ dataDir }), /database of another application/);
  deepEqual(readFileSync(path), before);
});

test('a directory in the place of the file, and a file in the place of the directory, are named', async (t) => {
  const { dataDir, path } = dataFolder(t);
  mkdirSync(path);
  await rejects(
    openSqlite({ dataDir }),
    (error: Error) => error.message === `${path} cannot be used: it is a directory`,
  );
  writeFileSync(join(dataDir, 'plain'), 'kept');
  const inside = join(dataDir, 'plain', 'data');
  await rejects(openSqlite({ dataDir: inside }), /the data directory .*plain\/data cannot be used: .*not a directory/);
  equal(readFileSync(join(dataDir, 'plain'), 'utf8'), 'kept');
});

test('what is made is for its owner only, the log beside it too', async (t) => {
  const dataDir = join(dataFolder(t).dataDir, 'deep', 'data');
  const stores = await openSqlite({ dataDir });
  await factsIn(stores.records).put('a', 'b');
  equal(statSync(dataDir).mode & 0o777, 0o700);
  const modes = readdirSync(dataDir).map((name) => [name, statSync(join(dataDir, name)).mode & 0o777]);
  deepEqual(modes, [
    ['.gitignore', 0o600],
    ['gatewarden.db', 0o600],
    ['gatewarden.db-shm', 0o600],
    ['gatewarden.db-wal', 0o600],
  ]);
  await stores.close();
});

test('a file that others may read is made private', async (t) => {
  const { dataDir, path } = dataFolder(t);
  writeFileSync(path, '', { mode: 0o644 });
  const stores = await openSqlite({ dataDir });
  equal(statSync(path).mode & 0o777, 0o600);
  await stores.close();
});

test('two that start at the same moment share the new file', async (t) => {
  const { dataDir } = dataFolder(t);
  const [one, two] = await Promise.all([openSqlite({ dataDir }), openSqlite({ dataDir })]);
  await factsIn(one.records).put('from', 'one');
  equal(await factsIn(two.records).get('from'), 'one');
  await one.close();
  await two.close();
});

test('a new file has the latest layout, and what is there is kept by opening it again', async (t) => {
  const { dataDir, path } = await filled(t);
  const stores = await openSqlite({ dataDir });
  equal((await stores.records.list(userKind, { limit: 1000 })).items.length, 200);
  await stores.close();
  const database = new DatabaseSync(path, { readOnly: true });
  equal(versionOf(database), layoutSteps.length);
  database.close();
});

/** What a process without root's rights would meet. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

const locked: [what: string, lock: (dataDir: string, path: string) => void][] = [
  ['that may not be read', (_, path) => chmodSync(path, 0o000)],
  ['that may not be written', (_, path) => chmodSync(path, 0o444)],
  ['in a directory that may not be entered', (dataDir) => chmodSync(dataDir, 0o000)],
];
for (const [what, lock] of locked) {
  test(`a file ${what} is refused by path and reason, and left as it is`, async (t) => {
    const { dataDir, path } = await filled(t);
    const before = readFileSync(path);
    chmodSync(dataDir, 0o755);
    lock(dataDir, path);
    await asNobody(() =>
      rejects(openSqlite({ dataDir }), (error: Error) => {
        ok(error.message.includes(dataDir));
        match(error.message, /cannot be used: permission denied/);
        return true;
      }),
    );
    chmodSync(dataDir, 0o700);
    chmodSync(path, 0o600);
    deepEqual(readFileSync(path), before);
  });
}

test('a data directory that may not be written to, or made, is refused by path and reason', async (t) => {
  const { dataDir } = dataFolder(t);
  chmodSync(dataDir, 0o555);
  for (const directory of [dataDir, join(dataDir, 'data')]) {
    await asNobody(() =>
      rejects(openSqlite({ dataDir: directory }), /gatewarden-.* cannot be used: permission denied/),
    );
  }
  chmodSync(dataDir, 0o700);
  deepEqual(readdirSync(dataDir), []);
});
