/** A stored record does not have the fields of its kind. Other records are not affected. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** Reads a required text field. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new UnreadableRecordError('a field that should hold text does not');
}

/** Reads a required number field. */
export function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new UnreadableRecordError('a field that should hold a number does not');
}

const isNone = (value: unknown): value is undefined | null => value === undefined || value === null;

export const textOrNone = (value: unknown): string | undefined => (isNone(value) ? undefined : text(value));

/** Returns what `read` returns, and `undefined` for a record that cannot be read, so that the others are listed. */
export function readable<D, T>(record: D, read: (record: D) => T): T | undefined {
  try {
    return read(record);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return undefined;
    throw error;
  }
}

/** The values that are not `undefined`. */
export const present = <T>(all: readonly (T | undefined)[]): T[] => all.filter((one) => one !== undefined);

/** Makes a page of `limit + 1` documents found: the extra one tells whether there is another page. */
export function pageOf<D, T>(
  found: readonly D[],
  limit: number,
  keyOf: (document: D) => string,
  read: (document: D) => T,
) {
  const shown = found.slice(0, limit);
  const items = present(shown.map((document) => readable(document, read)));
  const last = shown.at(-1);
  return found.length <= limit || last === undefined ? { items } : { items, next: keyOf(last) };
}

export const pageLimit = (limit: number): number => Math.min(1000, Math.max(1, Math.trunc(limit)));
