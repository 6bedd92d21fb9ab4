import { StoreUnavailableError } from '../errors.ts';
import type { Identified, Kind } from '../stores/records/kind.ts';
import type { RecordReader } from '../stores/records/records.ts';

/** A stored record that does not fit its kind; anything else is an outage. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof StoreUnavailableError &&
  error.cause instanceof Error &&
  error.cause.name === 'UnreadableRecordError';

/** Gives `otherwise` when a stored record that does not fit its kind is in the way. */
export async function unlessUnreadable<T, U>(ask: () => Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await ask();
  } catch (error) {
    if (isUnreadable(error)) return otherwise;
    throw error;
  }
}

/** The records with these ids, in their order. */
export async function recordsWith<R extends Identified>(
  records: RecordReader,
  kind: Kind<R>,
  ids: readonly string[],
): Promise<readonly (R | 'unreadable' | undefined)[]> {
  if (ids.length === 0) return [];
  const found = await unlessUnreadable(() => records.getMany(kind, ids), undefined);
  if (found !== undefined) return found;
  const each: (R | 'unreadable' | undefined)[] = [];
  for (const id of ids) each.push(await unlessUnreadable(() => records.get(kind, id), 'unreadable' as const));
  return each;
}
