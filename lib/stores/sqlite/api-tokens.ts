import type { SQLInputValue } from 'node:sqlite';
import type { ApiTokenRecord, ApiTokenStore } from '../records/api-tokens.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import { integer, integerOrNone, jsonOrNone, text, textOrNone, UnreadableRecordError } from './rows.ts';

export const columns = 'id, user_id, name, hash, epoch, role, scopes, parent_id, created_at, last_used_at, expires_at';

export function values(token: ApiTokenRecord): SQLInputValue[] {
  return [
    token.id,
    token.userId,
    token.name,
    token.hash,
    token.epoch,
    token.role ?? null,
    token.scopes === undefined ? null : JSON.stringify(token.scopes),
    token.parentId ?? null,
    token.createdAt,
    token.lastUsedAt ?? null,
    token.expiresAt ?? null,
  ];
}

function scopesOf(row: Row): readonly string[] | undefined {
  const scopes = jsonOrNone(row.scopes);
  if (scopes === undefined) return undefined;
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scopes;
  throw new UnreadableRecordError('the scopes of a token are not a list of names');
}

export function tokenOf(row: Row, scopes = scopesOf(row)): ApiTokenRecord {
  return {
    id: text(row.id),
    userId: text(row.user_id),
    name: text(row.name),
    hash: text(row.hash),
    epoch: integer(row.epoch),
    role: textOrNone(row.role),
    scopes,
    parentId: textOrNone(row.parent_id),
    createdAt: integer(row.created_at),
    lastUsedAt: integerOrNone(row.last_used_at),
    expiresAt: integerOrNone(row.expires_at),
  };
}

/** For lists: a token with unreadable scopes is useless, but its owner must see it to remove it. */
function listed(row: Row): ApiTokenRecord {
  try {
    return tokenOf(row);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return tokenOf(row, []);
    throw error;
  }
}

/** The tokens that match the condition, and all that they created, directly or not. */
const family = (condition: string) => `
  WITH RECURSIVE made (id) AS (
    SELECT id FROM api_tokens WHERE ${condition}
    UNION
    SELECT child.id FROM made CROSS JOIN api_tokens AS child ON child.parent_id = made.id
  )
  SELECT id FROM made`;

function statements(db: Connection) {
  return {
    insert: db.statement(`INSERT INTO api_tokens (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`),
    byId: db.statement('SELECT 1 FROM api_tokens WHERE id = ?'),
    byName: db.statement('SELECT 1 FROM api_tokens WHERE user_id = ? AND name = ?'),
    byHash: db.statement(`SELECT ${columns} FROM api_tokens WHERE hash = ?`),
    listOf: db.statement(`SELECT ${columns} FROM api_tokens WHERE user_id = ? ORDER BY name`),
    named: db.statement(family('user_id = ? AND name = ?')),
    owned: db.statement(family('user_id = ?')),
    remove: db.statement('DELETE FROM api_tokens WHERE id = ?'),
    touch: db.statement('UPDATE api_tokens SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?'),
  };
}

type Statements = ReturnType<typeof statements>;

function create(sql: Statements, token: ApiTokenRecord) {
  if (token.parentId !== undefined && !sql.byId.get(token.parentId)) return 'parent-gone';
  if (sql.byName.get(token.userId, token.name)) return 'name-taken';
  sql.insert.run(...values(token));
  return 'created';
}

function removeAll(sql: Statements, found: readonly Row[]): readonly string[] {
  const ids = found.map((row) => text(row.id));
  for (const id of ids) sql.remove.run(id);
  return ids;
}

export function apiTokenStore(db: Connection): ApiTokenStore {
  const sql = statements(db);
  return {
    create: (token) => db.transaction('durable', () => create(sql, token)),
    byHash: (hash) =>
      db.read(() => {
        const row = sql.byHash.get(hash);
        return row === undefined ? undefined : tokenOf(row);
      }),
    listOf: (userId) => db.read(() => sql.listOf.all(userId).map(listed)),
    remove: (userId, name) => db.transaction('durable', () => removeAll(sql, sql.named.all(userId, name))),
    removeAllOf: (userId) => db.transaction('durable', () => removeAll(sql, sql.owned.all(userId))),
    touch: (id, at) => db.write('relaxed', () => void sql.touch.run(at, id)),
  };
}
