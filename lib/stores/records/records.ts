import type { Identified, Kind } from './kind.ts';
import type { Page } from './page.ts';

/** A stored record. `version` is 1 when it is added, and goes up by one with each change. */
export type Versioned<R> = R & Readonly<{ version: number }>;

/** What a decision on a record wants: to leave it, to write it, or to remove it. `answer` goes to the caller. */
export type Change<R, A> =
  | Readonly<{ kind: 'keep'; answer: A }>
  | Readonly<{ kind: 'put'; record: R; answer: A }>
  | Readonly<{ kind: 'remove'; answer: A }>;

/**
 * Decides on a record as it is when it is written; `undefined`: there is none. `now` is the store's clock in milliseconds.
 * It is called again when the record changed meanwhile, so it must have no effect of its own.
 */
export type Decide<R, A> = (record: Versioned<R> | undefined, now: number) => Change<R, A>;

/** What became of a decision. `record`: as it is stored now. `taken`: the key that another record has; nothing was written. */
export type Changed<R, A> =
  | Readonly<{ kind: 'done'; answer: A; record: Versioned<R> | undefined }>
  | Readonly<{ kind: 'taken'; key: string }>;

/** `taken`: the unique key that another record has, `id` for its id. */
export type Added<R> = Readonly<{ kind: 'added'; record: Versioned<R> }> | Readonly<{ kind: 'taken'; key: string }>;

/** Which records to list, and where to go on. */
export interface ListQuery {
  /** 1 to 1000. */
  readonly limit: number;
  /** An order of the kind. Default: by id. */
  readonly order?: string;
  /** Only records of this owner. */
  readonly owner?: string;
  /** `next` of the page before. */
  readonly after?: string;
  /** Only records whose text in this order begins with it. */
  readonly prefix?: string;
}

/** Which records to count. */
export interface CountQuery {
  /** An order of a kind without owners. */
  readonly order: string;
  /** Only records whose text in this order begins with it. */
  readonly prefix: string;
  /** Counts no further, so that the work is bounded. */
  readonly most: number;
}

/** A stored record that cannot be read; `id` names it. */
export type Unreadable = Readonly<{ kind: string; id: string }>;

/** Reading records. Rejects with `StoreUnavailableError` when the store does not answer, or a record does not fit its kind. */
export interface RecordReader {
  get<R extends Identified>(kind: Kind<R>, id: string): Promise<Versioned<R> | undefined>;
  /** In the order of the ids. */
  getMany<R extends Identified>(kind: Kind<R>, ids: readonly string[]): Promise<readonly (Versioned<R> | undefined)[]>;
  /** The record with this unique key. */
  byKey<R extends Identified>(kind: Kind<R>, key: string, value: string): Promise<Versioned<R> | undefined>;
  /** A page of records; those that cannot be read are left out, and given to `onUnreadable`. */
  list<R extends Identified>(
    kind: Kind<R>,
    query: ListQuery,
    onUnreadable?: (record: Unreadable) => void,
  ): Promise<Page<Versioned<R>>>;
  /** Approximate number of records of the kind; with a query the exact number of those that it selects. */
  count<R extends Identified>(kind: Kind<R>, query?: CountQuery): Promise<number>;
}

/**
 * The verbs on durable records, the same on every engine. Every write is on disk before it is acknowledged, except `note`
 * and `sweep`. A call that names a unique key or an order which the kind does not declare throws `TypeError`.
 */
export interface Records extends RecordReader {
  /** Adds a record with version 1. Rejects with `TypeError` when it does not fit its schema, like every write. */
  add<R extends Identified>(kind: Kind<R>, record: R): Promise<Added<R>>;
  /** Adds records, each for itself; returns what became of each. */
  addMany<R extends Identified>(kind: Kind<R>, records: readonly R[]): Promise<readonly Added<R>[]>;
  /**
   * Changes, removes or adds the record with this id, atomically: of concurrent decisions each sees what the one before has
   * written. A record that is put must have this id. The
   * time of its last use stays as it is; a record that is put without one forgets it.
   */
  change<R extends Identified, A>(kind: Kind<R>, id: string, decide: Decide<R, A>): Promise<Changed<R, A>>;
  /**
   * The same for the record that has a unique key. A record that is put may have another id: it takes the place of the one
   * found, which is removed.
   */
  put<R extends Identified, A>(kind: Kind<R>, key: string, value: string, decide: Decide<R, A>): Promise<Changed<R, A>>;
  /** Writes the time of the last use if it is later than the stored one. Survives the end of the process, not a power cut. */
  note<R extends Identified>(kind: Kind<R>, id: string, at: number): Promise<void>;
  /** Removes all records of an owner except those with these ids, in one statement; returns how many. */
  removeAll<R extends Identified>(kind: Kind<R>, owner: string, except?: readonly string[]): Promise<number>;
  /** Deletes at most `limit` records that have expired by the store's clock; returns how many. */
  sweep<R extends Identified>(kind: Kind<R>, limit: number): Promise<number>;
  /** The store's clock in milliseconds since the epoch, the same for all instances: what is decided by time uses it. */
  now(): number;
  /**
   * Reads everything as it is at one moment, while others write, until `close` is called. On an engine that has no such
   * view, `consistent` is false: each page is read when it is asked for.
   */
  snapshot(): Promise<RecordReader & Readonly<{ consistent: boolean; close(): Promise<void> }>>;
}
