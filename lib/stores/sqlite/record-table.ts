import type { SQLInputValue } from 'node:sqlite';
import type { AnyKind, Fields, Identified, Kind } from '../records/kind.ts';
import type { Versioned } from '../records/records.ts';
import type { Row } from './rows.ts';
import { integer, integerOrNone, jsonOrNone, text, UnreadableRecordError } from './rows.ts';

/** The table of a kind: the record as JSON, and a column for all that it is found, listed or swept by. */
export interface Table {
  readonly name: string;
  /** The columns in the order of `valuesOf`. */
  readonly columns: readonly string[];
}

/** Kinds name their keys and orders themselves; no text of a user comes into an SQL statement. */
const inSql = (word: string): string => word.replaceAll('-', '_').replaceAll(/[^a-z_]/gi, '');

export const tableName = (kind: AnyKind): string => inSql(kind.name);
export const keyColumn = (key: string): string => `key_${inSql(key)}`;
export const orderColumn = (order: string): string => (order === 'id' ? 'id' : `order_${inSql(order)}`);

export function tableOf(kind: AnyKind): Table {
  const keys = Object.keys(kind.keys).map(keyColumn);
  const orders = Object.keys(kind.orders).map(orderColumn);
  return { name: tableName(kind), columns: ['id', 'version', 'record', 'owner', 'expires', ...keys, ...orders] };
}

/** The statement that creates the table of a kind under a name. */
export function tableDdl(kind: AnyKind, name: string): string {
  const columns = [
    'id TEXT NOT NULL PRIMARY KEY',
    'version INTEGER NOT NULL',
    'record TEXT NOT NULL',
    'owner TEXT',
    'expires INTEGER',
    'noted INTEGER',
    ...Object.keys(kind.keys).map((key) => `${keyColumn(key)} TEXT UNIQUE`),
    ...Object.keys(kind.orders).map((order) => `${orderColumn(order)} TEXT`),
  ];
  return `CREATE TABLE ${name} (${columns.join(', ')}) STRICT;`;
}

/** The statements that create the indexes of a kind's table. */
export function indexesOf(kind: AnyKind): string[] {
  const name = tableName(kind);
  const orders = Object.keys(kind.orders).map(orderColumn);
  const index = (column: string, on: string) =>
    `CREATE INDEX ${name}_by_${column} ON ${name} (${on}) WHERE ${column} IS NOT NULL;`;
  return [
    ...(kind.expiry === undefined ? [] : [index('expires', 'expires')]),
    ...(kind.owner === undefined ? [] : [`CREATE INDEX ${name}_by_owner ON ${name} (owner, id);`]),
    ...orders.map((order) => index(order, kind.owner === undefined ? order : `owner, ${order}`)),
  ];
}

/** Fields that the schema does not know are kept: a later version may have written them. */
function unknownIn(kind: AnyKind, stored: Fields | undefined): Fields {
  const entries = Object.entries(stored ?? {}).filter(([name]) => !Object.hasOwn(kind.schema.shape, name));
  return Object.fromEntries(entries);
}

/** Throws `TypeError` for a record that does not fit its schema: only fitting ones are written. */
export function valuesOf<R extends Identified>(
  kind: Kind<R>,
  record: R,
  version: number,
  stored?: Fields,
): SQLInputValue[] {
  const fits = kind.schema.safeParse(record);
  if (!fits.success) throw new TypeError(`a record of the kind "${kind.name}" does not fit: ${fits.error.message}`);
  const { [kind.note ?? '']: _noted, ...fields }: Fields = { ...unknownIn(kind, stored), ...fits.data };
  return [
    record.id,
    version,
    JSON.stringify(fields),
    kind.owner?.(record) ?? null,
    kind.expiry?.(record) ?? null,
    ...Object.values(kind.keys).map((key) => key(record) ?? null),
    ...Object.values(kind.orders).map((order) => order(record) ?? null),
  ];
}

/** The JSON of a row, with fields that the schema does not know. */
export function fieldsIn(row: Row): Fields {
  const value = jsonOrNone(row.record);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UnreadableRecordError('a record is not an object');
}

/** Throws `UnreadableRecordError` for a row whose record does not fit the schema. */
export function recordIn<R extends Identified>(kind: Kind<R>, row: Row): Versioned<R> {
  const noted = integerOrNone(row.noted);
  const fields = { ...fieldsIn(row), ...(kind.note !== undefined && noted !== undefined && { [kind.note]: noted }) };
  const parsed = kind.schema.safeParse(fields);
  if (!parsed.success || parsed.data.id !== text(row.id)) {
    throw new UnreadableRecordError(`a record of the kind "${kind.name}" does not fit its schema`);
  }
  return { ...parsed.data, version: integer(row.version) };
}
