import type { Identified } from '../stores/records/kind.ts';
import type { Outcome, Refusal } from './outcome.ts';

/** What the import of a kind does besides that which follows from its declaration. */
export interface Rule<R extends Identified> {
  /** Names the record for people, without secrets. Default: by its id. */
  nameOf?(record: R): string;
  /** What is wrong with a record that fits the schema. */
  problemOf?(record: R): string | undefined;
  /** Fields that make no difference between two records. */
  readonly insignificant?: readonly string[];
  /** The unique key by which the record that is there is found. Default: the id. */
  readonly by?: string;
  /** Why records cannot be added or changed, by what others are there, in the order of the records. */
  admit?(records: readonly R[]): Promise<readonly (Refusal | undefined)[]>;
  /** Prepares records that are not there; `all`: those of the batch. Returns them as they are to be added. */
  prepare?(missing: readonly R[], all: readonly R[]): Promise<readonly R[]>;
  /** What is stored in place of a record that differs, or why nothing is. Default: the given one, with `replace`. */
  merged?(given: R, there: R): R | Refusal;
  /** Unique keys that are taken from the record that has them, which is removed, with `replace`. Default: none. */
  readonly takesOver?: readonly string[];
  /** Called with what is in the way of a record. Returns true when it is not any more, so that it is tried again. */
  cleared?(given: R, refusal: Refusal): Promise<boolean>;
  /** Called for each record that is stored now; `there`: what it replaced. */
  stored?(given: R, there: R | undefined): Promise<void> | void;
  /** Replaces all of the above that writes. */
  settle?(given: R): Promise<Outcome>;
}
