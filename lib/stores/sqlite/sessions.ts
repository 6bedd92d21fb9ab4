import type { SQLInputValue } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import {
  cursorBehind,
  mintedIn,
  type Position,
  placeOf,
  type SessionPageQuery,
  type SessionRecord,
  type SessionStore,
  type SparedSessions,
} from '../sessions.ts';
import type { Connection } from './connection.ts';
import { integer, jsonOrNone, oneOf, pageOf, type Row, text, textOrNone, UnreadableRecordError } from './rows.ts';

const columns = `id, user_id, epoch, kind, method, created_at, last_seen_at, expires_at, idle_at, remember,
  role_ceiling, minter, makers, address, agent, data`;

const kinds = ['browser', 'api'] as const;

/** Sessions that one statement ends: few enough that no request waits for it. */
const endedAtOnce = 250;

/** Sessions that are over are deleted every minute: more than so many of them are not looked at to be left out of a count. */
const mostOver = 1_000;

const jsonOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

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
    jsonOf(session.minter),
    jsonOf(session.makers),
    session.address ?? null,
    session.agent ?? null,
    session.data,
  ];
}

function mintedOf(row: Row): ReturnType<typeof mintedIn> {
  try {
    return mintedIn(jsonOrNone(row.minter), jsonOrNone(row.makers));
  } catch (error) {
    throw new UnreadableRecordError('the minter of a session cannot be read', { cause: error });
  }
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
    ...mintedOf(row),
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
    sweepOf: db.statement('DELETE FROM sessions WHERE user_id = ? AND ends_at <= ?'),
    sizeOf: db.statement('SELECT count(*) AS n FROM sessions WHERE user_id = ?'),
    endOldest: db.statement(
      `DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions WHERE user_id = ? AND id <> ? ORDER BY last_seen_at, id LIMIT ?)
       RETURNING id, expires_at`,
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
    end: db.statement('DELETE FROM sessions WHERE id = ?'),
    endAllOf: db.statement(
      `DELETE FROM sessions WHERE id IN (
         SELECT id FROM sessions
         WHERE user_id = ? AND epoch < ? AND id NOT IN (SELECT value FROM json_each(?)) LIMIT ${endedAtOnce})
       RETURNING id`,
    ),
    sweep: db.statement(
      `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ends_at <= ? ORDER BY ends_at LIMIT ?)`,
    ),
  };
}

/** Statements that read many sessions, those of a user or of all. */
function listStatements(db: Connection) {
  return {
    listOf: db.statement(
      `SELECT ${columns} FROM sessions WHERE user_id = ? AND (created_at, id) < (?, ?) AND ends_at > ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
    ),
    countOf: db.statement('SELECT count(*) AS n FROM sessions WHERE user_id = ? AND ends_at > ?'),
    list: db.statement(
      `SELECT ${columns} FROM sessions WHERE user_id IS NOT NULL AND (created_at, id) < (?, ?) AND ends_at > ?
       ORDER BY created_at DESC, id DESC LIMIT ?`,
    ),
    total: db.statement('SELECT count(*) AS n FROM sessions'),
    visitors: db.statement('SELECT count(*) AS n FROM sessions WHERE user_id IS NULL'),
    over: db.statement(
      `SELECT count(user_id) AS n FROM (SELECT user_id FROM sessions WHERE ends_at <= ? LIMIT ${mostOver})`,
    ),
  };
}

type Statements = ReturnType<typeof statements>;
type ListStatements = ReturnType<typeof listStatements>;

/** Behind no session. */
const beginning = Object.freeze({ createdAt: Number.MAX_SAFE_INTEGER, id: '' });

/** Ends the least recently used sessions of the user beyond `most`. */
function makeRoom(sql: Statements, { id, userId, lastSeenAt }: SessionRecord, most: number) {
  const tooMany = () => integer(sql.sizeOf.get(userId)?.n) - most;
  if (tooMany() > 0) sql.sweepOf.run(userId, lastSeenAt);
  const excess = Math.max(0, tooMany());
  const ended = excess > 0 ? sql.endOldest.all(userId, id, excess) : [];
  return ended.map((row) => ({ id: text(row.id), expiresAt: integer(row.expires_at) }));
}

function create(sql: Statements, session: SessionRecord, most: number) {
  const created = sql.create.run(...values(session)) > 0;
  const ended = created && session.userId !== null ? makeRoom(sql, session, most) : [];
  return { created, ended };
}

/** The whole table is counted without looking at its rows; those that do not count are few. */
function count({ total, visitors, over }: ListStatements, now: number): number {
  return integer(total.get()?.n) - integer(visitors.get()?.n) - integer(over.get(now)?.n);
}

export function sessionStore(db: Connection): SessionStore {
  const sql = statements(db);
  const lists = listStatements(db);

  const endSome = (userId: string, { from = Number.MAX_SAFE_INTEGER, keep = [] }: SparedSessions) =>
    db.write('relaxed', () => sql.endAllOf.all(userId, from, JSON.stringify(keep)).map((row) => text(row.id)));

  async function endAllOf(userId: string, spared: SparedSessions = {}): Promise<readonly string[]> {
    const ended: string[] = [];
    for (;;) {
      const some = await endSome(userId, spared);
      ended.push(...some);
      if (some.length < endedAtOnce) return ended;
      await turn();
    }
  }

  async function page({ limit, after }: SessionPageQuery, read: (behind: Position, count: number) => Row[]) {
    const behind = after === undefined ? beginning : placeOf(after);
    if (behind === undefined) return { items: [] };
    const found = await db.read(() => read(behind, limit + 1).map(sessionOf));
    return pageOf(found, limit, cursorBehind);
  }

  return {
    create: (session, most = Number.POSITIVE_INFINITY) => db.transaction('relaxed', () => create(sql, session, most)),
    find: (id, now) =>
      db.read(() => {
        const row = sql.find.get(id, now);
        return row === undefined ? undefined : sessionOf(row);
      }),
    saveData: (id, data) => db.write('relaxed', () => sql.saveData.run(data, id) > 0),
    touch: (id, lastSeenAt, idleAt) => db.write('relaxed', () => sql.touch.run(lastSeenAt, idleAt, id) > 0),
    end: (id) => db.write('durable', () => sql.end.run(id) > 0),
    endAllOf,
    listOf: (userId, now, query) =>
      page(query, ({ createdAt, id }, count) => lists.listOf.all(userId, createdAt, id, now, count)),
    countOf: (userId, now) => db.read(() => integer(lists.countOf.get(userId, now)?.n)),
    list: (now, query) => page(query, ({ createdAt, id }, most) => lists.list.all(createdAt, id, now, most)),
    count: (now) => db.read(() => count(lists, now)),
    sweep: (now, limit) => db.write('relaxed', () => sql.sweep.run(now, limit)),
  };
}
