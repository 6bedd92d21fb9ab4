import type { SQLOutputValue } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

/** A stored record does not have the columns of its kind. Other records are not affected. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** Reads a required text column. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new UnreadableRecordError('a column that should hold text does not');
}

/** Reads a required number column. */
export function integer(value: SQLOutputValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new UnreadableRecordError('a column that should hold a number does not');
}

export function textOrNone(value: SQLOutputValue | undefined): string | undefined {
  return value === null ? undefined : text(value);
}

export function integerOrNone(value: SQLOutputValue | undefined): number | undefined {
  return value === null ? undefined : integer(value);
}

/** Reads a column that is one of these words. */
export function oneOf<T extends string>(words: readonly T[], value: SQLOutputValue | undefined): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UnreadableRecordError(`a column that should hold one of ${words.join(', ')} does not`);
}

/** Reads a column of JSON; `undefined` for NULL. */
export function jsonOrNone(value: SQLOutputValue | undefined): unknown {
  const source = textOrNone(value);
  if (source === undefined) return undefined;
  try {
    return JSON.parse(source);
  } catch {
    throw new UnreadableRecordError('a column that should hold JSON does not');
  }
}

/** Reads `limit + 1` rows: the extra one tells whether there is another page. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string) {
  if (rows.length <= limit) return { items: rows };
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined ? undefined : keyOf(last) };
}

export const pageLimit = (limit: number): number => Math.min(1000, Math.max(1, Math.trunc(limit)));
