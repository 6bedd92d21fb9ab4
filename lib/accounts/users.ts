import { randomBase62 } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import { userNamed } from '../services/named-user.ts';
import type { NewUser, UserEdit, Users, UserView } from '../services.ts';
import { pageSize } from '../stores/records/page.ts';
import type { UserChange, UserRecord, UserState } from '../stores/records/users.ts';
import type { Actor } from '../types.ts';
import { type AccountDependencies, isByAdmin } from './dependencies.ts';
import { endCredentialsOf } from './end-all.ts';
import { nameKey, namePolicy } from './names.ts';
import { passwordPolicy } from './password-policy.ts';
import { userInput } from './user-input.ts';
import { viewOf } from './view.ts';

const taken = {
  'name-taken': refused('conflict', { problems: [{ field: 'username', message: 'is taken' }] }),
  'name-retired': refused('conflict', {
    problems: [{ field: 'username', message: 'was a deleted user’s and is not given again' }],
  }),
  'email-taken': refused('conflict', { problems: [{ field: 'email', message: 'is another user’s' }] }),
  'last-admin': refused('conflict', { detail: 'This would leave no active administrator.' }),
  'not-found': refused('not_found'),
} as const;

/** What an edit changes, for the audit log: never the value of a password or an address. */
function changesOf(edit: NewUser | UserEdit): Record<string, string | boolean> {
  const { role, active } = edit;
  const named = (['password', 'email', 'displayName'] as const).filter((key) => edit[key] !== undefined);
  return {
    ...(role !== undefined && { role }),
    ...(active !== undefined && { active }),
    ...(named.length > 0 && { changed: named.join(' ') }),
  };
}

/** A pending or disabled user becomes active. A user who was never active stays pending instead of disabled. */
function stateOf(active: boolean | undefined, before: UserState): UserState {
  if (active === undefined) return before;
  if (active) return 'active';
  return before === 'pending' ? 'pending' : 'disabled';
}

/**
 * `gate.users`. The actor `by` can neither grant a role above their own nor change a user above them (`insufficient_role`).
 * Only an admin assigns reserved names, names with `@` and names of deleted users. Without `by` the program itself acts, which
 * grants any role but none of those names.
 */
export function usersService(dependencies: AccountDependencies): Users {
  const { stores, bus, record, ladder, hasher, settings, clock } = dependencies;
  const input = userInput({
    name: namePolicy(settings.reservedNames),
    password: passwordPolicy(settings),
    ladder,
  });

  const find = (username: unknown) => userNamed(stores.users, username);

  const mayManage = (by: Actor | undefined, role: string): boolean =>
    by === undefined || by.principal.via === 'command' || ladder.position(by.principal.role) >= ladder.position(role);

  const recordChange = (user: UserRecord, by: Actor | undefined, action: string, detail = {}) =>
    record({
      event: 'user.changed',
      ...doneBy(by),
      subject: `user:${user.username}`,
      outcome: 'ok',
      detail: { action, ...detail },
    });

  async function newRecord(user: NewUser, confirmed: boolean): Promise<UserRecord> {
    const now = clock();
    return {
      id: `u_${randomBase62(20)}`,
      username: user.username,
      nameKey: nameKey(user.username),
      role: user.role ?? settings.defaultRole,
      state: (user.active ?? true) ? 'active' : 'pending',
      email: user.email,
      emailConfirmed: user.email !== undefined && confirmed,
      displayName: user.displayName,
      passwordHash: user.password === undefined ? undefined : await hasher.hash(user.password),
      epoch: 0,
      createdAt: now,
      updatedAt: now,
    };
  }

  async function create(user: NewUser, by?: Actor): Promise<Result<UserView>> {
    const byAdmin = isByAdmin(by, ladder);
    const problems = input.problemsOfNew(user, byAdmin);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (!mayManage(by, user.role ?? settings.defaultRole)) return refused('insufficient_role');
    const made = await newRecord(user, byAdmin);
    const outcome = await stores.users.insert(made, { reuseName: byAdmin && user.reuseName === true });
    if (outcome !== 'created') return taken[outcome];
    await bus.publish({ kind: 'user', id: made.id });
    await recordChange(made, by, 'created', { role: made.role, active: made.state === 'active' });
    return ok(viewOf(made));
  }

  async function changeOf(edit: UserEdit, before: UserRecord, confirmed: boolean): Promise<UserChange> {
    return {
      ...(edit.role !== undefined && { role: edit.role }),
      ...(edit.active !== undefined && { state: stateOf(edit.active, before.state) }),
      ...(edit.password !== undefined && { passwordHash: await hasher.hash(edit.password) }),
      ...(edit.email !== undefined && { email: edit.email, emailConfirmed: edit.email !== null && confirmed }),
      ...(edit.displayName !== undefined && { displayName: edit.displayName }),
    };
  }

  /** Writes the change, and ends the user's sessions and tokens when it raised their epoch. */
  async function write(before: UserRecord, change: UserChange): Promise<Result<UserRecord>> {
    const after = await stores.users.update(before.id, change, clock());
    if (typeof after === 'string') return taken[after];
    if (after.epoch === before.epoch) await bus.publish({ kind: 'user', id: after.id });
    else await endCredentialsOf(dependencies, after);
    return ok(after);
  }

  async function edit(username: string, wanted: UserEdit, by?: Actor): Promise<Result<UserView>> {
    const before = await find(username);
    if (before === undefined) return taken['not-found'];
    const problems = input.problemsOfEdit(wanted, before);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (!mayManage(by, before.role) || !mayManage(by, wanted.role ?? before.role)) return refused('insufficient_role');
    const written = await write(before, await changeOf(wanted, before, isByAdmin(by, ladder)));
    if (!written.ok) return written;
    await recordChange(before, by, 'edited', changesOf(wanted));
    return ok(viewOf(written.value));
  }

  async function remove(username: string, by?: Actor): Promise<Result<undefined>> {
    const user = await find(username);
    if (user === undefined) return taken['not-found'];
    if (!mayManage(by, user.role)) return refused('insufficient_role');
    const outcome = await stores.users.remove(user.id, clock());
    if (outcome !== 'removed') return taken[outcome];
    await endCredentialsOf(dependencies, user);
    await stores.tokens.removeAllOf(user.id);
    await recordChange(user, by, 'removed');
    return ok(undefined);
  }

  async function endAll(username: string, by?: Actor): Promise<Result<undefined>> {
    const user = await find(username);
    if (user === undefined) return taken['not-found'];
    const written = await write(user, { endAll: true });
    if (!written.ok) return written;
    await recordChange(user, by, 'ended all');
    return ok(undefined);
  }

  return {
    create,
    async get(username) {
      const user = await find(username);
      return user && viewOf(user);
    },
    async list({ limit, cursor, q } = {}) {
      const page = await stores.users.list({
        limit: pageSize(limit),
        ...(cursor !== undefined && { after: cursor }),
        ...(q !== undefined && q !== '' && { prefix: nameKey(q) }),
      });
      return { ...page, items: page.items.map(viewOf) };
    },
    edit,
    remove,
    endAll,
  };
}
