import { randomUUID } from 'node:crypto';
import { Schema } from 'mongoose';
import { type Database, documentOptions, unlessDuplicate } from './database.ts';
import { fieldsOf, listOf, text } from './fields.ts';

type Member = { userId: string; stamp: string };
type RosterDocument = { _id: string; members: Member[]; proposed: Member[] };

const member = new Schema<Member>(
  { userId: { type: String, required: true }, stamp: { type: String, required: true } },
  documentOptions,
);

const schema = new Schema<RosterDocument>(
  { _id: { type: String, required: true }, members: [member], proposed: [member] },
  documentOptions,
);

const active = 'active';

/**
 * The active admins, kept as one document, so that "not the last one" is checked and changed in one atomic write.
 *
 * Each member has a random stamp that is also in the user's record. The order of writes keeps both consistent even if the
 * process ends between them: the stamp is proposed here before the record says admin, joins afterwards, and leaves before
 * the record changes. A stamp joins at most once, and never after it left. A record that says admin without a member here
 * does not count as one.
 */
export interface Roster {
  /** Adds a proposed stamp and returns it, to be written into the user's record. */
  propose(userId: string): Promise<string>;
  /** Removes a proposed stamp whose record was not written. */
  withdraw(stamp: string): Promise<void>;
  /** Makes a proposed stamp a member; returns false when it has left meanwhile. */
  join(stamp: string): Promise<boolean>;
  /** The same, only while there is no member. */
  joinFirst(stamp: string): Promise<boolean>;
  /** Removes all proposed stamps of the user. */
  cancel(userId: string): Promise<void>;
  /** Removes the user's member and proposed stamps. Changes nothing and returns false for the only member. */
  leave(userId: string): Promise<boolean>;
  /** The stamps of the members. */
  stamps(): Promise<ReadonlySet<string>>;
}

export function rosterOn(db: Database): Roster {
  const roster = db.collection('admins', schema);
  const whole = { _id: active };

  async function propose(userId: string): Promise<string> {
    const stamp = randomUUID();
    const write = () => roster.updateOne(whole, { $push: { proposed: { userId, stamp } } }, { upsert: true });
    // Of two concurrent upserts one may fail as a duplicate; then the document exists.
    if ((await unlessDuplicate(write)) === 'duplicate') await write();
    return stamp;
  }

  async function stamps(): Promise<ReadonlySet<string>> {
    const found = await roster.findOne(whole).lean();
    return new Set(listOf(found?.members, (element) => text(fieldsOf(element).stamp)));
  }

  async function joinIf(stamp: string, condition: { members?: { $size: 0 } }): Promise<boolean> {
    const found = await roster.findOne({ ...whole, 'proposed.stamp': stamp }).lean();
    const proposed = found?.proposed.find((one) => one.stamp === stamp);
    if (proposed === undefined) return (await stamps()).has(stamp);
    const written = await roster.updateOne(
      { ...whole, 'proposed.stamp': stamp, ...condition },
      { $pull: { proposed: { stamp } }, $push: { members: proposed } },
    );
    return written.matchedCount > 0;
  }

  async function leave(userId: string): Promise<boolean> {
    const another = { members: { $elemMatch: { userId: { $ne: userId } } } };
    const none = { 'members.userId': { $ne: userId } };
    const written = await roster.updateOne(
      { ...whole, $or: [another, none] },
      { $pull: { members: { userId }, proposed: { userId } } },
    );
    return written.matchedCount > 0;
  }

  return {
    propose,
    async withdraw(stamp) {
      await roster.updateOne(whole, { $pull: { proposed: { stamp } } });
    },
    join: (stamp) => joinIf(stamp, {}),
    joinFirst: (stamp) => joinIf(stamp, { members: { $size: 0 } }),
    async cancel(userId) {
      await roster.updateOne(whole, { $pull: { proposed: { userId } } });
    },
    leave,
    stamps,
  };
}
