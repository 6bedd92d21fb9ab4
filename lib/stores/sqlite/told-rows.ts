import type { SQLInputValue } from 'node:sqlite';
import type { Invalidation } from '../../invalidation/bus.ts';
import type { AnyKind } from '../records/kind.ts';
import type { Connection } from './connection.ts';
import { tableName } from './record-table.ts';
import { integer, text, UnreadableRecordError } from './rows.ts';

/** Rows that tell other processes on the file what to read again. They are written in the transaction of the change itself. */
export interface ToldRows {
  /** A record was added, changed or removed. Writes nothing for a kind that no cache depends on. */
  tell(kind: AnyKind, id: string, version: number): void;
  /** The same for all records of the kind that match the condition and are about to be removed. */
  tellRemoval(kind: AnyKind, condition: string, values: readonly SQLInputValue[]): void;
}

/** @param writer names this connection, which does not have to hear of its own changes */
export function toldRows(db: Connection, writer: string, now: () => number): ToldRows {
  const columns = 'INSERT INTO told (writer, at, kind, id, version)';
  const one = db.statement(`${columns} VALUES (?, ?, ?, ?, ?)`);
  return {
    tell({ tells }, id, version) {
      if (tells !== undefined) one.run(writer, now(), tells, id, version);
    },
    tellRemoval(kind, condition, values) {
      if (kind.tells === undefined) return;
      const removed = `SELECT ?, ?, ?, id, version + 1 FROM ${tableName(kind)} WHERE ${condition}`;
      db.statement(`${columns} ${removed}`).run(writer, now(), kind.tells, ...values);
    },
  };
}

/** What others have told, and how far the rows were read. */
export type Heard = Readonly<{ messages: readonly Invalidation[]; latest: number }>;

/** More rows than this are not read: everything is invalidated instead. */
export const mostRead = 2_000;

export const everything: Invalidation = { kind: 'all', id: '' };

/**
 * Reads what others have told after the row `seen`. Where rows in between were deleted already, there are too many, or `seen`
 * is not known, the message is to invalidate everything.
 */
export function toldReader(db: Connection, writer: string): (seen: number | undefined) => Heard {
  const newest = db.statement(`SELECT seq FROM sqlite_sequence WHERE name = 'told'`);
  const after = db.statement('SELECT seq, kind, id, version, writer FROM told WHERE seq > ? ORDER BY seq LIMIT ?');
  return function readSince(seen) {
    const latest = Number(newest.get()?.seq ?? 0);
    if (seen === undefined || latest < seen || latest - seen > mostRead) return { messages: [everything], latest };
    const rows = after.all(seen, mostRead);
    // Rows that were committed between the two statements count from the next time on.
    const found = rows.filter((row) => integer(row.seq) <= latest);
    if (found.length !== latest - seen) return { messages: [everything], latest };
    const ofOthers = found.filter((row) => row.writer !== writer);
    return {
      messages: ofOthers.map((row) => ({ kind: kindOf(row.kind), id: text(row.id), version: integer(row.version) })),
      latest,
    };
  };
}

function kindOf(value: unknown): Invalidation['kind'] {
  if (value === 'user' || value === 'session' || value === 'token') return value;
  throw new UnreadableRecordError('a row that tells of a change names no kind');
}

/** Deletes at most `limit` rows that are older than `before`, the oldest first; returns how many. */
export function toldSweeper(db: Connection): (before: number, limit: number) => number {
  const sql = db.statement(
    'DELETE FROM told WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM told ORDER BY seq LIMIT ?) WHERE at < ?)',
  );
  return (before, limit) => sql.run(limit, before);
}
