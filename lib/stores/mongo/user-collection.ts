import type { UserRecord } from '../records/users.ts';
import type { Roster } from './admins.ts';
import { type Database, onlyOne } from './database.ts';
import { recordOf, saysAdmin, type UserDocument, userSchema } from './user-documents.ts';

export type Users = ReturnType<typeof usersOn>;

/** The collection of users, with reading that checks admins against the roster. */
export function usersOn(db: Database, roster: Roster) {
  const users = db.collection('users', userSchema);

  /**
   * A record that says admin without a member in the roster has no known role. It counts as `anony`, the lowest of every
   * ladder, until an admin sets its role.
   */
  function believing(members: ReadonlySet<string>) {
    return (found: UserDocument): UserRecord => {
      const record = recordOf(found);
      return saysAdmin(record) && !members.has(found.stamp ?? '') ? { ...record, role: 'anony' } : record;
    };
  }

  /** Reads the roster only when one of the records says admin. */
  async function readerOf(found: readonly UserDocument[]): Promise<(one: UserDocument) => UserRecord> {
    return found.some(saysAdmin) ? believing(await roster.stamps()) : recordOf;
  }

  return {
    users,
    readerOf,
    stored: (id: string): Promise<UserDocument | null> => onlyOne(users, { id }),
    believed: async (found: UserDocument): Promise<UserRecord> => (await readerOf([found]))(found),
  };
}
