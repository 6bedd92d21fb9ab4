import { replacementOf, sameRecord } from '../records/replacement.ts';
import type { TransferOutcome } from '../records/transfer.ts';
import { isActiveAdmin, type UserRecord, type UserStore } from '../records/users.ts';
import type { Roster } from './admins.ts';
import { type Database, outdated, unlessDuplicate } from './database.ts';
import { native, writeAll } from './native.ts';
import type { Importer, Plan } from './transfer-in.ts';
import type { Users } from './user-collection.ts';
import { documentOf, emailKeyOf, recordOf, saysAdmin, type UserDocument } from './user-documents.ts';

interface Dependencies {
  readonly db: Database;
  readonly roster: Roster;
  readonly collection: Users;
  readonly store: Pick<UserStore, 'insert'>;
  /** Removes the API tokens of a user whose record was replaced by another user's. */
  removeTokensOf(userId: string): Promise<unknown>;
}

const one = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** Imports users, and the active admins among them. */
export function users(dependencies: Dependencies): Importer<UserRecord> {
  const { db, roster, collection, store } = dependencies;
  const documents = () => native<UserDocument>(db, 'users');

  /** The stored users with the names, ids and e-mail addresses of these. */
  async function holdersOf(records: readonly UserRecord[]) {
    const emails = one(records.map(({ email }) => emailKeyOf(email)));
    const [byName, byId, byEmail] = await Promise.all([
      documents()
        .find({ _id: { $in: records.map(({ nameKey }) => nameKey) } })
        .toArray(),
      documents()
        .find({ id: { $in: records.map(({ id }) => id) } }, { projection: { id: 1 } })
        .toArray(),
      emails.length === 0
        ? []
        : documents()
            .find({ emailKey: { $in: emails } }, { projection: { emailKey: 1 } })
            .toArray(),
    ]);
    return {
      byName: new Map(byName.map((found) => [found._id, found])),
      nameOfId: new Map(byId.map(({ id, _id }) => [id, _id])),
      nameOfEmail: new Map(byEmail.map(({ emailKey, _id }) => [emailKey, _id])),
      read: await collection.readerOf(byName),
    };
  }

  function taken(holders: Awaited<ReturnType<typeof holdersOf>>, user: UserRecord): Plan | undefined {
    const { nameOfId, nameOfEmail } = holders;
    if ((nameOfId.get(user.id) ?? user.nameKey) !== user.nameKey) return 'id-taken';
    const key = emailKeyOf(user.email);
    return key !== undefined && (nameOfEmail.get(key) ?? user.nameKey) !== user.nameKey ? 'email-taken' : undefined;
  }

  async function plan(records: readonly UserRecord[], replace: boolean) {
    const holders = await holdersOf(records);
    return (user: UserRecord): Plan => {
      const found = holders.byName.get(user.nameKey);
      const there = found && found.retiredAt === undefined ? holders.read(found) : undefined;
      if (there && sameRecord(user, there)) return 'unchanged';
      // An import ended before this admin joined the roster: the record is equal but does not count as an admin's.
      if (there && found && isActiveAdmin(user) && sameRecord(user, recordOf(found))) return 'write-one';
      if (there && !replace) return 'different';
      const conflict = taken(holders, user);
      if (conflict !== undefined) return conflict;
      if (found && !there && !replace) return 'name-retired';
      return found || isActiveAdmin(user) ? 'write-one' : 'add';
    };
  }

  async function write(found: UserDocument, next: UserRecord, stamp: string | undefined) {
    const asItWas = { _id: found._id, id: found.id, revision: found.revision };
    const document = { ...documentOf(next, stamp), revision: (found.revision ?? 0) + 1 };
    const replaceIt = () => documents().replaceOne(asItWas, document, { ignoreUndefined: true });
    const written = await unlessDuplicate(replaceIt);
    return written !== 'duplicate' && written.matchedCount > 0;
  }

  /** Writes a record that makes a user an admin: the stamp is proposed before and joins after the write. */
  async function writeEntering(found: UserDocument, next: UserRecord) {
    await roster.cancel(next.id);
    const stamp = await roster.propose(next.id);
    if (!(await write(found, next, stamp))) {
      await roster.withdraw(stamp);
      return outdated;
    }
    return (await roster.join(stamp)) ? 'replaced' : outdated;
  }

  async function replaced(found: UserDocument, next: UserRecord) {
    if (!isActiveAdmin(next)) {
      if (saysAdmin(found) && !(await roster.leave(String(found.id)))) return 'last-admin';
      return (await write(found, next, undefined)) ? 'replaced' : outdated;
    }
    const stays = found.id === next.id && saysAdmin(found) && (await roster.stamps()).has(found.stamp ?? '');
    if (stays) return (await write(found, next, found.stamp)) ? 'replaced' : outdated;
    const outcome = await writeEntering(found, next);
    // The replaced user has no record any more, so they cannot stay a member.
    if (outcome === 'replaced' && found.id !== next.id) await roster.leave(String(found.id));
    return outcome;
  }

  async function replace(found: UserDocument, user: UserRecord): Promise<TransferOutcome | typeof outdated> {
    const there = await collection.believed(found);
    const next = replacementOf(user, there);
    if (sameRecord(next, there)) return 'unchanged';
    const outcome = await replaced(found, next);
    if (outcome === 'replaced' && there.id !== next.id) await dependencies.removeTokensOf(there.id);
    return outcome;
  }

  return {
    plan,
    addAll: (records) =>
      writeAll(
        documents(),
        records.map((user) => ({ insertOne: { document: documentOf(user, undefined) } })),
      ),
    async writeOne(user, replacing) {
      const found = await documents().findOne({ _id: user.nameKey });
      if (found === null || found.retiredAt !== undefined) {
        const outcome = await store.insert(user, { reuseName: replacing });
        return outcome === 'name-taken' ? outdated : outcome;
      }
      const same = isActiveAdmin(user) && sameRecord(user, recordOf(found));
      if (same && (await roster.join(found.stamp ?? ''))) return 'created';
      return replacing ? replace(found, user) : 'different';
    },
  };
}

/** Removes members without a record: an import ended after replacing it and before they left the roster. */
export async function removeStrangers({ db, roster }: Pick<Dependencies, 'db' | 'roster'>): Promise<void> {
  const found = await native<{ _id: string; members?: { userId: string }[] }>(db, 'admins').findOne({ _id: 'active' });
  const ids = (found?.members ?? []).map(({ userId }) => userId);
  const known = await native<UserDocument>(db, 'users')
    .find({ id: { $in: ids } }, { projection: { id: 1 } })
    .toArray();
  const strangers = ids.filter((id) => !known.some((user) => user.id === id));
  for (const id of strangers) await roster.leave(id);
}
