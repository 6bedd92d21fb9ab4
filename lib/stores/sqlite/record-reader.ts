import type { SQLInputValue } from 'node:sqlite';
import type { Identified, Kind } from '../records/kind.ts';
import type { Page } from '../records/page.ts';
import type { CountQuery, ListQuery, RecordReader, Unreadable, Versioned } from '../records/records.ts';
import type { Connection } from './connection.ts';
import { keyColumn, orderColumn, recordIn, tableName } from './record-table.ts';
import type { Row } from './rows.ts';
import { integer, pageLimit, pageOf, text, UnreadableRecordError } from './rows.ts';

/** Greater than every text with the prefix. */
const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

const columns = 'id, version, record, noted';

export function declaredKey(kind: Kind<Identified>, key: string): string {
  if (Object.hasOwn(kind.keys, key)) return keyColumn(key);
  throw new TypeError(`the kind "${kind.name}" has no key "${key}"`);
}

function declaredOrder(kind: Kind<Identified>, order: string): string {
  if (order === 'id' || Object.hasOwn(kind.orders, order)) return orderColumn(order);
  throw new TypeError(`the kind "${kind.name}" has no order "${order}"`);
}

/** The row of a record, by its id. */
export function rowOf(db: Connection, kind: Kind<Identified>, id: string): Row | undefined {
  return db.statement(`SELECT ${columns} FROM ${tableName(kind)} WHERE id = ?`).get(id);
}

/** The row of the record with a unique key. */
export function rowByKey(db: Connection, kind: Kind<Identified>, key: string, value: string): Row | undefined {
  const column = declaredKey(kind, key);
  return db.statement(`SELECT ${columns} FROM ${tableName(kind)} WHERE ${column} = ?`).get(value);
}

/** The conditions of a list and their values. */
function conditionsOf(
  { owner, after, prefix = '' }: Pick<ListQuery, 'owner' | 'after' | 'prefix'>,
  order: string,
): [string, SQLInputValue][] {
  return [
    ...(owner === undefined ? [] : [['owner = ?', owner] satisfies [string, string]]),
    ...(after === undefined ? [] : [[`${order} > ?`, after] satisfies [string, string]]),
    ...(prefix === '' ? [] : [[`${order} >= ?`, prefix] satisfies [string, string]]),
    ...(prefix === '' ? [] : [[`${order} < ?`, endOf(prefix)] satisfies [string, string]]),
  ];
}

function rowsOf(db: Connection, kind: Kind<Identified>, query: ListQuery, limit: number): Row[] {
  const order = declaredOrder(kind, query.order ?? 'id');
  const conditions = conditionsOf(query, order);
  const where = [`${order} IS NOT NULL`, ...conditions.map(([condition]) => condition)].join(' AND ');
  const sql = `SELECT ${columns}, ${order} AS place FROM ${tableName(kind)} WHERE ${where} ORDER BY ${order} LIMIT ?`;
  return db.statement(sql).all(...conditions.map(([, value]) => value), limit);
}

function counted(db: Connection, kind: Kind<Identified>, query: CountQuery | undefined): number {
  const name = tableName(kind);
  if (query === undefined) return integer(db.statement(`SELECT count(*) AS n FROM ${name}`).get()?.n);
  const order = declaredOrder(kind, query.order);
  const conditions = conditionsOf({ prefix: query.prefix }, order);
  const where = [`${order} IS NOT NULL`, ...conditions.map(([condition]) => condition)].join(' AND ');
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${name} WHERE ${where} LIMIT ?)`;
  return integer(db.statement(sql).get(...conditions.map(([, value]) => value), query.most)?.n);
}

function readable<R extends Identified>(
  kind: Kind<R>,
  row: Row,
  onUnreadable?: (record: Unreadable) => void,
): Versioned<R>[] {
  try {
    return [recordIn(kind, row)];
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    onUnreadable?.({ kind: kind.name, id: text(row.id) });
    return [];
  }
}

export function recordReader(db: Connection): RecordReader {
  const one = <R extends Identified>(kind: Kind<R>, row: Row | undefined) =>
    row === undefined ? undefined : recordIn(kind, row);

  function list<R extends Identified>(
    kind: Kind<R>,
    query: ListQuery,
    onUnreadable?: (record: Unreadable) => void,
  ): Page<Versioned<R>> {
    const limit = pageLimit(query.limit);
    const { items, next } = pageOf(rowsOf(db, kind, query, limit + 1), limit, (row) => text(row.place));
    return {
      items: items.flatMap((row) => readable(kind, row, onUnreadable)),
      ...(next !== undefined && { next }),
    };
  }

  return {
    get: (kind, id) => db.read(() => one(kind, rowOf(db, kind, id))),
    getMany: (kind, ids) => db.read(() => ids.map((id) => one(kind, rowOf(db, kind, id)))),
    byKey: (kind, key, value) => db.read(() => one(kind, rowByKey(db, kind, key, value))),
    list: (kind, query, onUnreadable) => db.read(() => list(kind, query, onUnreadable)),
    count: (kind, query) => db.read(() => counted(db, kind, query)),
  };
}
