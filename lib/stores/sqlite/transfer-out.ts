import type { SQLInputValue } from 'node:sqlite';
import type { SpentRefreshTokenRecord } from '../records/refresh-tokens.ts';
import { type TransferEntry, type TransferKind, transferBatch, type UnreadableEntry } from '../records/transfer.ts';
import { columns as tokenColumns, tokenOf } from './api-tokens.ts';
import { columns as auditColumns, recordOf } from './audit.ts';
import type { Connection } from './connection.ts';
import { keyOf } from './keys.ts';
import { columns as refreshColumns, tokenOf as refreshTokenOf } from './refresh-tokens.ts';
import type { Row } from './rows.ts';
import { integer, text, UnreadableRecordError } from './rows.ts';
import { columns as userColumns, userOf } from './users.ts';

/** A part of the export: its query without `LIMIT`, and the position from which the next page is read. */
interface Section {
  readonly kind: TransferKind;
  readonly sql: string;
  readonly first: readonly SQLInputValue[];
  /** The columns that make up the position. */
  readonly place: readonly string[];
  entryOf(row: Row): TransferEntry;
}

const byKey = (kind: TransferKind, key: string, sql: string, entryOf: Section['entryOf']): Section => ({
  kind,
  sql: `${sql} ${key} > ? ORDER BY ${key}`,
  first: [''],
  place: [key],
  entryOf,
});

export function spentOf(row: Row): SpentRefreshTokenRecord {
  return {
    hash: text(row.hash),
    sessionId: text(row.session_id),
    usedAt: integer(row.used_at),
    expiresAt: integer(row.expires_at),
  };
}

const sections: readonly Section[] = [
  byKey('fact', 'name', 'SELECT name, value FROM facts WHERE', (row) => ({
    kind: 'fact',
    record: { name: text(row.name), value: text(row.value) },
  })),
  {
    kind: 'key',
    sql: `SELECT place, kid, algorithm, public_jwk, sealed, created_at FROM signing_keys WHERE place < ? ORDER BY place DESC`,
    first: [Number.MAX_SAFE_INTEGER],
    place: ['place'],
    entryOf: (row) => ({ kind: 'key', record: keyOf(row) }),
  },
  byKey('retired-name', 'name_key', 'SELECT name_key, at FROM retired_names WHERE', (row) => ({
    kind: 'retired-name',
    record: { nameKey: text(row.name_key), at: integer(row.at) },
  })),
  byKey('user', 'name_key', `SELECT ${userColumns} FROM users WHERE`, (row) => ({ kind: 'user', record: userOf(row) })),
  byKey('token', 'id', `SELECT ${tokenColumns} FROM api_tokens WHERE parent_id IS NULL AND`, (row) => ({
    kind: 'token',
    record: tokenOf(row),
  })),
  {
    kind: 'token',
    sql: `SELECT ${tokenColumns} FROM api_tokens WHERE parent_id IS NOT NULL AND (created_at, id) > (?, ?)
      ORDER BY created_at, id`,
    first: [Number.MIN_SAFE_INTEGER, ''],
    place: ['created_at', 'id'],
    entryOf: (row) => ({ kind: 'token', record: tokenOf(row) }),
  },
  {
    kind: 'refresh-token',
    sql: `SELECT ${refreshColumns} FROM refresh_tokens WHERE used_at IS NULL AND (session_id, hash) > (?, ?)
      ORDER BY session_id, hash`,
    first: ['', ''],
    place: ['session_id', 'hash'],
    entryOf: (row) => ({ kind: 'refresh-token', record: refreshTokenOf(row) }),
  },
  byKey(
    'spent-refresh-token',
    'hash',
    'SELECT hash, session_id, used_at, expires_at FROM refresh_tokens WHERE used_at IS NOT NULL AND',
    (row) => ({
      kind: 'spent-refresh-token',
      record: spentOf(row),
    }),
  ),
  byKey('audit', 'id', `SELECT ${auditColumns} FROM audit WHERE`, (row) => ({ kind: 'audit', record: recordOf(row) })),
];

function entryOf(section: Section, row: Row): TransferEntry | UnreadableEntry {
  try {
    return section.entryOf(row);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { kind: section.kind, unreadable: String(row[section.place.at(-1) ?? '']) };
  }
}

/** All records, in pages: a slow reader holds no transaction open. */
export async function* entriesIn(db: Connection): AsyncGenerator<TransferEntry | UnreadableEntry> {
  for (const section of sections) {
    const page = db.statement(`${section.sql} LIMIT ${transferBatch}`);
    let place = section.first;
    for (;;) {
      const after = place;
      const rows = await db.read(() => page.all(...after));
      for (const row of rows) yield entryOf(section, row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < transferBatch) break;
      place = section.place.map((column) => last[column] ?? null);
    }
  }
}

export function countIn(db: Connection): Promise<Record<TransferKind, number>> {
  const count = (from: string) => Number(db.statement(`SELECT count(*) AS n FROM ${from}`).get()?.n ?? 0);
  return db.read(() => ({
    fact: count('facts'),
    key: count('signing_keys'),
    'retired-name': count('retired_names'),
    user: count('users'),
    token: count('api_tokens'),
    'refresh-token': count('refresh_tokens WHERE used_at IS NULL'),
    'spent-refresh-token': count('refresh_tokens WHERE used_at IS NOT NULL'),
    audit: count('audit'),
  }));
}
