import { endedWith } from './standing.ts';
import type { TransferEntry } from './transfer.ts';
import type { UserRecord } from './users.ts';

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, canonical(field)]),
  );
}

/** Whether two records have equal fields, in any order; an absent field equals an undefined one. */
export function sameRecord(one: TransferEntry['record'], other: TransferEntry['record']): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/**
 * Returns the record to keep when an import replaces the user `there` by `given`. The epoch never goes down, and it goes up
 * when role, state or password differ: credentials that have ended since the export stay ended.
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
