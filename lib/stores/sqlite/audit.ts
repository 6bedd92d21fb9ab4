import type { SQLInputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditRecord, AuditStore } from '../audit.ts';
import { auditRows, columns } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';
import { integer, jsonOrNone, pageLimit, pageOf, text, textOrNone, UnreadableRecordError } from './rows.ts';

const trimmedAtOnce = 2_000;

export function values(record: AuditRecord): SQLInputValue[] {
  return [
    record.id,
    record.at,
    record.event,
    record.actor,
    record.via,
    record.address ?? null,
    record.agent ?? null,
    record.subject ?? null,
    record.outcome,
    record.detail === undefined ? null : JSON.stringify(record.detail),
    record.share ?? '',
  ];
}

/** Returns `undefined` for damaged details, so that the rest of the record and of the log is shown. */
function detailOf(row: Row): AuditRecord['detail'] {
  try {
    const detail = jsonOrNone(row.detail);
    if (detail === undefined) return undefined;
    return isDetail(detail) ? detail : { unreadable: true };
  } catch (error) {
    if (error instanceof UnreadableRecordError) return { unreadable: true };
    throw error;
  }
}

function isDetail(value: unknown): value is NonNullable<AuditRecord['detail']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
}

export function recordOf(row: Row): AuditRecord {
  return {
    id: text(row.id),
    at: integer(row.at),
    event: text(row.event),
    actor: text(row.actor),
    via: text(row.via),
    address: textOrNone(row.address),
    agent: textOrNone(row.agent),
    subject: textOrNone(row.subject),
    outcome: text(row.outcome),
    detail: detailOf(row),
    share: text(row.share) || undefined,
  };
}

function statements(db: Connection) {
  return {
    insert: db.statement(
      `INSERT INTO audit (${columns}) VALUES (${columns.replace(/\w+/g, '?')}) ON CONFLICT (id) DO NOTHING`,
    ),
    count: db.statement('SELECT count(*) AS n FROM audit WHERE event = ?'),
    largestShare: db.statement(
      'SELECT share, max(n) AS n FROM (SELECT share, count(*) AS n FROM audit WHERE event = ? GROUP BY share)',
    ),
    trim: db.statement(
      'DELETE FROM audit WHERE id IN (SELECT id FROM audit INDEXED BY audit_by_event WHERE event = ? ORDER BY id LIMIT ?)',
    ),
    trimShare: db.statement(
      `DELETE FROM audit WHERE id IN
         (SELECT id FROM audit INDEXED BY audit_by_share WHERE event = ? AND share = ? ORDER BY id LIMIT ?)`,
    ),
    sweep: db.statement(
      'DELETE FROM audit WHERE id IN (SELECT id FROM (SELECT id, at FROM audit WHERE id > ? ORDER BY id LIMIT ?) WHERE at < ?)',
    ),
  };
}

export function auditStore(db: Connection): AuditStore {
  const sql = statements(db);
  const rowsOf = auditRows(db);
  function trimSome(event: string, keep: number): number {
    const over = Math.min(Number(sql.count.get(event)?.n ?? 0) - keep, trimmedAtOnce);
    if (over <= 0) return 0;
    const largest = sql.largestShare.get(event);
    const beyond = Number(largest?.n ?? 0) - Math.floor(keep / 10);
    if (beyond <= 0) return sql.trim.run(event, over);
    return sql.trimShare.run(event, text(largest?.share), Math.min(over, beyond));
  }
  return {
    // Refused attempts may come by the thousand, and their records need not survive a crash.
    append: (records) =>
      db.transaction(records.some((record) => record.outcome === 'ok') ? 'durable' : 'relaxed', () => {
        for (const record of records) sql.insert.run(...values(record));
      }),
    list: (query) =>
      db.read(() => {
        const limit = pageLimit(query.limit);
        return pageOf(rowsOf(query, limit + 1).map(recordOf), limit, (record) => record.id);
      }),
    async trim(event, keep) {
      let gone = 0;
      for (;;) {
        const some = await db.transaction('relaxed', () => trimSome(event, Math.max(0, keep)));
        gone += some;
        if (some === 0) return gone;
        await nextTurn();
      }
    },
    // Ids sort by time: the oldest come first.
    sweep: (before, limit) => db.write('relaxed', () => sql.sweep.run('', limit, before)),
  };
}
