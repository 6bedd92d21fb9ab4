import type { SQLInputValue } from 'node:sqlite';
import { endedWith } from '../records/standing.ts';
import {
  type EndedSession,
  isActiveAdmin,
  type UserChange,
  type UserRecord,
  type UserStore,
} from '../records/users.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import {
  integer,
  integerOrNone,
  jsonOrNone,
  oneOf,
  pageLimit,
  pageOf,
  text,
  textOrNone,
  UnreadableRecordError,
} from './rows.ts';

export const columns = `id, username, name_key, role, state, email, email_key, email_confirmed, display_name, password_hash,
  epoch, created_at, updated_at, last_login_at, ended`;

const states = ['pending', 'active', 'disabled'] as const;

const emailKey = (email: string | null | undefined): string | null => email?.toLowerCase() ?? null;

export function values(user: UserRecord): SQLInputValue[] {
  return [
    user.id,
    user.username,
    user.nameKey,
    user.role,
    user.state,
    user.email ?? null,
    emailKey(user.email),
    user.emailConfirmed ? 1 : 0,
    user.displayName ?? null,
    user.passwordHash ?? null,
    user.epoch,
    user.createdAt,
    user.updatedAt,
    user.lastLoginAt ?? null,
    endedText(user.ended),
  ];
}

const endedText = (ended: UserRecord['ended']) => (ended?.length ? JSON.stringify(ended) : null);

function isEnded(value: unknown): value is EndedSession {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('until' in value)) return false;
  return typeof value.id === 'string' && typeof value.until === 'number';
}

function endedOf(row: Row): UserRecord['ended'] {
  const ended = jsonOrNone(row.ended);
  if (ended === undefined || (Array.isArray(ended) && ended.every(isEnded))) return ended;
  throw new UnreadableRecordError('the ended sessions of a user are not a list of them');
}

export function userOf(row: Row): UserRecord {
  return {
    id: text(row.id),
    username: text(row.username),
    nameKey: text(row.name_key),
    role: text(row.role),
    state: oneOf(states, row.state),
    email: textOrNone(row.email),
    emailConfirmed: row.email_confirmed === 1,
    displayName: textOrNone(row.display_name),
    passwordHash: textOrNone(row.password_hash),
    epoch: integer(row.epoch),
    createdAt: integer(row.created_at),
    updatedAt: integer(row.updated_at),
    lastLoginAt: integerOrNone(row.last_login_at),
    ended: endedOf(row),
  };
}

function statements(db: Connection) {
  const find = (condition: string) => db.statement(`SELECT ${columns} FROM users WHERE ${condition}`);
  return {
    insert: db.statement(`INSERT INTO users (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`),
    byId: find('id = ?'),
    byName: find('name_key = ?'),
    byEmail: find('email_key = ?'),
    list: find('name_key > ? ORDER BY name_key LIMIT ?'),
    listPrefix: find('name_key > ? AND name_key >= ? AND name_key < ? ORDER BY name_key LIMIT ?'),
    update: db.statement(`UPDATE users SET (${columns}) = (${columns.replace(/\w+/g, '?')}) WHERE id = ?`),
    rehash: db.statement('UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?'),
    signedIn: db.statement('UPDATE users SET last_login_at = max(coalesce(last_login_at, 0), ?) WHERE id = ?'),
    noteEnded: db.statement('UPDATE users SET ended = ?, epoch = epoch + ? WHERE id = ?'),
    remove: db.statement('DELETE FROM users WHERE id = ?'),
    admin: db.statement(`SELECT 1 FROM users WHERE role = 'admin' AND state = 'active' LIMIT 1`),
    otherAdmin: db.statement(`SELECT 1 FROM users WHERE role = 'admin' AND state = 'active' AND id <> ? LIMIT 1`),
    retired: db.statement('SELECT 1 FROM retired_names WHERE name_key = ?'),
    retire: db.statement('INSERT INTO retired_names (name_key, at) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    giveBack: db.statement('DELETE FROM retired_names WHERE name_key = ?'),
  };
}

type Statements = ReturnType<typeof statements>;

/** The user after the change. The epoch goes up when role, state or password really differ. */
function changed(user: UserRecord, change: UserChange, at: number): UserRecord {
  const email = change.email === undefined ? user.email : (change.email ?? undefined);
  const displayName = change.displayName === undefined ? user.displayName : (change.displayName ?? undefined);
  const sameAddress = emailKey(email) === emailKey(user.email);
  const next = {
    ...user,
    role: change.role ?? user.role,
    state: change.state ?? user.state,
    passwordHash: change.passwordHash ?? user.passwordHash,
    email,
    emailConfirmed: change.emailConfirmed ?? (sameAddress && user.emailConfirmed),
    displayName,
    updatedAt: at,
  };
  const ends =
    next.role !== user.role || next.state !== user.state || change.passwordHash !== undefined || change.endAll === true;
  return ends ? { ...next, epoch: user.epoch + 1 } : next;
}

function insert(sql: Statements, user: UserRecord, reuseName: boolean) {
  if (sql.byName.get(user.nameKey)) return 'name-taken';
  if (!reuseName && sql.retired.get(user.nameKey)) return 'name-retired';
  if (user.email !== undefined && sql.byEmail.get(emailKey(user.email))) return 'email-taken';
  sql.giveBack.run(user.nameKey);
  sql.insert.run(...values(user));
  return 'created';
}

function insertFirstAdmin(sql: Statements, user: UserRecord) {
  if (sql.admin.get()) return 'admin-exists';
  return insert(sql, user, false) === 'created' ? 'created' : 'name-taken';
}

function update(sql: Statements, id: string, change: UserChange, at: number) {
  const row = sql.byId.get(id);
  if (!row) return 'not-found';
  const user = userOf(row);
  const next = changed(user, change, at);
  if (isActiveAdmin(user) && !isActiveAdmin(next) && !sql.otherAdmin.get(id)) return 'last-admin';
  const holder = next.email === undefined ? undefined : sql.byEmail.get(emailKey(next.email));
  if (holder && holder.id !== id) return 'email-taken';
  sql.update.run(...values(next), id);
  return next;
}

function noteEnded(sql: Statements, userId: string, more: readonly EndedSession[], now: number): void {
  const row = sql.byId.get(userId);
  if (!row) return;
  const ended = endedWith(userOf(row).ended, more, now);
  if (ended === 'too-many') sql.noteEnded.run(null, 1, userId);
  else sql.noteEnded.run(endedText(ended), 0, userId);
}

function remove(sql: Statements, id: string, at: number) {
  const row = sql.byId.get(id);
  if (!row) return 'not-found';
  const user = userOf(row);
  if (isActiveAdmin(user) && !sql.otherAdmin.get(id)) return 'last-admin';
  sql.remove.run(id);
  sql.retire.run(user.nameKey, at);
  return 'removed';
}

/** Greater than every name with the prefix: the last code point is in no name. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`;

function rowsOf(sql: Statements, limit: number, after = '', prefix = ''): Row[] {
  if (prefix === '') return sql.list.all(after, limit);
  return sql.listPrefix.all(after, prefix, endOf(prefix), limit);
}

export function userStore(db: Connection): UserStore {
  const sql = statements(db);
  const one = (row: Row | undefined) => (row === undefined ? undefined : userOf(row));
  return {
    insert: (user, options) => db.transaction('durable', () => insert(sql, user, options?.reuseName === true)),
    insertFirstAdmin: (user) => db.transaction('durable', () => insertFirstAdmin(sql, user)),
    byId: (id) => db.read(() => one(sql.byId.get(id))),
    byName: (nameKey) => db.read(() => one(sql.byName.get(nameKey))),
    byEmail: (email) => db.read(() => one(sql.byEmail.get(emailKey(email)))),
    update: (id, change, at) => db.transaction('durable', () => update(sql, id, change, at)),
    rehash: (id, from, to) => db.write('durable', () => sql.rehash.run(to, id, from) > 0),
    signedIn: (id, at) => db.write('relaxed', () => void sql.signedIn.run(at, id)),
    noteEnded: (userId, ended, now) => db.transaction('durable', () => noteEnded(sql, userId, ended, now)),
    remove: (id, at) => db.transaction('durable', () => remove(sql, id, at)),
    list: (query) =>
      db.read(() => {
        const limit = pageLimit(query.limit);
        return pageOf(rowsOf(sql, limit + 1, query.after, query.prefix).map(userOf), limit, (user) => user.nameKey);
      }),
    hasAdmin: () => db.read(() => sql.admin.get() !== undefined),
  };
}
