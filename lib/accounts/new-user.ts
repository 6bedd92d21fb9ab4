import { randomBase62 } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Change, Records, Versioned } from '../stores/records/records.ts';
import { nameKey } from './names.ts';

type NewRecord = Pick<UserRecord, 'username' | 'role' | 'state'> &
  Partial<Pick<UserRecord, 'email' | 'emailConfirmed' | 'displayName' | 'passwordHash'>>;

/** The record of a new user, with an id of its own. `now` is in milliseconds since the epoch. */
export const newRecord = (user: NewRecord, now: number): UserRecord => ({
  emailConfirmed: false,
  ...user,
  id: `u_${randomBase62(20)}`,
  nameKey: nameKey(user.username),
  epoch: 0,
  tokenEpoch: 0,
  rights: 0,
  createdAt: now,
  updatedAt: now,
});

type Answer = 'added' | 'name-taken' | 'name-retired' | 'late';

/** What is wrong with the name of a deleted user. */
export const isRetired = 'was a deleted user’s and is not given again';

const taken = {
  'name-taken': refused('conflict', { problems: [{ field: 'username', message: 'is taken' }] }),
  'name-retired': refused('conflict', {
    problems: [{ field: 'username', message: isRetired }],
  }),
  late: refused('store_unavailable', { retryAfter: 2 }),
  'email-taken': refused('conflict', { problems: [{ field: 'email', message: 'is another user’s' }] }),
} as const;

const keep = (answer: Answer): Change<UserRecord, Answer> => ({ kind: 'keep', answer });

type Adding = Readonly<{
  /** Allows the name of a deleted user. Default: false. */
  reuseName?: boolean;
  /** The times, by the store's clock, between which the user may be added. Default: always. */
  between?: readonly [from: number, until: number];
}>;

/** Decides whether a name is free. */
export const added =
  (user: UserRecord, { reuseName = false, between: [from, until] = [0, Number.POSITIVE_INFINITY] }: Adding = {}) =>
  (holder: UserRecord | undefined, now: number): Change<UserRecord, Answer> => {
    if (now < from || now > until) return keep('late');
    if (holder !== undefined && holder.state !== 'removed') return keep('name-taken');
    if (holder !== undefined && !reuseName) return keep('name-retired');
    return { kind: 'put', record: user, answer: 'added' };
  };

/**
 * Adds a user. `conflict` for a name or an address that is taken, and for the name of a deleted user without `reuseName`;
 * `store_unavailable` when the store is too slow to add it in time.
 */
export async function addUser(
  records: Records,
  user: UserRecord,
  adding: Adding = {},
): Promise<Result<Versioned<UserRecord>>> {
  const done = await records.put(userKind, 'name', user.nameKey, added(user, adding));
  if (done.kind === 'taken') return taken[done.key === 'email' ? 'email-taken' : 'name-taken'];
  if (done.answer !== 'added') return taken[done.answer];
  return ok({ version: 1, ...(done.record ?? user) });
}
