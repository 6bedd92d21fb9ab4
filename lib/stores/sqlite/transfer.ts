import type { AuditRecord } from '../audit.ts';
import type { ApiTokenRecord } from '../records/api-tokens.ts';
import type { FactRecord } from '../records/facts.ts';
import type { KeyRecord } from '../records/keys.ts';
import type { RefreshTokenRecord, SpentRefreshTokenRecord } from '../records/refresh-tokens.ts';
import { replacementOf, sameRecord } from '../records/replacement.ts';
import type { RetiredNameRecord, TransferEntry, TransferOutcome, TransferStore } from '../records/transfer.ts';
import { isActiveAdmin, type UserRecord } from '../records/users.ts';
import { columns as tokenColumns, tokenOf, values as tokenValues } from './api-tokens.ts';
import { columns as auditColumns, values as auditValues, recordOf } from './audit.ts';
import type { Connection } from './connection.ts';
import { keyOf } from './keys.ts';
import { columns as refreshColumns, tokenOf as refreshTokenOf, values as refreshValues } from './refresh-tokens.ts';
import type { Row } from './rows.ts';
import { integer, text, UnreadableRecordError } from './rows.ts';
import { countIn, entriesIn, spentOf } from './transfer-out.ts';
import { columns as userColumns, userOf, values as userValues } from './users.ts';

const marks = (columns: string) => columns.replace(/\w+/g, '?');
const insert = (table: string, columns: string) => `INSERT INTO ${table} (${columns}) VALUES (${marks(columns)})`;
const update = (table: string, columns: string, key: string) =>
  `UPDATE ${table} SET (${columns}) = (${marks(columns)}) WHERE ${key} = ?`;

const keyColumns = 'kid, algorithm, public_jwk, sealed, created_at';
const keyValues = (key: KeyRecord) => [key.kid, key.algorithm, key.publicJwk, key.sealed, key.createdAt];
const refreshRow = `${refreshColumns}, used_at`;

function statements(db: Connection) {
  const user = (condition: string) => db.statement(`SELECT ${userColumns} FROM users WHERE ${condition}`);
  const token = (condition: string) => db.statement(`SELECT ${tokenColumns} FROM api_tokens WHERE ${condition}`);
  return {
    fact: db.statement('SELECT name, value FROM facts WHERE name = ?'),
    addFact: db.statement(insert('facts', 'name, value')),
    changeFact: db.statement(update('facts', 'name, value', 'name')),
    key: db.statement(`SELECT ${keyColumns} FROM signing_keys WHERE kid = ?`),
    // Older than all stored keys: the newest one goes on signing.
    addKey: db.statement(
      `INSERT INTO signing_keys (place, ${keyColumns})
       SELECT coalesce(min(place), 1) - 1, ${marks(keyColumns)} FROM signing_keys`,
    ),
    changeKey: db.statement(update('signing_keys', keyColumns, 'kid')),
    retired: db.statement('SELECT name_key, at FROM retired_names WHERE name_key = ?'),
    retire: db.statement(insert('retired_names', 'name_key, at')),
    changeRetired: db.statement(update('retired_names', 'name_key, at', 'name_key')),
    giveBack: db.statement('DELETE FROM retired_names WHERE name_key = ?'),
    userByName: user('name_key = ?'),
    userById: user('id = ?'),
    userByEmail: user('email_key = ?'),
    otherAdmin: db.statement(`SELECT 1 FROM users WHERE role = 'admin' AND state = 'active' AND id <> ? LIMIT 1`),
    addUser: db.statement(insert('users', userColumns)),
    changeUser: db.statement(update('users', userColumns, 'id')),
    tokenById: token('id = ?'),
    tokenByHash: token('hash = ?'),
    tokenByName: token('user_id = ? AND name = ?'),
    addToken: db.statement(insert('api_tokens', tokenColumns)),
    changeToken: db.statement(update('api_tokens', tokenColumns, 'id')),
    removeToken: db.statement('DELETE FROM api_tokens WHERE id = ?'),
    removeTokensOf: db.statement('DELETE FROM api_tokens WHERE user_id = ?'),
    refresh: db.statement(`SELECT ${refreshRow} FROM refresh_tokens WHERE hash = ?`),
    addRefresh: db.statement(insert('refresh_tokens', refreshRow)),
    changeRefresh: db.statement(update('refresh_tokens', refreshRow, 'hash')),
    audit: db.statement(`SELECT ${auditColumns} FROM audit WHERE id = ?`),
    addAudit: db.statement(insert('audit', auditColumns)),
    changeAudit: db.statement(update('audit', auditColumns, 'id')),
  };
}

type Statements = ReturnType<typeof statements>;

/** Imports a record of a kind that has no other rule than its unique key. */
function settle<R extends TransferEntry['record']>(
  given: R,
  replace: boolean,
  { row, read, add, change }: { row: Row | undefined; read(row: Row): R; add(): unknown; change(): unknown },
): TransferOutcome {
  if (row === undefined) {
    add();
    return 'created';
  }
  if (sameRecord(given, read(row))) return 'unchanged';
  if (!replace) return 'different';
  change();
  return 'replaced';
}

const factOf = (row: Row): FactRecord => ({ name: text(row.name), value: text(row.value) });

function putFact(sql: Statements, fact: FactRecord, replace: boolean): TransferOutcome {
  const { name, value } = fact;
  return settle(fact, replace, {
    row: sql.fact.get(name),
    read: factOf,
    add: () => sql.addFact.run(name, value),
    change: () => sql.changeFact.run(name, value, name),
  });
}

function putKey(sql: Statements, key: KeyRecord, replace: boolean): TransferOutcome {
  return settle(key, replace, {
    row: sql.key.get(key.kid),
    read: keyOf,
    add: () => sql.addKey.run(...keyValues(key)),
    change: () => sql.changeKey.run(...keyValues(key), key.kid),
  });
}

function putRetired(sql: Statements, name: RetiredNameRecord, replace: boolean): TransferOutcome {
  const { nameKey, at } = name;
  if (sql.userByName.get(nameKey)) return 'name-taken';
  return settle(name, replace, {
    row: sql.retired.get(nameKey),
    read: (row) => ({ nameKey: text(row.name_key), at: integer(row.at) }),
    add: () => sql.retire.run(nameKey, at),
    change: () => sql.changeRetired.run(nameKey, at, nameKey),
  });
}

function replaceUser(sql: Statements, given: UserRecord, there: UserRecord): TransferOutcome {
  const next = replacementOf(given, there);
  if (sameRecord(next, there)) return 'unchanged';
  if (isActiveAdmin(there) && !isActiveAdmin(next) && !sql.otherAdmin.get(there.id)) return 'last-admin';
  if (there.id !== next.id) sql.removeTokensOf.run(there.id);
  sql.changeUser.run(...userValues(next), there.id);
  return 'replaced';
}

function putUser(sql: Statements, user: UserRecord, replace: boolean): TransferOutcome {
  const row = sql.userByName.get(user.nameKey);
  const there = row && userOf(row);
  if (there && sameRecord(user, there)) return 'unchanged';
  if (there && !replace) return 'different';
  const sameId = sql.userById.get(user.id);
  if (sameId && sameId.name_key !== user.nameKey) return 'id-taken';
  const sameEmail = user.email === undefined ? undefined : sql.userByEmail.get(user.email.toLowerCase());
  if (sameEmail && sameEmail.name_key !== user.nameKey) return 'email-taken';
  if (there) return replaceUser(sql, user, there);
  if (!replace && sql.retired.get(user.nameKey)) return 'name-retired';
  sql.giveBack.run(user.nameKey);
  sql.addUser.run(...userValues(user));
  return 'created';
}

function replaceToken(sql: Statements, token: ApiTokenRecord, there: ApiTokenRecord | undefined, named: boolean) {
  if (named) for (const row of sql.tokenByName.all(token.userId, token.name)) sql.removeToken.run(text(row.id));
  // It may have been removed just now, together with the creator that had its name.
  if (there && sql.tokenById.get(token.id)) sql.changeToken.run(...tokenValues(token), token.id);
  else sql.addToken.run(...tokenValues(token));
  return 'replaced' as const;
}

function putToken(sql: Statements, token: ApiTokenRecord, replace: boolean): TransferOutcome {
  const row = sql.tokenById.get(token.id);
  const there = row && tokenOf(row);
  if (there && sameRecord(token, there)) return 'unchanged';
  // The token that created it never changes.
  if (there && there.parentId !== token.parentId) return 'different';
  const sameHash = sql.tokenByHash.get(token.hash);
  if (sameHash && sameHash.id !== token.id) return 'id-taken';
  const sameName = sql.tokenByName.get(token.userId, token.name);
  const named = sameName !== undefined && sameName.id !== token.id;
  if ((there || named) && !replace) return named ? 'name-taken' : 'different';
  if (token.parentId !== undefined && !sql.tokenById.get(token.parentId)) return 'parent-gone';
  if (there || named) return replaceToken(sql, token, there, named);
  sql.addToken.run(...tokenValues(token));
  return 'created';
}

function putRefresh(sql: Statements, token: RefreshTokenRecord, replace: boolean): TransferOutcome {
  const row = sql.refresh.get(token.hash);
  // It was spent since the export, and stays so.
  if (row !== undefined && row.used_at !== null) return 'different';
  return settle(token, replace, {
    row,
    read: refreshTokenOf,
    add: () => sql.addRefresh.run(...refreshValues(token), null),
    change: () => sql.changeRefresh.run(...refreshValues(token), null, token.hash),
  });
}

/** The columns of a spent token. Its owner and creation time are not exported, so they are filled in. */
const spentValues = ({ hash, sessionId, usedAt, expiresAt }: SpentRefreshTokenRecord) => [
  ...refreshValues({ hash, sessionId, userId: '', createdAt: usedAt, expiresAt }),
  usedAt,
];

function putSpent(sql: Statements, token: SpentRefreshTokenRecord, replace: boolean): TransferOutcome {
  const row = sql.refresh.get(token.hash);
  if (row !== undefined && row.used_at === null && !replace) return 'different';
  return settle(token, replace, {
    row,
    read: (found) => (found.used_at === null ? { ...token, usedAt: -1 } : spentOf(found)),
    add: () => sql.addRefresh.run(...spentValues(token)),
    change: () => sql.changeRefresh.run(...spentValues(token), token.hash),
  });
}

function putAudit(sql: Statements, record: AuditRecord, replace: boolean): TransferOutcome {
  return settle(record, replace, {
    row: sql.audit.get(record.id),
    read: recordOf,
    add: () => sql.addAudit.run(...auditValues(record)),
    change: () => sql.changeAudit.run(...auditValues(record), record.id),
  });
}

function putKnown(sql: Statements, entry: TransferEntry, replace: boolean): TransferOutcome {
  if (entry.kind === 'fact') return putFact(sql, entry.record, replace);
  if (entry.kind === 'key') return putKey(sql, entry.record, replace);
  if (entry.kind === 'retired-name') return putRetired(sql, entry.record, replace);
  if (entry.kind === 'user') return putUser(sql, entry.record, replace);
  if (entry.kind === 'token') return putToken(sql, entry.record, replace);
  if (entry.kind === 'refresh-token') return putRefresh(sql, entry.record, replace);
  if (entry.kind === 'spent-refresh-token') return putSpent(sql, entry.record, replace);
  return putAudit(sql, entry.record, replace);
}

function putOne(sql: Statements, entry: TransferEntry, replace: boolean): TransferOutcome {
  try {
    return putKnown(sql, entry, replace);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return 'unreadable';
    throw error;
  }
}

export function transferStore(db: Connection): TransferStore {
  const sql = statements(db);
  return {
    entries: () => entriesIn(db),
    count: () => countIn(db),
    put: (entries, { replace = false } = {}) =>
      db.transaction('durable', () => entries.map((entry) => putOne(sql, entry, replace))),
  };
}
