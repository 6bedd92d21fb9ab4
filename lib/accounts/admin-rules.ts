import type { AdminsRecord } from '../stores/records/kinds/admins.ts';
import type { Change, Decide, Versioned } from '../stores/records/records.ts';

/** The record that says who is an active admin. */
export const adminsId = 'admins';

const nobody: Versioned<AdminsRecord> = { id: adminsId, members: [], version: 0 };

const keep = <A>(answer: A): Change<AdminsRecord, A> => ({ kind: 'keep', answer });
const put = <A>(record: AdminsRecord, answer: A): Change<AdminsRecord, A> => ({ kind: 'put', record, answer });

/** Adds a member. With a member there is an admin, so a claim to become the first one is void. */
export const joined =
  (userId: string): Decide<AdminsRecord, undefined> =>
  (record = nobody) =>
    record.members.includes(userId)
      ? keep(undefined)
      : put({ id: adminsId, members: [...record.members, userId] }, undefined);

/** Removes a member, except the last one. The answer: whether the user is none now. */
export const left =
  (userId: string): Decide<AdminsRecord, boolean> =>
  (record = nobody) => {
    const members = record.members.filter((id) => id !== userId);
    if (members.length === record.members.length) return keep(true);
    return members.length === 0 ? keep(false) : put({ ...record, members }, true);
  };

/** Removes a member, even the last one: the user is no admin any more. */
export const dropped =
  (userId: string): Decide<AdminsRecord, undefined> =>
  (record = nobody) => {
    const members = record.members.filter((id) => id !== userId);
    return members.length === record.members.length ? keep(undefined) : put({ ...record, members }, undefined);
  };

/** `held`: another user is being created as the first admin, since `age` milliseconds. */
export type Claimed = Readonly<{ kind: 'claimed' | 'exists' } | { kind: 'held'; userId: string; age: number }>;

/** Claims to create the first admin. `insteadOf`: the user of an abandoned claim, which is replaced. */
export const claimed =
  (userId: string, insteadOf?: string): Decide<AdminsRecord, Claimed> =>
  (record = nobody, now) => {
    const { members, claim } = record;
    if (members.length > 0) return keep({ kind: 'exists' });
    if (claim !== undefined && claim.userId !== insteadOf) {
      return keep({ kind: 'held', userId: claim.userId, age: Math.abs(now - claim.at) });
    }
    return put({ id: adminsId, members, claim: { userId, at: now } }, { kind: 'claimed' });
  };

/** Gives a claim up. */
export const released =
  (userId: string): Decide<AdminsRecord, undefined> =>
  (record = nobody) =>
    record.claim?.userId === userId ? put({ id: adminsId, members: record.members }, undefined) : keep(undefined);

/** `joined`: by this very call. `lost`: another one is the first admin, or is being created as it. */
export type Finished = 'joined' | 'member' | 'lost';

/** Makes the user of a claim the first admin. */
export const finished =
  (userId: string): Decide<AdminsRecord, Finished> =>
  (record = nobody) => {
    if (record.members.includes(userId)) return keep('member');
    if (record.claim?.userId !== userId) return keep('lost');
    return put({ id: adminsId, members: [...record.members, userId] }, 'joined');
  };
