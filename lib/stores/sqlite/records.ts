import type { Identified, Kind } from '../records/kind.ts';
import type { Added, Change, Changed, Decide, RecordReader, Records, Versioned } from '../records/records.ts';
import type { Connection } from './connection.ts';
import { declaredKey, recordReader, rowByKey, rowOf } from './record-reader.ts';
import { fieldsIn, keyColumn, recordIn, tableName, tableOf, valuesOf } from './record-table.ts';
import type { Row } from './rows.ts';
import { integer, text } from './rows.ts';
import type { ToldRows } from './told-rows.ts';

export type RecordsOptions = Readonly<{
  db: Connection;
  /** Milliseconds since the epoch. */
  now: () => number;
  told: ToldRows;
  snapshot: Records['snapshot'];
}>;

/** The verbs on SQLite: each change is a transaction. */
export function sqliteRecords({ db, now, told, snapshot }: RecordsOptions): Records {
  const reader: RecordReader = recordReader(db);

  /** The key of a record that another one has. */
  function takenKey<R extends Identified>(kind: Kind<R>, record: R, replaced?: string): string | undefined {
    const found = Object.entries(kind.keys).find(([key, of]) => {
      const value = of(record);
      if (value === undefined) return false;
      const sql = `SELECT id FROM ${tableName(kind)} WHERE ${keyColumn(key)} = ?`;
      const row = db.statement(sql).get(value);
      return row !== undefined && row.id !== record.id && row.id !== replaced;
    });
    return found?.[0];
  }

  function insert<R extends Identified>(kind: Kind<R>, record: R): Versioned<R> {
    const { name, columns } = tableOf(kind);
    const noted: unknown = kind.note === undefined ? undefined : Reflect.get(record, kind.note);
    const places = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${name} (${columns.join(', ')}, noted) VALUES (${places}, ?)`;
    db.statement(sql).run(...valuesOf(kind, record, 1), typeof noted === 'number' ? noted : null);
    told.tell(kind, record.id, 1);
    return { ...record, version: 1 };
  }

  function add<R extends Identified>(kind: Kind<R>, record: R): Added<R> {
    if (rowOf(db, kind, record.id)) return { kind: 'taken', key: 'id' };
    const key = takenKey(kind, record);
    return key === undefined ? { kind: 'added', record: insert(kind, record) } : { kind: 'taken', key };
  }

  function update<R extends Identified>(kind: Kind<R>, record: R, row: Row): Versioned<R> {
    const { name, columns } = tableOf(kind);
    const version = integer(row.version) + 1;
    const keepsNote = kind.note !== undefined && Reflect.get(record, kind.note) !== undefined;
    const values = columns.map(() => '?').join(', ');
    const noted = keepsNote ? 'noted' : 'NULL';
    const sql = `UPDATE ${name} SET (${columns.join(', ')}, noted) = (${values}, ${noted}) WHERE id = ?`;
    db.statement(sql).run(...valuesOf(kind, record, version, fieldsIn(row)), record.id);
    told.tell(kind, record.id, version);
    const written = rowOf(db, kind, record.id);
    return written === undefined ? { ...record, version } : recordIn(kind, written);
  }

  function remove(kind: Kind<Identified>, row: Row): void {
    const id = text(row.id);
    db.statement(`DELETE FROM ${tableName(kind)} WHERE id = ?`).run(id);
    told.tell(kind, id, integer(row.version) + 1);
  }

  function write<R extends Identified>(kind: Kind<R>, record: R, row: Row | undefined): Versioned<R> {
    if (row?.id === record.id) return update(kind, record, row);
    if (row !== undefined) remove(kind, row);
    return insert(kind, record);
  }

  function decided<R extends Identified, A>(kind: Kind<R>, row: Row | undefined, decide: Decide<R, A>): Changed<R, A> {
    const before = row === undefined ? undefined : recordIn(kind, row);
    const wanted = decide(before, now());
    if (wanted.kind === 'keep') return { kind: 'done', answer: wanted.answer, record: before };
    if (wanted.kind === 'remove') {
      if (row !== undefined) remove(kind, row);
      return { kind: 'done', answer: wanted.answer, record: undefined };
    }
    const replaced = row === undefined ? undefined : String(row.id);
    const key = takenKey(kind, wanted.record, replaced);
    if (key !== undefined) return { kind: 'taken', key };
    if (wanted.record.id !== replaced && rowOf(db, kind, wanted.record.id)) return { kind: 'taken', key: 'id' };
    return { kind: 'done', answer: wanted.answer, record: write(kind, wanted.record, row) };
  }

  function change<R extends Identified, A>(kind: Kind<R>, id: string, decide: Decide<R, A>): Promise<Changed<R, A>> {
    return db.transaction('durable', () =>
      decided(kind, rowOf(db, kind, id), (record, at) => ofSameId(kind, id, decide(record, at))),
    );
  }

  function put<R extends Identified, A>(kind: Kind<R>, key: string, value: string, decide: Decide<R, A>) {
    declaredKey(kind, key);
    return db.transaction('durable', () => decided(kind, rowByKey(db, kind, key, value), decide));
  }

  function removeAll(kind: Kind<Identified>, owner: string, except: readonly string[]): number {
    const condition = 'owner = ? AND id NOT IN (SELECT value FROM json_each(?))';
    const values = [owner, JSON.stringify(except)];
    told.tellRemoval(kind, condition, values);
    return db.statement(`DELETE FROM ${tableName(kind)} WHERE ${condition}`).run(...values);
  }

  function sweep(kind: Kind<Identified>, limit: number): number {
    const name = tableName(kind);
    const expired = `SELECT id FROM ${name} WHERE expires <= ? ORDER BY expires LIMIT ?`;
    return db.statement(`DELETE FROM ${name} WHERE id IN (${expired})`).run(now(), limit);
  }

  function note(kind: Kind<Identified>, id: string, at: number): void {
    db.statement(`UPDATE ${tableName(kind)} SET noted = max(coalesce(noted, 0), ?) WHERE id = ?`).run(at, id);
  }

  return {
    ...reader,
    add: (kind, record) => db.transaction('durable', () => add(kind, record)),
    addMany: (kind, records) => db.transaction('durable', () => records.map((record) => add(kind, record))),
    change,
    put,
    note: (kind, id, at) => db.write('relaxed', () => note(kind, id, at)),
    removeAll: (kind, owner, except = []) => db.transaction('durable', () => removeAll(kind, owner, except)),
    sweep: (kind, limit) => db.write('relaxed', () => sweep(kind, limit)),
    now,
    snapshot,
  };
}

/** A change keeps the id: else another record would be written under the lock of this one. */
function ofSameId<R extends Identified, A>(kind: Kind<R>, id: string, wanted: Change<R, A>): Change<R, A> {
  if (wanted.kind === 'put' && wanted.record.id !== id) {
    throw new TypeError(`a change of the ${kind.name} "${id}" puts a record with another id`);
  }
  return wanted;
}
