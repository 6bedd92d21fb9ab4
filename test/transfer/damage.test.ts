import { deepEqual, match } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, before } from 'node:test';
import mongoose from 'mongoose';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { collectionName } from '../../lib/stores/mongo/records/shape.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Unreadable } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { exported } from '../../lib/transfer/export.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { bringIn, fileOf, linesFor, type Moving } from './moving.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

async function fill({ records }: Moving): Promise<void> {
  await records.addMany(
    userKind,
    ['ada', 'bob', 'carl'].map((name) => someUser(name)),
  );
  await records.addMany(apiTokenKind, [someToken('cd'), someToken('ci')]);
}

/** What an export tells of damaged records, and what an import of good ones in their place. */
async function look(stores: Moving): Promise<void> {
  const unreadable: string[] = [];
  const onUnreadable = ({ kind, id }: Unreadable) => void unreadable.push(`${kind} ${id}`);
  let text = '';
  for await (const some of exported(stores, { onUnreadable })) text += some;
  const ids = text
    .split('\n')
    .slice(1, -2)
    .map((line) => JSON.parse(line).id);
  deepEqual(
    [ids, unreadable],
    [
      ['u_ada', 'u_carl', 't_cd'],
      ['user u_bob', 'api-token t_ci'],
    ],
  );
  const lines = [
    ...linesFor(userKind, someUser('ada'), someUser('bob'), someUser('dora')),
    ...linesFor(apiTokenKind, someToken('cd'), someToken('ci'), someToken('ce'), someToken('cf', { userId: 'u_bob' })),
  ];
  for (const [replace, created, unchanged] of [
    [false, 2, 2],
    [true, 0, 4],
  ] as const) {
    const { summary, problems } = await bringIn(stores, fileOf(lines), { replace });
    deepEqual([summary.created, summary.unchanged], [created, unchanged]);
    deepEqual(Object.fromEntries(problems.map(({ what, problem }) => [what, problem])), {
      'user bob': 'what is there in its place cannot be read',
      'api-token cf': 'the user that it belongs to is not there',
      'api-token ci': 'what is there in its place cannot be read',
    });
  }
}

test('SQLite: records that cannot be read are told, and hide no others', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const stores = await openSqlite({ dataDir });
  t.after(() => stores.close());
  await fill(stores);
  const other = new DatabaseSync(join(dataDir, 'gatewarden.db'));
  other.exec(`UPDATE user SET record = '[' WHERE id = 'u_bob';
    UPDATE api_token SET record = json_set(record, '$.scopes', 7) WHERE id = 't_ci'`);
  other.close();
  await look(stores);
});

test('MongoDB: records that cannot be read are told, and hide no others', async (t) => {
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const stores = await openMongo({ url });
  t.after(() => stores.close());
  await fill(stores);
  const connection = await mongoose.createConnection(url).asPromise();
  const damage = (name: string, id: string, fields: object) =>
    connection.collection<{ _id: string }>(`gatewarden_${name}`).updateOne({ _id: id }, { $set: fields });
  await damage(collectionName(userKind), 'u_bob', { epoch: 'x' });
  await damage(collectionName(apiTokenKind), 't_ci', { scopes: 7 });
  await connection.close();
  await look(stores);
});

test('a store that does not answer ends the import: nothing is said of its records', async () => {
  const stores = await openSqlite({ memory: true });
  await stores.close();
  const ended = await bringIn(stores, fileOf(linesFor(userKind, someUser('ada')))).catch((error: Error) => error.name);
  match(String(ended), /StoreUnavailableError/);
});
