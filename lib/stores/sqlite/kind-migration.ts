import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AnyKind, Fields } from '../records/kind.ts';
import { fieldsIn, indexesOf, tableDdl, tableName, tableOf, valuesOf } from './record-table.ts';
import type { Row } from './rows.ts';
import { integer, UnreadableRecordError } from './rows.ts';

/** Creates the table of a kind, or rewrites its records from version `from` to the kind's. Needs a transaction around it. */
export function migrateKind(database: DatabaseSync, kind: AnyKind, from: number | undefined): void {
  if (from === kind.version) return;
  const name = tableName(kind);
  if (from === undefined) {
    database.exec([tableDdl(kind, name), ...indexesOf(kind)].join('\n'));
    return;
  }
  // A new table: its columns are those of the new keys and orders, whichever there were before.
  const next = `next_${name}`;
  database.exec(tableDdl(kind, next));
  rewrite(database, kind, from, next);
  database.exec([`DROP TABLE ${name};`, `ALTER TABLE ${next} RENAME TO ${name};`, ...indexesOf(kind)].join('\n'));
}

function rewrite(database: DatabaseSync, kind: AnyKind, from: number, into: string): void {
  const columns = [...tableOf(kind).columns, 'noted'];
  const places = columns.map(() => '?').join(', ');
  const insert = database.prepare(`INSERT INTO ${into} (${columns.join(', ')}) VALUES (${places})`);
  for (const row of database.prepare(`SELECT * FROM ${tableName(kind)}`).iterate()) {
    insert.run(...(migrated(kind, from, row) ?? columns.map((column) => row[column] ?? null)));
  }
}

/** The values of a record's columns at the kind's version; `undefined` for one that cannot be read: it is kept as it is. */
function migrated(kind: AnyKind, from: number, row: Row): SQLInputValue[] | undefined {
  try {
    const before: Fields = fieldsIn(row);
    const fields = kind.migrations.slice(from - 1).reduce((record, step) => step(record), before);
    return [...valuesOf(kind, { ...fields, id: String(row.id) }, integer(row.version), fields), row.noted ?? null];
  } catch (error) {
    if (error instanceof TypeError || error instanceof UnreadableRecordError) return undefined;
    throw error;
  }
}
