import { nameKey, namePolicy, problemOfDisplayName, problemOfEmail } from '../../accounts/names.ts';
import type { AnyKind } from '../../stores/records/kind.ts';
import { clientIdIn } from '../../stores/records/kinds/client.ts';
import { type UserRecord, userKind } from '../../stores/records/kinds/user.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs, type Refusal, refused } from '../outcome.ts';
import type { Roster } from '../roster.ts';
import type { Rule } from '../rule.ts';

const problemOfName = namePolicy([]);

const nameInUse = refused('the name is in use');
const retired: Refusal = {
  kind: 'refused',
  problem: 'the name was that of a user who was deleted',
  replaceable: true,
};
const lastAdmin: Refusal = { kind: 'refused', problem: 'no active admin would be left', later: true };

/** What is wrong with a user that fits the schema. */
export function problemOfUser({ id, username, nameKey: key, email, displayName }: UserRecord): string | undefined {
  if (clientIdIn(id) !== undefined) return '"id" is that of a client';
  const name = problemOfName(username, true);
  if (name !== undefined) return `"username" ${name}`;
  if (nameKey(username) !== key) return '"name_key" must be "username" in lower case';
  const address = email === undefined ? undefined : problemOfEmail(email);
  if (address !== undefined) return `"email" ${address}`;
  const shown = displayName === undefined ? undefined : problemOfDisplayName(displayName);
  return shown === undefined ? undefined : `"display_name" ${shown}`;
}

const credentials = ({ role, state, passwordHash }: UserRecord) => JSON.stringify([role, state, passwordHash]);

/**
 * The user that is stored in place of `there`, who has the same id. No counter goes down, and they go up when role, state or
 * password differ: credentials that have ended since the export stay ended.
 */
export function replacementOf(given: UserRecord, there: UserRecord): UserRecord {
  const more = credentials(given) === credentials(there) ? 0 : 1;
  const raised = (field: 'epoch' | 'tokenEpoch' | 'rights') => Math.max(given[field], there[field] + more);
  const counters = { epoch: raised('epoch'), tokenEpoch: raised('tokenEpoch'), rights: raised('rights') };
  return { ...given, ...counters, kept: given.epoch > there.epoch ? given.kept : there.kept };
}

/** What becomes of a user whose name is there. An import deletes nobody. */
export function mergedUser(given: UserRecord, there: UserRecord, replace: boolean): UserRecord | Refusal {
  if (given.state === 'removed' && there.state !== 'removed') return nameInUse;
  if (!replace) return there.state === 'removed' && given.state !== 'removed' ? retired : differs;
  return given.id === there.id ? replacementOf(given, there) : given;
}

type Dependencies = Readonly<{ records: Records; kinds: readonly AnyKind[]; roster: Roster; replace: boolean }>;

/** Users are found by their name, which an import may give to another id. */
export function userRule({ records, kinds, roster, replace }: Dependencies): Rule<UserRecord> {
  /** Admins who have left the roster, so that they may change. */
  const left = new Set<string>();

  function merged(given: UserRecord, there: UserRecord): UserRecord | Refusal {
    const next = mergedUser(given, there, replace);
    if ('problem' in next || !roster.isOne(there) || roster.isOne(next)) return next;
    return left.has(there.id) ? next : lastAdmin;
  }

  async function removeAllOf(id: string): Promise<void> {
    for (const kind of kinds) if (kind.owner !== undefined) await records.removeAll(kind, id);
  }

  return {
    nameOf: ({ username }) => username,
    problemOf: problemOfUser,
    by: 'name',
    merged,
    async stored(given, there) {
      roster.imported(given);
      if (there !== undefined && there.id !== given.id) await removeAllOf(there.id);
    },
    async cleared(given, refusal) {
      if (refusal !== lastAdmin) return false;
      const there = await records.byKey(userKind, 'name', given.nameKey);
      if (there === undefined || !(await roster.leave(there.id))) return false;
      left.add(there.id);
      return true;
    },
  };
}
