import { replacementOf, sameRecord } from '../records/replacement.ts';
import type { TransferOutcome } from '../records/transfer.ts';
import { isActiveAdmin, type UserRecord, type UserStore } from '../records/users.ts';
import type { Roster } from './admins.ts';
import { type Database, outdated, unlessDuplicate } from './database.ts';
import { native, writeAll } from './native.ts';
import type { RequestHead, Verdict } from './transfer-in.ts';
import type { Users } from './user-collection.ts';
import { documentOf, emailKeyOf, recordOf, saysAdmin, type UserDocument } from './user-documents.ts';

/** What users come in by. */
export interface Parts {
  readonly db: Database;
  readonly roster: Roster;
  readonly collection: Users;
  readonly store: Pick<UserStore, 'insert'>;
  /** Ends what a user held who is there no more. */
  removeTokensOf(userId: string): Promise<unknown>;
}

const one = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** How users come in, and with them who is an active admin. */
export function users(parts: Parts): RequestHead<UserRecord> {
  const { db, roster, collection, store } = parts;
  const documents = () => native<UserDocument>(db, 'users');

  /** Whose the names, ids and addresses of these are. */
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

  function taken(holders: Awaited<ReturnType<typeof holdersOf>>, user: UserRecord): Verdict | undefined {
    const { nameOfId, nameOfEmail } = holders;
    if ((nameOfId.get(user.id) ?? user.nameKey) !== user.nameKey) return 'id-taken';
    const key = emailKeyOf(user.email);
    return key !== undefined && (nameOfEmail.get(key) ?? user.nameKey) !== user.nameKey ? 'email-taken' : undefined;
  }

  async function look(records: readonly UserRecord[], replace: boolean) {
    const holders = await holdersOf(records);
    return (user: UserRecord): Verdict => {
      const found = holders.byName.get(user.nameKey);
      const there = found && found.retiredAt === undefined ? holders.read(found) : undefined;
      if (there && sameRecord(user, there)) return 'unchanged';
      // An admin whose import was cut off before they joined: the record is the same, but not what it counts as.
      if (there && found && isActiveAdmin(user) && sameRecord(user, recordOf(found))) return 'apart';
      if (there && !replace) return 'different';
      const conflict = taken(holders, user);
      if (conflict !== undefined) return conflict;
      if (found && !there && !replace) return 'name-retired';
      return found || isActiveAdmin(user) ? 'apart' : 'add';
    };
  }

  async function write(found: UserDocument, next: UserRecord, stamp: string | undefined) {
    const asItWas = { _id: found._id, id: found.id, revision: found.revision };
    const document = { ...documentOf(next, stamp), revision: (found.revision ?? 0) + 1 };
    const replaceIt = () => documents().replaceOne(asItWas, document, { ignoreUndefined: true });
    const written = await unlessDuplicate(replaceIt);
    return written !== 'duplicate' && written.matchedCount > 0;
  }

  /** As an admin who was none here, or is one of another id: proposed before the record says so, a member after. */
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
    // The other one's record is gone: whoever has none is no member.
    if (outcome === 'replaced' && found.id !== next.id) await roster.leave(String(found.id));
    return outcome;
  }

  async function replace(found: UserDocument, user: UserRecord): Promise<TransferOutcome | typeof outdated> {
    const there = await collection.believed(found);
    const next = replacementOf(user, there);
    if (sameRecord(next, there)) return 'unchanged';
    const outcome = await replaced(found, next);
    if (outcome === 'replaced' && there.id !== next.id) await parts.removeTokensOf(there.id);
    return outcome;
  }

  return {
    look,
    add: (records) =>
      writeAll(
        documents(),
        records.map((user) => ({ insertOne: { document: documentOf(user, undefined) } })),
      ),
    async apart(user, replacing) {
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

/** Members whose record was replaced by another user's, in an import that was cut off before they left. */
export async function withoutStrangers({ db, roster }: Pick<Parts, 'db' | 'roster'>): Promise<void> {
  const found = await native<{ _id: string; members?: { userId: string }[] }>(db, 'admins').findOne({ _id: 'active' });
  const ids = (found?.members ?? []).map(({ userId }) => userId);
  const known = await native<UserDocument>(db, 'users')
    .find({ id: { $in: ids } }, { projection: { id: 1 } })
    .toArray();
  const strangers = ids.filter((id) => !known.some((user) => user.id === id));
  for (const id of strangers) await roster.leave(id);
}
