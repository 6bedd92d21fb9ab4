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
 * Who is an active admin: one document with the members in it, so that the last of them is one verb's business.
 *
 * A member is a stamp, and the user's record holds the same one. It is proposed here before the record says admin, joins
 * after, and leaves before the record changes; what was proposed joins once at most, and never after it left. So whoever
 * is a member has a record that says so, whatever ends a process in between, and a record that says admin without being
 * a member here is none.
 */
export interface Roster {
  /** Gives the stamp for the user's record. */
  propose(userId: string): Promise<string>;
  /** Takes back what did not come about. */
  withdraw(stamp: string): Promise<void>;
  /** False when it left before it joined. */
  join(stamp: string): Promise<boolean>;
  /** The same, while there is no member. */
  joinFirst(stamp: string): Promise<boolean>;
  /** Nothing of the user joins any more that was proposed before. */
  cancel(userId: string): Promise<void>;
  /** After it the user is no member, nor will be by what was proposed before; false, and nothing, for the only one. */
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
    // Of two upserts at once one may be refused as a duplicate: then the document is there.
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
