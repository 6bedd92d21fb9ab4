import type { SQLOutputValue } from 'node:sqlite';

/** What one record holds is not what we wrote; every other record is untouched by that. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** A column that always holds text. */
export function text(value: SQLOutputValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new UnreadableRecordError('a column that should hold text does not');
}

/** A column that always holds a number. */
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

/** A column that holds one of these words. */
export function oneOf<T extends string>(words: readonly T[], value: SQLOutputValue | undefined): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UnreadableRecordError(`a column that should hold one of ${words.join(', ')} does not`);
}

/** A column that holds JSON, or nothing. */
export function jsonOrNone(value: SQLOutputValue | undefined): unknown {
  const source = textOrNone(value);
  if (source === undefined) return undefined;
  try {
    return JSON.parse(source);
  } catch {
    throw new UnreadableRecordError('a column that should hold JSON does not');
  }
}

/** How a page is read: one more than asked for, to know whether there is another. */
export function pageOf<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string) {
  if (rows.length <= limit) return { items: rows };
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined ? undefined : keyOf(last) };
}

export const pageLimit = (limit: number): number => Math.min(1000, Math.max(1, Math.trunc(limit)));
