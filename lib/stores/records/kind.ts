import type { z } from 'zod';

/** The least that a record has. */
export interface Identified {
  readonly id: string;
}

/** The fields of a record whose kind is not known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A text computed from a record. Declared as a method, so that a kind of some record is a kind of any record. */
export type Computed<R, T> = { of(record: R): T }['of'];

/**
 * A kind of durable record, declared once. Both engines store every kind by its declaration, and export and import follow
 * from it.
 */
export interface Kind<R extends Identified> {
  /** The name in messages and in an export. Stores make the names of tables and collections from it. */
  readonly name: string;
  /** The version of the schema, from 1. */
  readonly version: number;
  /** Brings a record to the next version: the first one from version 1 to 2. One less than `version`. */
  readonly migrations: readonly ((record: Fields) => Fields)[];
  /** What a record holds. A stored record that does not fit is an error for that record alone. */
  readonly schema: z.ZodObject & z.ZodType<R>;
  /**
   * Unique keys, each computed from the record and normalised by it (lower case). `undefined`: this record has no such key,
   * and leaves it to others.
   */
  readonly keys: Readonly<Record<string, Computed<R, string | undefined>>>;
  /** The record that this one belongs to: `list` and `removeAll` select by it. `undefined`: to none. */
  readonly owner?: Computed<R, string | undefined>;
  /** When `sweep` may delete the record, in milliseconds since the epoch; `undefined`: never. */
  readonly expiry?: Computed<R, number | undefined>;
  /**
   * Orders that the records are listed in, besides by id: texts that are compared by code point. Unique among all records, or
   * among those of an owner when it is listed by owner. `undefined`: this record is not listed. Where a text can change, a
   * record that changes while its list is read page by page may be missed, or come twice.
   */
  readonly orders: Readonly<Record<string, Computed<R, string | undefined>>>;
  /** The field with the time of the last use in milliseconds. Only `note` writes it, and it has no part in the version. */
  readonly note?: string;
  /** As what changes are told to caches: `Invalidation.kind`. Absent: no cache depends on this kind. */
  readonly tells?: 'user' | 'session' | 'token';
}

/** A kind whose record is not known. */
export type AnyKind = Kind<Identified>;

/** Declares a kind. Throws `TypeError` when the number of migrations does not fit the version. */
export function kind<R extends Identified>(declared: Kind<R>): Kind<R> {
  if (declared.migrations.length !== declared.version - 1) {
    throw new TypeError(`the kind "${declared.name}" needs ${declared.version - 1} migrations`);
  }
  return Object.freeze(declared);
}
