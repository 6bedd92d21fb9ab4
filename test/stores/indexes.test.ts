import { deepEqual, ok } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { storesIn } from '../../lib/stores/sqlite/index.ts';
import { migrate } from '../../lib/stores/sqlite/migrations.ts';

/** Read whole on purpose: counts that run now and then, a handful of keys, one row of facts, what a query itself gathered. */
const readWhole = [
  /^SCAN (attempts|audit) USING COVERING INDEX/,
  /^SCAN signing_keys$/,
  /^SCAN facts$/,
  /^SCAN made$/,
  /^SCAN CONSTANT ROW$/,
  /^SCAN \(subquery-\d+\)$/,
];

/** Everything that any store asks, as it is asked. */
async function statements(database: DatabaseSync): Promise<string[]> {
  migrate(database);
  const { stores, db } = storesIn(database, undefined);
  await stores.attempts.hit('ada', 1000);
  return [...db.statements].filter((sql) => !sql.startsWith('PRAGMA'));
}

test('every statement finds its rows by an index, and in the order it gives them', async () => {
  const database = new DatabaseSync(':memory:');
  const all = await statements(database);
  ok(all.length > 50);
  const slow = all.flatMap((sql) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((step) => String(step.detail))
      .filter((step) => /^SCAN|TEMP B-TREE/.test(step) && !readWhole.some((known) => known.test(step)))
      .map((step) => `${step}: ${sql.replace(/\s+/g, ' ')}`),
  );
  deepEqual(slow, []);
});
