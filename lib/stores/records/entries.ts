import { endedWith } from './standing.ts';
import type { TransferEntry } from './transfer.ts';
import type { UserRecord } from './users.ts';

/** So many records are read, and written, at a time. */
export const atOnce = 500;

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, canonical(field)]),
  );
}

/** Whether two records say the same; a field that is absent and one that is undefined do. */
export function sameRecord(one: TransferEntry['record'], other: TransferEntry['record']): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

export const isActiveAdmin = ({ role, state }: Pick<UserRecord, 'role' | 'state'>): boolean =>
  role === 'admin' && state === 'active';

/**
 * The user to keep where `given` replaces `there`. What carries an older epoch is refused, so that none is lowered: a file of
 * yesterday revives nothing that has ended since.
 */
export function replacementOf(given: UserRecord, there: UserRecord): UserRecord {
  if (given.id !== there.id) return given;
  const ended = endedWith(there.ended, given.ended ?? [], 0);
  const credentials = (user: UserRecord) => JSON.stringify([user.role, user.state, user.passwordHash]);
  const differs = credentials(given) !== credentials(there) && given.epoch <= there.epoch;
  const epoch = Math.max(given.epoch, there.epoch + (differs ? 1 : 0));
  if (ended === 'too-many') return { ...given, epoch: Math.max(epoch, there.epoch + 1) };
  return { ...given, epoch, ended: ended.length > 0 ? ended : undefined };
}
