/** What one record holds is not what we wrote; every other record is untouched by that. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
}

/** A field that always holds text. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new UnreadableRecordError('a field that should hold text does not');
}

/** A field that always holds a number. */
export function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new UnreadableRecordError('a field that should hold a number does not');
}

const isNone = (value: unknown): value is undefined | null => value === undefined || value === null;

export const textOrNone = (value: unknown): string | undefined => (isNone(value) ? undefined : text(value));
export const numberOrNone = (value: unknown): number | undefined => (isNone(value) ? undefined : number(value));

/** A field that holds one of these words. */
export function oneOf<T extends string>(words: readonly T[], value: unknown): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new UnreadableRecordError(`a field that should hold one of ${words.join(', ')} does not`);
}

/** A field that holds a list, each of its elements read by `read`; nothing counts as an empty one. */
export function listOf<T>(value: unknown, read: (element: unknown) => T): T[] {
  if (isNone(value)) return [];
  if (Array.isArray(value)) return value.map(read);
  throw new UnreadableRecordError('a field that should hold a list does not');
}

/** An element that is a document. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UnreadableRecordError('an element that should be a document is none');
}

/** What `read` makes of the record; undefined for one that cannot be read, so that it hides no other. */
export function readable<D, T>(record: D, read: (record: D) => T): T | undefined {
  try {
    return read(record);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return undefined;
    throw error;
  }
}

/** Those that are there. */
export const present = <T>(all: readonly (T | undefined)[]): T[] => all.filter((one) => one !== undefined);

/** A page of the documents found: one more was asked for than wanted, to know whether there is another. */
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
