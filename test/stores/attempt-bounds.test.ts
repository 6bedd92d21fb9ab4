import { equal, ok } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { attemptStore } from '../../lib/stores/sqlite/attempts.ts';
import { connection } from '../../lib/stores/sqlite/connection.ts';
import { migrate } from '../../lib/stores/sqlite/migrations.ts';

const limits = { mostRows: 100, hitsBetweenSweeps: 10, sweptAtOnce: 20 };
const hour = 3_600_000;

function counted(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_900_000_000_000 });
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const attempts = attemptStore(connection(database), limits);
  const rows = () => Number(database.prepare('SELECT count(*) AS n FROM attempts').get()?.n);
  return { attempts, rows };
}

test('counters whose window is over are swept as others are counted', async (t) => {
  const { attempts, rows } = counted(t);
  for (let n = 0; n < 90; n += 1) await attempts.hit(`name${n}`, hour);
  equal(rows(), 90);
  t.mock.timers.tick(hour);
  for (let n = 0; n < 60; n += 1) await attempts.hit('ada', hour);
  equal(rows(), 1);
});

test('a flood of invented names costs a bounded number of rows, and the newest counters live', async (t) => {
  const { attempts, rows } = counted(t);
  for (let n = 0; n < 1000; n += 1) {
    t.mock.timers.tick(1);
    await attempts.hit(`name${n}`, hour);
  }
  ok(rows() <= limits.mostRows + limits.hitsBetweenSweeps);
  equal((await attempts.hit('name999', hour)).count, 2);
});
