import type { SQLInputValue } from 'node:sqlite';
import type { RefreshTokenRecord, RefreshTokenStore } from '../records/refresh-tokens.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import { integer, text, textOrNone } from './rows.ts';

export const columns = 'hash, session_id, user_id, client_id, created_at, expires_at';

export function values(token: RefreshTokenRecord): SQLInputValue[] {
  return [token.hash, token.sessionId, token.userId, token.clientId ?? null, token.createdAt, token.expiresAt];
}

export function tokenOf(row: Row): RefreshTokenRecord {
  return {
    hash: text(row.hash),
    sessionId: text(row.session_id),
    userId: text(row.user_id),
    clientId: textOrNone(row.client_id),
    createdAt: integer(row.created_at),
    expiresAt: integer(row.expires_at),
  };
}

function statements(db: Connection) {
  return {
    insert: db.statement(`INSERT INTO refresh_tokens (${columns}) VALUES (${columns.replace(/\w+/g, '?')})`),
    known: db.statement('SELECT session_id, used_at FROM refresh_tokens WHERE hash = ? AND expires_at > ?'),
    spend: db.statement('UPDATE refresh_tokens SET used_at = ? WHERE hash = ?'),
    find: db.statement(`SELECT ${columns} FROM refresh_tokens WHERE hash = ? AND expires_at > ? AND used_at IS NULL`),
    endFamily: db.statement('DELETE FROM refresh_tokens WHERE session_id = ?'),
    sweep: db.statement(
      `DELETE FROM refresh_tokens WHERE hash IN
         (SELECT hash FROM refresh_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    ),
  };
}

type Rotation = Awaited<ReturnType<RefreshTokenStore['rotate']>>;

function rotate(sql: ReturnType<typeof statements>, hash: string, next: RefreshTokenRecord, now: number): Rotation {
  const row = sql.known.get(hash, now);
  if (!row) return { kind: 'not-found' };
  if (row.used_at !== null) return { kind: 'reused', sessionId: text(row.session_id), usedAt: integer(row.used_at) };
  sql.spend.run(now, hash);
  sql.insert.run(...values(next));
  return { kind: 'rotated' };
}

export function refreshTokenStore(db: Connection): RefreshTokenStore {
  const sql = statements(db);
  return {
    create: (token) => db.write('durable', () => void sql.insert.run(...values(token))),
    rotate: (hash, next, now) => db.transaction('durable', () => rotate(sql, hash, next, now)),
    find: (hash, now) =>
      db.read(() => {
        const row = sql.find.get(hash, now);
        return row === undefined ? undefined : tokenOf(row);
      }),
    endFamily: (sessionId) => db.write('durable', () => void sql.endFamily.run(sessionId)),
    sweep: (now, limit) => db.write('relaxed', () => sql.sweep.run(now, limit)),
  };
}
