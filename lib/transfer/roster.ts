import { type AdminsRecord, adminsKind } from '../stores/records/kinds/admins.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Change, Records } from '../stores/records/records.ts';
import { created, type Outcome, replaced, unchanged } from './outcome.ts';

/** Whether a user is to be among the active admins. */
export const isActiveAdmin = (user: Pick<UserRecord, 'role' | 'state'> | undefined): boolean =>
  user?.role === 'admin' && user.state === 'active';

/** Who is an active admin, during an import: users leave before they change, and join when all users were imported. */
export interface Roster {
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

const readAtOnce = 500;

export function rosterIn(records: Records): Roster {
  const seen = new Set<string>();

  /** Which of these are not active admins by their records. */
  async function others(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += readAtOnce) {
      const some = ids.slice(at, at + readAtOnce);
      const users = await records.getMany(userKind, some);
      for (const [n, id] of some.entries()) if (!isActiveAdmin(users[n])) found.add(id);
    }
    return found;
  }

  async function leave(id: string): Promise<boolean> {
    const left = await records.change(adminsKind, 'admins', (admins): Change<AdminsRecord, boolean> => {
      if (admins === undefined || !admins.members.includes(id)) return { kind: 'keep', answer: true };
      if (admins.members.length === 1) return { kind: 'keep', answer: false };
      const members = admins.members.filter((one) => one !== id);
      return { kind: 'put', record: { ...admins, members }, answer: true };
    });
    // Whoever has left and stays an admin after all joins again.
    seen.add(id);
    return left.kind === 'done' && left.answer;
  }

  async function join(listed?: AdminsRecord): Promise<Outcome> {
    const coming = [...new Set([...(listed?.members ?? []), ...seen])];
    const stored = (await records.get(adminsKind, 'admins'))?.members ?? [];
    const gone = await others([...stored, ...coming]);
    const joined = await records.change(adminsKind, 'admins', (there): Change<AdminsRecord, Outcome> => {
      const before = there?.members ?? [];
      const stays = (id: string) => !gone.has(id) || (there?.claim !== undefined && before.includes(id));
      const members = [...new Set([...before, ...coming])].filter(stays);
      const same = members.length === before.length && members.every((id, at) => id === before[at]);
      if (members.length === 0 || same) return { kind: 'keep', answer: unchanged };
      const record: AdminsRecord = { ...listed, ...there, id: 'admins', members };
      return { kind: 'put', record, answer: there === undefined ? created : replaced };
    });
    return joined.kind === 'done' ? joined.answer : unchanged;
  }

  return {
    imported: (user) => void (isActiveAdmin(user) ? seen.add(user.id) : seen.delete(user.id)),
    leave,
    join,
  };
}
