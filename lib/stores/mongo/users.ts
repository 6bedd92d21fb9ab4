import { endedWith, mostEndedSessions } from '../records/standing.ts';
import type { EndedSession, UserRecord, UserStore } from '../records/users.ts';
import { rosterOn } from './admins.ts';
import { type Database, onlyOne, outdated, unlessDuplicate, untilCurrent } from './database.ts';
import { pageLimit, pageOf } from './fields.ts';
import { userChanges } from './user-changes.ts';
import { usersOn } from './user-collection.ts';
import { documentOf, emailKeyOf, recordOf, saysAdmin, type UserDocument } from './user-documents.ts';

/** Greater than every name with the prefix: the last code point is in no name. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`;

const isRetired = ({ retiredAt }: UserDocument): boolean => retiredAt !== undefined;

export function userStore(db: Database): UserStore {
  const roster = rosterOn(db);
  const collection = usersOn(db, roster);
  const { users, readerOf, believed, stored } = collection;
  const { update, remove } = userChanges(collection, roster);

  async function one(filter: { id: string } | { _id: string } | { emailKey: string }) {
    const found = await onlyOne(users, filter);
    return found === null || isRetired(found) ? undefined : believed(found);
  }

  /** Finds out what kept a document from being added; the name is checked before the address. */
  async function inTheWayOf({ _id, emailKey }: UserDocument) {
    const holder = await users.findOne({ _id }).lean();
    if (holder !== null) return isRetired(holder) ? 'name-retired' : 'name-taken';
    const owner = emailKey === undefined ? null : await users.findOne({ emailKey }, { _id: 1 }).lean();
    return owner === null ? outdated : 'email-taken';
  }

  /** Replaces a retired name, in one atomic write. */
  async function reuse(document: UserDocument) {
    const retired = { _id: document._id, retiredAt: { $exists: true } };
    const written = await unlessDuplicate(() => users.findOneAndReplace(retired, document).lean());
    if (written === 'duplicate') return 'email-taken';
    return written === null ? outdated : 'created';
  }

  async function add(document: UserDocument, reuseName: boolean) {
    const written = await unlessDuplicate(() => users.create([document]));
    if (written !== 'duplicate') return 'created';
    const obstacle = await inTheWayOf(document);
    return obstacle === 'name-retired' && reuseName ? reuse(document) : obstacle;
  }

  async function insert(user: UserRecord, reuseName: boolean) {
    const stamp = saysAdmin(user) ? await roster.propose(user.id) : undefined;
    const outcome = await untilCurrent(() => add(documentOf(user, stamp), reuseName));
    if (stamp === undefined) return outcome;
    if (outcome === 'created') await roster.join(stamp);
    else await roster.withdraw(stamp);
    return outcome;
  }

  const hasAdmin = async () => (await roster.stamps()).size > 0;

  /** The first to join the roster is the admin. Others are deleted again and do not retire their names. */
  async function insertFirstAdmin(user: UserRecord) {
    if (await hasAdmin()) return 'admin-exists';
    const stamp = await roster.propose(user.id);
    const outcome = await untilCurrent(() => add(documentOf(user, stamp), false));
    if (outcome === 'created' && (await roster.joinFirst(stamp))) return 'created';
    await roster.withdraw(stamp);
    await users.deleteOne({ _id: user.nameKey, stamp });
    return outcome === 'created' || (await hasAdmin()) ? 'admin-exists' : 'name-taken';
  }

  /** By `_id`: servers built on PostgreSQL read the primary key in order; by another index they sort all the rest. */
  async function list({ limit: asked, after = '', prefix = '' }: Parameters<UserStore['list']>[0]) {
    const limit = pageLimit(asked);
    const within = prefix === '' ? {} : { $gte: prefix, $lt: endOf(prefix) };
    const found = await users
      .find({ _id: { $gt: after, ...within }, retiredAt: { $exists: false } })
      .sort({ _id: 1 })
      .limit(limit + 1)
      .lean();
    return pageOf(found, limit, ({ _id }) => _id, await readerOf(found));
  }

  async function rehash(id: string, from: string, to: string): Promise<boolean> {
    const written = await users.updateOne({ id, passwordHash: from }, { $set: { passwordHash: to } });
    return written.matchedCount > 0;
  }

  /** Adds new notes if there is room, in one atomic write, and removes expired ones in another. */
  async function noteEnded(userId: string, more: readonly EndedSession[], now: number) {
    const found = await stored(userId);
    if (found === null) return;
    const before = recordOf(found).ended ?? [];
    const after = endedWith(before, more, now);
    if (after === 'too-many') return endedTooMany(userId, before.length);
    const fresh = after.filter(({ id }) => !before.some((one) => one.id === id));
    if (after.length < before.length + fresh.length) {
      await users.updateOne({ id: userId }, { $pull: { ended: { until: { $lte: now } } } });
    }
    return fresh.length === 0 ? undefined : addEnded(userId, fresh);
  }

  async function addEnded(userId: string, fresh: readonly EndedSession[]) {
    const room = { [`ended.${mostEndedSessions - fresh.length}`]: { $exists: false } };
    const asItWas = { id: userId, ...room, 'ended.id': { $nin: fresh.map(({ id }) => id) } };
    const written = await users.updateOne(asItWas, { $push: { ended: { $each: fresh } } });
    return written.matchedCount > 0 ? undefined : outdated;
  }

  /** Ends all the user's sessions, unless a concurrent call did so a moment ago. */
  async function endedTooMany(userId: string, kept: number) {
    const full = kept === 0 ? {} : { [`ended.${kept - 1}`]: { $exists: true } };
    const written = await users.updateOne({ id: userId, ...full }, { $inc: { epoch: 1 }, $unset: { ended: 1 } });
    return written.matchedCount > 0 ? undefined : outdated;
  }

  return {
    insert: (user, options) => db.answer(() => insert(user, options?.reuseName === true)),
    insertFirstAdmin: (user) => db.answer(() => insertFirstAdmin(user)),
    byId: (id) => db.answer(() => one({ id })),
    byName: (nameKey) => db.answer(() => one({ _id: nameKey })),
    byEmail: (email) => db.answer(() => one({ emailKey: emailKeyOf(email) ?? '' })),
    update: (id, change, at) => db.answer(() => update(id, change, at)),
    rehash: (id, from, to) => db.answer(() => rehash(id, from, to)),
    signedIn: (id, at) => db.answer(async () => void (await users.updateOne({ id }, { $max: { lastLoginAt: at } }))),
    noteEnded: (userId, ended, now) => db.answer(() => untilCurrent(() => noteEnded(userId, ended, now))),
    remove: (id, at) => db.answer(() => remove(id, at)),
    list: (query) => db.answer(() => list(query)),
    hasAdmin: () => db.answer(hasAdmin),
  };
}
