import { ok, type Refusal, type Result, refused } from '../errors.ts';
import { doneBy } from '../services/done-by.ts';
import { userWithName } from '../services/named-user.ts';
import type { NewUser, UserEdit, UserEnding, Users, UserView } from '../services.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Versioned } from '../stores/records/records.ts';
import type { Actor } from '../types.ts';
import { adminsIn } from './admins.ts';
import { followUp } from './after-change.ts';
import { type AccountDependencies, isByAdmin } from './dependencies.ts';
import { nameKey, namePolicy } from './names.ts';
import { addUser, newRecord } from './new-user.ts';
import { passwordPolicy } from './password-policy.ts';
import { userInput } from './user-input.ts';
import { userReading } from './user-list.ts';
import { edited, type IsLower, isRemovedLately, losesRights, removed, type UserWish } from './user-rules.ts';
import { type UserRule, userWriter } from './user-writer.ts';
import { viewOf } from './view.ts';

const oneself = refused('conflict', {
  detail: 'You cannot delete or deactivate yourself, or lower your own role. Another administrator can.',
});

/** Whether the actor is this user, by whichever credential. The command and the program act for nobody. */
const isSelf = (by: Actor | undefined, { id }: UserRecord): boolean =>
  by?.principal.kind === 'user' && by.principal.via !== 'command' && by.principal.id === id;

/** Nobody takes rights from themself: a mistake would lock them out. */
const notOneself =
  (by: Actor | undefined, rule: UserRule, isLower: IsLower): UserRule =>
  (user, now) => {
    const ruled = rule(user, now);
    return ruled.ok && isSelf(by, user) && losesRights(user, ruled.value, isLower) ? oneself : ruled;
  };

/** What an edit changes, for the audit log: never the value of a password or an address. */
function changesOf(edit: UserEdit): Record<string, string | boolean> {
  const { role, active, endTokens } = edit;
  const named = (['password', 'email', 'displayName'] as const).filter((key) => edit[key] !== undefined);
  return {
    ...(role !== undefined && { role }),
    ...(active !== undefined && { active }),
    ...(named.length > 0 && { changed: named.join(' ') }),
    ...(endTokens === true && { tokens: true }),
  };
}

/**
 * `gate.users`. The actor `by` can neither grant a role above their own nor change a user above them (`insufficient_role`).
 * Only an admin assigns reserved names, names with `@` and names of deleted users. Without `by` the program itself acts, which
 * grants any role but none of those names.
 */
export function usersService(dependencies: AccountDependencies): Users {
  const { stores, record, ladder, hasher, settings } = dependencies;
  const { records } = stores;
  const input = userInput({
    name: namePolicy(settings.reservedNames),
    password: passwordPolicy(settings),
    ladder,
  });
  const admins = adminsIn(records, ladder.rung('admin'));
  const writer = userWriter(records, admins);
  const isLower = (role: string, than: string) => ladder.position(role) < ladder.position(than);

  const find = (username: unknown) => userWithName(records, username);

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

  async function recordOf({ password, active, email, ...user }: NewUser, byAdmin: boolean): Promise<UserRecord> {
    const { username, displayName, role = settings.defaultRole } = user;
    const passwordHash = password === undefined ? undefined : await hasher.hash(password);
    const state = (active ?? true) ? 'active' : 'pending';
    const emailConfirmed = email !== undefined && byAdmin;
    return newRecord({ username, displayName, role, passwordHash, state, email, emailConfirmed }, records.now());
  }

  async function create(user: NewUser, by?: Actor): Promise<Result<UserView>> {
    const byAdmin = isByAdmin(by, ladder);
    const problems = input.problemsOfNew(user, byAdmin);
    if (problems.length > 0) return refused('validation_failed', { problems });
    if (!mayManage(by, user.role ?? settings.defaultRole)) return refused('insufficient_role');
    const made = await recordOf(user, byAdmin);
    const written = await addUser(records, made, { reuseName: byAdmin && user.reuseName === true });
    if (!written.ok) return written;
    if (admins.isOne(made)) await writer.settle(written.value);
    // Nothing is ended, so the telling is not waited for.
    dependencies.bus.publish({ kind: 'user', id: made.id, version: 1 }).catch(() => undefined);
    await recordChange(made, by, 'created', { role: made.role, active: made.state === 'active' });
    return ok(viewOf(made));
  }

  /** Only for a user that is there and not above the actor, by the record as it is when it is written. */
  const managed =
    (by: Actor | undefined, rule: UserRule): UserRule =>
    (user, now) => {
      if (user.state === 'removed') return refused('not_found');
      return mayManage(by, user.role) ? notOneself(by, rule, isLower)(user, now) : refused('insufficient_role');
    };

  /** Writes a change, tells it and records it. A change that was made and could not be told is recorded too. */
  async function write(id: string, rule: UserRule, by: Actor | undefined, action: string, detail = {}) {
    const written = await writer.write(id, rule);
    if (!written.ok) return written;
    try {
      await followUp(dependencies, written.value);
    } finally {
      await recordChange(written.value.before, by, action, detail);
    }
    return ok(written.value.after);
  }

  async function wishOf({ password, ...edit }: UserEdit, byAdmin: boolean): Promise<UserWish> {
    const passwordHash = password === undefined ? undefined : await hasher.hash(password);
    return { ...edit, passwordHash, emailConfirmed: byAdmin };
  }

  function refusalOf(before: UserRecord, wanted: UserEdit, by: Actor | undefined): Refusal | undefined {
    const problems = input.problemsOfEdit(wanted, before);
    if (problems.length > 0) return { code: 'validation_failed', problems };
    const mayDo = mayManage(by, before.role) && mayManage(by, wanted.role ?? before.role);
    return mayDo ? undefined : { code: 'insufficient_role' };
  }

  async function edit(username: string, wanted: UserEdit, by?: Actor): Promise<Result<UserView>> {
    const before = await find(username);
    if (before === undefined) return refused('not_found');
    const refusal = refusalOf(before, wanted, by);
    if (refusal) return { ok: false, refusal };
    const wish = await wishOf(wanted, isByAdmin(by, ladder));
    const rule = managed(by, (user, now) => ok(edited(user, wish, now, isLower)));
    const written = await write(before.id, rule, by, 'edited', changesOf(wanted));
    return written.ok ? ok(viewOf(written.value)) : written;
  }

  /** A user that was deleted within the last day is deleted once more: it is told again. */
  const removal =
    (by: Actor | undefined): UserRule =>
    (user, now) =>
      isRemovedLately(user, now) ? ok(user) : managed(by, () => ok(removed(user, now)))(user, now);

  async function remove(username: string, by?: Actor): Promise<Result<undefined>> {
    const user = await holderOf(username);
    if (user === undefined) return refused('not_found');
    const written = await write(user.id, removal(by), by, 'removed');
    return written.ok ? ok(undefined) : written;
  }

  /** The user of this name, or the one that was deleted and whose name is kept. */
  async function holderOf(username: unknown): Promise<Versioned<UserRecord> | undefined> {
    return typeof username === 'string' ? records.byKey(userKind, 'name', nameKey(username)) : undefined;
  }

  async function endAll(username: string, { tokens = true }: UserEnding = {}, by?: Actor): Promise<Result<undefined>> {
    const user = await find(username);
    if (user === undefined) return refused('not_found');
    const wish = { endSessions: true, endTokens: tokens };
    const rule = managed(by, (found, now) => ok(edited(found, wish, now, isLower)));
    const written = await write(user.id, rule, by, 'ended all', { tokens });
    return written.ok ? ok(undefined) : written;
  }

  return { ...userReading(records), create, edit, remove, endAll };
}
