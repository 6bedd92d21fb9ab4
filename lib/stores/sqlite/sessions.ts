import type { SQLInputValue } from 'node:sqlite';
import type { SessionRecord, SessionStore } from '../sessions.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import { integer, oneOf, text, textOrNone } from './rows.ts';

const columns = `id, user_id, epoch, kind, method, created_at, last_seen_at, expires_at, idle_at, remember,
  role_ceiling, address, agent, data`;

const kinds = ['browser', 'api'] as const;

function values(session: SessionRecord): SQLInputValue[] {
  return [
    session.id,
    session.userId,
    session.epoch,
    session.kind,
    session.method,
    session.createdAt,
    session.lastSeenAt,
    session.expiresAt,
    session.idleAt,
    session.remember ? 1 : 0,
    session.roleCeiling ?? null,
    session.address ?? null,
    session.agent ?? null,
    session.data,
  ];
}

function sessionOf(row: Row): SessionRecord {
  return {
    id: text(row.id),
    userId: textOrNone(row.user_id) ?? null,
    epoch: integer(row.epoch),
    kind: oneOf(kinds, row.kind),
    method: text(row.method),
    createdAt: integer(row.created_at),
    lastSeenAt: integer(row.last_seen_at),
    expiresAt: integer(row.expires_at),
    idleAt: integer(row.idle_at),
    remember: row.remember === 1,
    roleCeiling: textOrNone(row.role_ceiling),
    address: textOrNone(row.address),
    agent: textOrNone(row.agent),
    data: text(row.data),
  };
}

function statements(db: Connection) {
  return {
    create: db.statement(
      `INSERT INTO sessions (${columns}) VALUES (${columns.replace(/\w+/g, '?')}) ON CONFLICT (id) DO NOTHING`,
    ),
    find: db.statement(`SELECT ${columns} FROM sessions WHERE id = ? AND ends_at > ?`),
    saveData: db.statement('UPDATE sessions SET data = ? WHERE id = ?'),
    // A late touch neither revives an ended session nor overwrites a later one.
    touch: db.statement(
      `UPDATE sessions SET
         idle_at = CASE WHEN ?1 >= last_seen_at THEN ?2 ELSE idle_at END,
         last_seen_at = max(last_seen_at, ?1)
       WHERE id = ?3 AND ends_at > ?1`,
    ),
    restamp: db.statement('UPDATE sessions SET epoch = ? WHERE id = ?'),
    end: db.statement('DELETE FROM sessions WHERE id = ?'),
    endAllOf: db.statement('DELETE FROM sessions WHERE user_id = ? AND id <> ? RETURNING id'),
    listOf: db.statement(
      `SELECT ${columns} FROM sessions WHERE user_id = ? AND ends_at > ? ORDER BY created_at DESC, id DESC`,
    ),
    sweep: db.statement(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at <= ? ORDER BY ends_at LIMIT ?)`,
    ),
  };
}

export function sessionStore(db: Connection): SessionStore {
  const sql = statements(db);
  return {
    create: (session) => db.write('relaxed', () => sql.create.run(...values(session)) > 0),
    find: (id, now) =>
      db.read(() => {
        const row = sql.find.get(id, now);
        return row === undefined ? undefined : sessionOf(row);
      }),
    saveData: (id, data) => db.write('relaxed', () => sql.saveData.run(data, id) > 0),
    touch: (id, lastSeenAt, idleAt) => db.write('relaxed', () => sql.touch.run(lastSeenAt, idleAt, id) > 0),
    restamp: (id, epoch) => db.write('durable', () => sql.restamp.run(epoch, id) > 0),
    end: (id) => db.write('durable', () => sql.end.run(id) > 0),
    endAllOf: (userId, keep) =>
      db.write('durable', () => sql.endAllOf.all(userId, keep ?? '').map((row) => text(row.id))),
    listOf: (userId, now) => db.read(() => sql.listOf.all(userId, now).map(sessionOf)),
    sweep: (now, limit) => db.write('relaxed', () => sql.sweep.run(now, limit)),
  };
}
