import { type AdminsRecord, adminsKind } from '../stores/records/kinds/admins.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Decide, Records } from '../stores/records/records.ts';
import * as rules from './admin-rules.ts';

/** Who is an active admin: the members of one record, whatever the records of users say. */
export interface Admins {
  /** Whether there is an active admin. */
  any(): Promise<boolean>;
  /** Whether this user's own record says that it is an active admin. */
  isOne(user: Pick<UserRecord, 'role' | 'state'>): boolean;
  /** Leaves before the user changes; false for the last one, who stays. */
  leave(userId: string): Promise<boolean>;
  /** Joins after the user changed, or is dropped, by what the user's record says. */
  settle(user: Pick<UserRecord, 'id' | 'role' | 'state'>): Promise<void>;
  /** The steps of creating the first admin. */
  claim(userId: string, insteadOf?: string): Promise<rules.Claimed>;
  release(userId: string): Promise<void>;
  finish(userId: string): Promise<rules.Finished>;
  /** The user of a claim that was not finished. */
  claimant(): Promise<Readonly<{ userId: string; age: number }> | undefined>;
}

/** @param role the role of admins on the ladder */
export function adminsIn(records: Records, role: string): Admins {
  const isOne: Admins['isOne'] = (user) => user.role === role && user.state === 'active';

  async function change<A>(decide: Decide<AdminsRecord, A>): Promise<A> {
    const changed = await records.change(adminsKind, rules.adminsId, decide);
    if (changed.kind === 'done') return changed.answer;
    throw new TypeError(`the record of admins has no key "${changed.key}"`);
  }

  const read = () => records.get(adminsKind, rules.adminsId);

  return {
    isOne,
    async any() {
      const record = await read();
      return record !== undefined && record.members.length > 0;
    },
    leave: (userId) => change(rules.left(userId)),
    settle: (user) => change(isOne(user) ? rules.joined(user.id) : rules.dropped(user.id)),
    claim: (userId, insteadOf) => change(rules.claimed(userId, insteadOf)),
    release: (userId) => change(rules.released(userId)),
    finish: (userId) => change(rules.finished(userId)),
    async claimant() {
      const record = await read();
      if (record?.claim === undefined || record.members.length > 0) return undefined;
      const { userId, at } = record.claim;
      return { userId, age: Math.abs(records.now() - at) };
    },
  };
}
