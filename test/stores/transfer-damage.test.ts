import { deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import test, { after, before } from 'node:test';
import mongoose from 'mongoose';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { aToken, aUser } from '../../lib/stores/suites/records.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { dataFolder } from './folder.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

type Moving = Pick<Stores, 'users' | 'tokens' | 'transfer'>;

async function fill({ users, tokens }: Moving): Promise<void> {
  for (const name of ['ada', 'bob', 'carl']) await users.insert(aUser(name));
  for (const name of ['ci', 'cd']) await tokens.create(aToken(name));
}

/** What an export tells of damaged records, and what an import of good ones in their place. */
async function look({ transfer }: Moving): Promise<void> {
  const found: string[] = [];
  for await (const entry of transfer.entries()) {
    if ('unreadable' in entry) found.push(`unreadable ${entry.kind} ${entry.unreadable}`);
    else if (entry.kind === 'user') found.push(entry.record.nameKey);
    else if (entry.kind === 'token') found.push(entry.record.id);
  }
  deepEqual(found, ['ada', 'unreadable user bob', 'carl', 't_cd', 'unreadable token t_ci']);
  const entries = [
    { kind: 'user', record: aUser('bob') },
    { kind: 'token', record: aToken('ci') },
    { kind: 'user', record: aUser('dora') },
  ] as const;
  deepEqual(await transfer.put(entries), ['unreadable', 'unreadable', 'created']);
  equal((await transfer.put(entries, { replace: true }))[2], 'unchanged');
}

test('SQLite: records that cannot be read are told, and hide no others', async (t) => {
  const { dataDir, path } = dataFolder(t);
  const stores = await openSqlite({ dataDir });
  t.after(() => stores.close());
  await fill(stores);
  const other = new DatabaseSync(path);
  other.exec(
    `UPDATE users SET ended = '[' WHERE name_key = 'bob'; UPDATE api_tokens SET scopes = '{}' WHERE id = 't_ci'`,
  );
  other.close();
  await look(stores);
});

test('MongoDB: records that cannot be read are told, and hide no others', async (t) => {
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const stores = await openMongo({ url });
  t.after(() => stores.close());
  await fill(stores);
  const connection = await mongoose.createConnection(url).asPromise();
  const named = <D extends { _id: string }>(name: string) => connection.collection<D>(`gatewarden_${name}`);
  await named('users').updateOne({ _id: 'bob' }, { $set: { epoch: 'x' } });
  await named('api_tokens').updateOne({ _id: 't_ci' }, { $set: { scopes: 7 } });
  await connection.close();
  await look(stores);
});
