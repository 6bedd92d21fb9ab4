import { type AdminsRecord, adminsKind } from '../kinds/admins.ts';
import { endedSessionKind } from '../kinds/ended-session.ts';
import { type UserRecord as Stored, userKind } from '../kinds/user.ts';
import type { Change, Records, Versioned } from '../records.ts';
import { type EndedSession, isActiveAdmin, type UserChange, type UserRecord, type UserStore } from '../users.ts';

const keep = <A>(answer: A) => ({ kind: 'keep', answer }) as const;

/** The user after the change. */
function changed(user: Stored, change: UserChange, at: number): Stored {
  const email = change.email === undefined ? user.email : (change.email ?? undefined);
  const displayName = change.displayName === undefined ? user.displayName : (change.displayName ?? undefined);
  const sameAddress = email?.toLowerCase() === user.email?.toLowerCase();
  const next: Stored = {
    ...user,
    role: change.role ?? user.role,
    state: change.state ?? user.state,
    passwordHash: change.passwordHash ?? user.passwordHash,
    email,
    emailConfirmed: change.emailConfirmed ?? (sameAddress && user.emailConfirmed),
    displayName,
    updatedAt: at,
  };
  const ends = next.role !== user.role || next.state !== user.state || change.passwordHash || change.endAll === true;
  const raised = { epoch: user.epoch + 1, tokenEpoch: user.tokenEpoch + 1, rights: user.rights + 1 };
  return ends ? { ...next, ...raised } : next;
}

/** The users of before, over records. */
export function userStoreOver(records: Records): UserStore {
  async function shown(user: Versioned<Stored> | undefined): Promise<UserRecord | undefined> {
    if (user === undefined || user.state === 'removed') return undefined;
    const { items } = await records.list(endedSessionKind, { limit: 1000, owner: user.id });
    const ended = items.map(({ id, until }): EndedSession => ({ id, until }));
    return { ...user, state: user.state, ...(ended.length > 0 && { ended }) };
  }

  const members = (decide: (ids: readonly string[]) => readonly string[] | undefined) =>
    records.change(adminsKind, 'admins', (admins): Change<AdminsRecord, boolean> => {
      const next = decide(admins?.members ?? []);
      if (next === undefined) return keep(false);
      return { kind: 'put', record: { id: 'admins' as const, members: [...next] }, answer: true };
    });

  const join = (id: string) => members((ids) => (ids.includes(id) ? ids : [...ids, id]));
  async function leave(id: string): Promise<boolean> {
    const left = await members((ids) => {
      if (!ids.includes(id)) return ids;
      return ids.length === 1 ? undefined : ids.filter((one) => one !== id);
    });
    return left.kind === 'done' && left.answer;
  }
  async function hasAdmin(): Promise<boolean> {
    return ((await records.get(adminsKind, 'admins'))?.members.length ?? 0) > 0;
  }

  const insert: UserStore['insert'] = async (user, { reuseName = false } = {}) => {
    const put = await records.put(
      userKind,
      'name',
      user.nameKey,
      (there): Change<Stored, 'created' | 'name-taken' | 'name-retired'> => {
        if (there !== undefined && there.state !== 'removed') return keep('name-taken');
        if (there !== undefined && !reuseName) return keep('name-retired');
        return { kind: 'put', record: { tokenEpoch: 0, rights: 0, ...user }, answer: 'created' };
      },
    );
    if (put.kind === 'taken') return put.key === 'email' ? 'email-taken' : 'name-taken';
    if (put.answer === 'created' && isActiveAdmin(user)) await join(user.id);
    return put.answer;
  };

  const update: UserStore['update'] = async (id, change, at) => {
    const before = await records.get(userKind, id);
    if (before === undefined || before.state === 'removed') return 'not-found';
    const goes = isActiveAdmin(before) && !isActiveAdmin(changed(before, change, at));
    if (goes && !(await leave(id))) return 'last-admin';
    const done = await records.change(userKind, id, (user) =>
      user === undefined ? keep(undefined) : { kind: 'put', record: changed(user, change, at), answer: undefined },
    );
    if (done.kind === 'taken') return 'email-taken';
    if (done.record === undefined) return 'not-found';
    if (isActiveAdmin(done.record)) await join(id);
    return (await shown(done.record)) ?? 'not-found';
  };

  const remove: UserStore['remove'] = async (id, at) => {
    const before = await records.get(userKind, id);
    if (before === undefined || before.state === 'removed') return 'not-found';
    if (isActiveAdmin(before) && !(await leave(id))) return 'last-admin';
    await records.change(userKind, id, (user) => {
      if (user === undefined) return keep(undefined);
      const { username, nameKey, role, createdAt } = user;
      const counters = { epoch: user.epoch + 1, tokenEpoch: user.tokenEpoch + 1, rights: user.rights + 1 };
      const record: Stored = {
        ...{ id, username, nameKey, role, createdAt, updatedAt: at, emailConfirmed: false, ...counters },
        state: 'removed',
      };
      return { kind: 'put', record, answer: undefined };
    });
    return 'removed';
  };

  return {
    insert,
    async insertFirstAdmin(user) {
      if (await hasAdmin()) return 'admin-exists';
      const claimed = await members((ids) => (ids.length > 0 ? undefined : [user.id]));
      if (claimed.kind !== 'done' || !claimed.answer) return 'admin-exists';
      const made = await insert(user);
      if (made === 'created') return 'created';
      await members((ids) => ids.filter((id) => id !== user.id));
      return 'name-taken';
    },
    byId: async (id) => shown(await records.get(userKind, id)),
    byName: async (nameKey) => shown(await records.byKey(userKind, 'name', nameKey)),
    byEmail: async (email) => shown(await records.byKey(userKind, 'email', email.toLowerCase())),
    update,
    async rehash(id, from, to) {
      const done = await records.change(userKind, id, (user) =>
        user?.passwordHash === from
          ? { kind: 'put', record: { ...user, passwordHash: to }, answer: true }
          : keep(false),
      );
      return done.kind === 'done' && done.answer;
    },
    signedIn: (id, at) => records.note(userKind, id, at),
    async noteEnded(userId, ended, now) {
      await records.addMany(
        endedSessionKind,
        ended.map(({ id, until }) => ({ id, userId, endedAt: now, until })),
      );
    },
    remove,
    async list({ limit, after, prefix }) {
      const page = await records.list(userKind, {
        limit,
        order: 'name',
        ...(after !== undefined && { after }),
        ...(prefix !== undefined && { prefix }),
      });
      return {
        ...page,
        items: page.items.flatMap((user) => (user.state === 'removed' ? [] : [{ ...user, state: user.state }])),
      };
    },
    hasAdmin,
  };
}
