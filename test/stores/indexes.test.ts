import { deepEqual, ok } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import type { AuditStore } from '../../lib/stores/audit.ts';
import type { AnyKind } from '../../lib/stores/records/kind.ts';
import { allKinds } from '../../lib/stores/records/kinds/index.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { storesIn } from '../../lib/stores/sqlite/index.ts';
import { migrate } from '../../lib/stores/sqlite/migrations.ts';

/** Read whole on purpose: counts that run now and then, tables of a few rows, the first rows of a table up to a limit. */
const readWhole = [
  /^SCAN (attempts|audit|sessions) USING COVERING INDEX/,
  /^SCAN json_each VIRTUAL TABLE/,
  /^SCAN sqlite_sequence$/,
  /^SCAN told$/,
  /^SCAN CONSTANT ROW$/,
  /^SCAN \(subquery-\d+\)$/,
];

/** Calls every verb that reads or deletes records of a kind, in every way that the kind declares. */
async function askFor(records: Records, kind: AnyKind): Promise<void> {
  const page = { limit: 9, after: 'a', prefix: 'b' };
  await records.get(kind, 'a');
  await records.getMany(kind, ['a', 'b']);
  await records.note(kind, 'a', 1);
  await records.change(kind, 'a', () => ({ kind: 'remove', answer: undefined }));
  for (const key of Object.keys(kind.keys)) await records.byKey(kind, key, 'a');
  await records.list(kind, page);
  const owner = kind.owner && { owner: 'u' };
  for (const order of ['id', ...Object.keys(kind.orders)]) await records.list(kind, { ...page, ...owner, order });
  if (kind.owner) await records.removeAll(kind, 'u');
  const counted = kind.owner ? [] : Object.keys(kind.orders);
  for (const order of counted) await records.count(kind, { order, prefix: 'b', most: 9 });
  if (kind.expiry) await records.sweep(kind, 9);
}

/** Lists the audit log by every choice of filters. */
async function askForEvents(audit: AuditStore): Promise<void> {
  const filters = ['event', 'actor', 'subject', 'outcome', 'since', 'after'] as const;
  for (let chosen = 0; chosen < 2 ** filters.length; chosen += 1) {
    const given = filters.filter((_, bit) => chosen & (2 ** bit)).map((filter) => [filter, 'a']);
    await audit.list({ limit: 9, ...Object.fromEntries(given) });
    await audit.list({ limit: 9, ...Object.fromEntries(given), outcome: 'ok' });
  }
}

/** Everything that any store asks, as it is asked. */
async function statements(database: DatabaseSync): Promise<string[]> {
  migrate(database);
  const { stores, db } = storesIn(database, undefined);
  await stores.attempts.hit('ada', 1000);
  await askForEvents(stores.audit);
  for (const kind of allKinds) await askFor(stores.records, kind);
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
