import { equal } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqlite, storesIn } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { aUser } from '../../lib/stores/suites/records.ts';
import { dataFolder } from './folder.ts';

async function two(t: TestContext): Promise<[Stores, Stores]> {
  const { dataDir } = dataFolder(t);
  const one = await openSqlite({ dataDir });
  const other = await openSqlite({ dataDir });
  t.after(() => Promise.all([one.close(), other.close()]));
  return [one, other];
}

/** Resolves at the next change seen; the ref'd timer keeps the process alive for the store's unref'd one. */
async function nextChange(stores: Stores): Promise<'seen' | 'nothing'> {
  const { promise, resolve } = Promise.withResolvers<'seen'>();
  const stop = stores.onForeignChange(() => resolve('seen'));
  const patience = new AbortController();
  const late = wait(3000, 'nothing' as const, { signal: patience.signal }).catch(() => 'nothing' as const);
  const answer = await Promise.race([promise, late]);
  patience.abort();
  stop();
  return answer;
}

test('each of two connections hears that the other has written', async (t) => {
  const [one, other] = await two(t);
  const heard = nextChange(one);
  await other.users.insert(aUser('ada'));
  equal(await heard, 'seen');
  const heardBack = nextChange(other);
  await one.sessions.end('s1');
  await one.users.update('u_ada', { role: 'viewer' }, 1);
  equal(await heardBack, 'seen');
  equal((await other.users.byId('u_ada'))?.role, 'viewer');
});

test('nobody is told of their own writes, nor of anything after they stopped listening', async (t) => {
  const [one, other] = await two(t);
  let told = 0;
  const stop = one.onForeignChange(() => {
    told += 1;
  });
  await one.users.insert(aUser('ada'));
  await wait(600);
  equal(told, 0);
  stop();
  await other.users.insert(aUser('bob'));
  await wait(600);
  equal(told, 0);
});

test('whoever listens is told again and again while the store cannot be asked', async () => {
  const database = new DatabaseSync(':memory:');
  const { stores } = storesIn(database, undefined);
  let told = 0;
  const stop = stores.onForeignChange(() => {
    told += 1;
  });
  database.close();
  for (let waited = 0; told < 3 && waited < 5000; waited += 50) await wait(50);
  stop();
  equal(told >= 3, true);
});
