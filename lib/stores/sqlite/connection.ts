import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { StoreUnavailableError } from '../../errors.ts';
import { isBusy } from './inspect.ts';
import { type Row, UnreadableRecordError } from './rows.ts';

/** A statement that is prepared on first use. */
export interface Statement {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** Returns the number of changed rows. */
  run(...values: SQLInputValue[]): number;
}

/**
 * - `durable`: on disk before it is acknowledged; survives a power cut (`synchronous=FULL`)
 * - `relaxed`: survives the end of the process; a power cut may lose the latest writes (`synchronous=NORMAL`)
 */
export type Durability = 'durable' | 'relaxed';

/** A connection, shared by all stores on it. Its methods reject with `StoreUnavailableError`. */
export interface Connection {
  statement(sql: string): Statement;
  read<T>(ask: () => T): Promise<T>;
  /** Runs a write that is one statement. */
  write<T>(durability: Durability, change: () => T): Promise<T>;
  /** Runs a transaction that may read before it writes. */
  transaction<T>(durability: Durability, change: () => T): Promise<T>;
  /** Runs work that a library does on this connection. */
  settled<T>(work: Promise<T>): Promise<T>;
  /** Runs a write with this durability, synchronously. */
  now<T>(durability: Durability, change: () => T): T;
  /** The SQL of all statements so far. */
  readonly statements: ReadonlySet<string>;
  close(): void;
}

const pragma = { durable: 'PRAGMA synchronous = FULL', relaxed: 'PRAGMA synchronous = NORMAL' } as const;

/**
 * How long a write waits for another process's lock, in milliseconds. Waiting blocks the whole process: after one write has
 * timed out the following ones wait only briefly, until one succeeds.
 */
export const patience = Object.freeze({ usual: 1000, spent: 20 });

/**
 * @param problem why the file is none of this program's, now that its schema has changed; `undefined`: it still is. Then no
 *   method does anything: another program may have migrated the records to a version that this one does not know.
 */
export function connection(database: DatabaseSync, problem: () => string | undefined = () => undefined): Connection {
  const known = new Map<string, Statement>();
  const schema = lazily(database, 'PRAGMA schema_version');
  let checked: unknown;
  let current: Durability | undefined;
  let waits: number = patience.usual;

  function wait(ms: number): void {
    if (waits === ms) return;
    database.exec(`PRAGMA busy_timeout = ${ms}`);
    waits = ms;
  }

  function waitFor(durability: Durability): void {
    if (current === durability) return;
    database.exec(pragma[durability]);
    current = durability;
  }

  function check(): void {
    const found = schema.get()?.schema_version;
    if (found === checked) return;
    const reason = problem();
    if (reason !== undefined) throw new StoreUnavailableError('sqlite', { cause: new Error(reason) });
    checked = found;
  }

  function checkedFirst<T>(ask: () => T): () => T {
    return () => {
      check();
      return ask();
    };
  }

  function now<T>(durability: Durability, change: () => T): T {
    waitFor(durability);
    try {
      const value = change();
      wait(patience.usual);
      return value;
    } catch (error) {
      if (isBusy(error)) wait(patience.spent);
      throw error;
    }
  }

  return {
    statement(sql) {
      const found = known.get(sql) ?? lazily(database, sql);
      known.set(sql, found);
      return found;
    },
    read: (ask) => answer(checkedFirst(ask)),
    settled: (work) => answer(() => work),
    write: (durability, change) => answer(() => now(durability, checkedFirst(change))),
    transaction: (durability, change) =>
      answer(() => now(durability, () => atomically(database, checkedFirst(change)))),
    now,
    get statements() {
      return new Set(known.keys());
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}

function lazily(database: DatabaseSync, sql: string): Statement {
  let prepared: StatementSync | undefined;
  function statement(): StatementSync {
    prepared ??= database.prepare(sql);
    return prepared;
  }
  return {
    get: (...values) => statement().get(...values),
    all: (...values) => statement().all(...values),
    run: (...values) => Number(statement().run(...values).changes),
  };
}

/** `BEGIN IMMEDIATE`: a deferred transaction fails when another process writes between its read and its write. */
function atomically<T>(database: DatabaseSync, change: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = change();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Turns errors of SQLite into `StoreUnavailableError`; other errors are bugs and pass through. */
async function answer<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isOutage(error) ? new StoreUnavailableError('sqlite', { cause: error }) : error;
  }
}

/** `ERR_INVALID_STATE`: the database is closed. */
export function isOutage(error: unknown): boolean {
  if (error instanceof UnreadableRecordError) return true;
  return error instanceof Error && 'code' in error && /^ERR_(SQLITE_ERROR|INVALID_STATE)$/.test(String(error.code));
}
