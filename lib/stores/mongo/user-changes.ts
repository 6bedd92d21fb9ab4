import type { UserChange, UserRecord, UserStore } from '../records/users.ts';
import type { Roster } from './admins.ts';
import { outdated, unlessDuplicate, untilCurrent } from './database.ts';
import type { Users } from './user-collection.ts';
import { emailKeyOf, saysAdmin, type UserDocument } from './user-documents.ts';

/** Whether the change depends on the record as it was; other changes are one unconditional write. */
const mustKnow = (change: UserChange): boolean =>
  change.role !== undefined || change.state !== undefined || change.email !== undefined;

/** Whether the change ends the user's sessions and tokens. */
function ends(change: UserChange, before: UserRecord): boolean {
  if (change.endAll === true || change.passwordHash !== undefined) return true;
  return (change.role ?? before.role) !== before.role || (change.state ?? before.state) !== before.state;
}

/** The fields that the change writes; an undefined one is removed. */
function fieldsOf(change: UserChange, before: UserRecord, at: number): Partial<UserDocument> {
  const { role, state, passwordHash, email, emailConfirmed, displayName } = change;
  const sameAddress = email === undefined || emailKeyOf(email) === emailKeyOf(before.email);
  const confirmed = emailConfirmed ?? (sameAddress ? undefined : false);
  return {
    ...(role !== undefined && { role }),
    ...(state !== undefined && { state }),
    ...(passwordHash !== undefined && { passwordHash }),
    ...(email !== undefined && { email: email ?? undefined, emailKey: emailKeyOf(email) }),
    ...(confirmed !== undefined && { emailConfirmed: confirmed }),
    ...(displayName !== undefined && { displayName: displayName ?? undefined }),
    updatedAt: at,
  };
}

function writeOf(fields: Partial<UserDocument>, raises: { epoch: number; revision: number }) {
  const entries = Object.entries(fields);
  const gone = entries.filter(([, value]) => value === undefined).map(([name]) => [name, 1]);
  return {
    $set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    ...(gone.length > 0 && { $unset: Object.fromEntries(gone) }),
    $inc: raises,
  };
}

/** Changes and removes users, and keeps the roster of active admins in step. */
export function userChanges({ users, stored, believed }: Users, roster: Roster): Pick<UserStore, 'update' | 'remove'> {
  /** Writes fields; with `exact` only if the record has not changed since it was read. */
  async function write(found: UserDocument, fields: Partial<UserDocument>, raises: { epoch: number; exact: boolean }) {
    const filter = { id: found.id, ...(raises.exact && { revision: found.revision }) };
    const change = writeOf(fields, { epoch: raises.epoch, revision: raises.exact ? 1 : 0 });
    const write = () => users.findOneAndUpdate(filter, change, { returnDocument: 'after' }).lean();
    const written = await unlessDuplicate(write);
    if (written === 'duplicate') return 'email-taken';
    return written ?? outdated;
  }

  async function isAnothers(email: string | null | undefined, { id }: UserDocument): Promise<boolean> {
    const emailKey = emailKeyOf(email);
    const holder = emailKey === undefined ? null : await users.findOne({ emailKey }, { id: 1 }).lean();
    return holder !== null && holder.id !== id;
  }

  /** Makes an active admin: the stamp is proposed before and joins after the record is written. */
  async function enter(found: UserDocument, fields: Partial<UserDocument>, epoch: number) {
    const id = String(found.id);
    // A stamp proposed by an earlier attempt must not join after this one replaces it in the record.
    await roster.cancel(id);
    if ((await roster.stamps()).has(found.stamp ?? '')) return outdated;
    const stamp = await roster.propose(id);
    const written = await write(found, { ...fields, stamp }, { epoch, exact: true });
    if (typeof written !== 'object') {
      await roster.withdraw(stamp);
      return written;
    }
    return (await roster.join(stamp)) ? written : outdated;
  }

  /** Joins again after the write that followed leaving was refused. */
  async function enterAgain(id: string): Promise<void> {
    await untilCurrent(async () => {
      const found = await stored(id);
      if (found === null || !saysAdmin(found) || (await roster.stamps()).has(found.stamp ?? '')) return undefined;
      return (await enter(found, {}, 0)) === outdated ? outdated : undefined;
    });
  }

  async function leaveAnd(found: UserDocument, fields: Partial<UserDocument>, epoch: number) {
    if (!(await roster.leave(String(found.id)))) return 'last-admin';
    const written = await write(found, fields, { epoch, exact: true });
    if (written === 'email-taken') await enterAgain(String(found.id));
    return written;
  }

  async function isOnly({ stamp = '' }: UserDocument): Promise<boolean> {
    const members = await roster.stamps();
    return members.size === 1 && members.has(stamp);
  }

  async function tryUpdate(id: string, change: UserChange, at: number) {
    const found = await stored(id);
    if (found === null) return 'not-found';
    const before = await believed(found);
    const next = { role: change.role ?? found.role, state: change.state ?? found.state };
    const leaves = saysAdmin(found) && !saysAdmin(next);
    const given = change.role !== undefined || change.state !== undefined;
    if (leaves && (await isOnly(found))) return 'last-admin';
    if (await isAnothers(change.email, found)) return 'email-taken';
    const fields = fieldsOf(change, before, at);
    const epoch = ends(change, before) ? 1 : 0;
    if (leaves) return leaveAnd(found, fields, epoch);
    if (given && saysAdmin(next) && !saysAdmin(before)) return enter(found, fields, epoch);
    return write(found, fields, { epoch, exact: mustKnow(change) });
  }

  /** Replaces the document by the retired name, in one atomic write. */
  async function tryRemove(id: string, at: number) {
    const found = await stored(id);
    if (found === null) return 'not-found';
    if (saysAdmin(found) && !(await roster.leave(id))) return 'last-admin';
    const asItWas = { _id: found._id, id, revision: found.revision };
    const retired = await users.findOneAndReplace(asItWas, { _id: found._id, retiredAt: at }).lean();
    return retired === null ? outdated : 'removed';
  }

  return {
    async update(id, change, at) {
      const outcome = await untilCurrent(() => tryUpdate(id, change, at));
      return typeof outcome === 'string' ? outcome : believed(outcome);
    },
    remove: (id, at) => untilCurrent(() => tryRemove(id, at)),
  };
}
