import { adminsId } from '../accounts/admin-rules.ts';
import { adminsIn } from '../accounts/admins.ts';
import { type AdminsRecord, adminsKind } from '../stores/records/kinds/admins.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Change, Records } from '../stores/records/records.ts';
import { created, type Outcome, replaced, unchanged } from './outcome.ts';
import { recordsWith } from './unreadable.ts';

/** Who is an active admin, during an import: users leave before they change, and join when all users were imported. */
export interface Roster {
  /** Whether the user's own record says that it is an active admin. */
  isOne(user: UserRecord): boolean;
  /** Remembers a user who was imported. */
  imported(user: UserRecord): void;
  /** Takes a user out. False: no active admin would be left. */
  leave(id: string): Promise<boolean>;
  /**
   * Takes in those of `listed` and of the imported users who are active admins, and takes out who is not one. `listed`: the
   * record of the file.
   */
  join(listed?: AdminsRecord): Promise<Outcome>;
}

/** The last rung of every ladder of roles. */
const adminRole = 'admin';

const readAtOnce = 500;

export function rosterIn(records: Records): Roster {
  const admins = adminsIn(records, adminRole);
  const seen = new Set<string>();

  /** Which of these are not active admins by their records. A member whose record cannot be read stays. */
  async function others(ids: readonly string[], members: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += readAtOnce) {
      const some = ids.slice(at, at + readAtOnce);
      const users = await recordsWith(records, userKind, some);
      for (const [n, id] of some.entries()) {
        const user = users[n];
        const isOne = user === 'unreadable' ? members.includes(id) : user !== undefined && admins.isOne(user);
        if (!isOne) found.add(id);
      }
    }
    return found;
  }

  async function leave(id: string): Promise<boolean> {
    // Whoever has left and stays an admin after all joins again.
    seen.add(id);
    return admins.leave(id);
  }

  async function join(listed?: AdminsRecord): Promise<Outcome> {
    const coming = [...new Set([...(listed?.members ?? []), ...seen])];
    const stored = (await records.get(adminsKind, adminsId))?.members ?? [];
    const gone = await others([...stored, ...coming], stored);
    const joined = await records.change(adminsKind, adminsId, (there): Change<AdminsRecord, Outcome> => {
      const before = there?.members ?? [];
      const members = [...new Set([...before, ...coming])].filter((id) => !gone.has(id));
      const same = members.length === before.length && members.every((id, at) => id === before[at]);
      if (members.length === 0 || same) return { kind: 'keep', answer: unchanged };
      // With a member there is an admin, so a claim to become the first one is void.
      return { kind: 'put', record: { id: adminsId, members }, answer: there === undefined ? created : replaced };
    });
    return joined.kind === 'done' ? joined.answer : unchanged;
  }

  return {
    imported: (user) => void (admins.isOne(user) ? seen.add(user.id) : seen.delete(user.id)),
    isOne: admins.isOne,
    leave,
    join,
  };
}
