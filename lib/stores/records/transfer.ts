import type { AuditRecord } from '../audit.ts';
import type { ApiTokenRecord } from './api-tokens.ts';
import type { FactRecord } from './facts.ts';
import type { KeyRecord } from './keys.ts';
import type { RefreshTokenRecord, SpentRefreshTokenRecord } from './refresh-tokens.ts';
import type { UserRecord } from './users.ts';

/** How many records an export reads, and an import writes, in one batch. */
export const transferBatch = 500;

/** The name of a user who was deleted. */
export interface RetiredNameRecord {
  readonly nameKey: string;
  readonly at: number;
}

/** Every kind of record that is exported. Sessions and counters of attempts are not. */
export interface TransferRecords {
  readonly fact: FactRecord;
  readonly key: KeyRecord;
  readonly 'retired-name': RetiredNameRecord;
  readonly user: UserRecord;
  readonly token: ApiTokenRecord;
  readonly 'refresh-token': RefreshTokenRecord;
  readonly 'spent-refresh-token': SpentRefreshTokenRecord;
  readonly audit: AuditRecord;
}

export type TransferKind = keyof TransferRecords;

export type TransferEntry = {
  [K in TransferKind]: { readonly kind: K; readonly record: TransferRecords[K] };
}[TransferKind];

/** A stored record that does not fit its kind; `unreadable` names it. */
export interface UnreadableEntry {
  readonly kind: TransferKind;
  readonly unreadable: string;
}

/**
 * What an import did with an entry. After `created`, `replaced` and `unchanged` the store holds the entry; after all others
 * nothing was changed.
 * - `different`: another version is stored, and `replace` was not set; `name-retired`: the same for a deleted user's name
 * - `name-taken`, `id-taken`, `email-taken`: another record has it
 * - `last-admin`: no active admin would be left
 * - `parent-gone`: the token that created it is not stored
 * - `unreadable`: the stored record does not fit its kind
 */
export type TransferOutcome =
  | 'created'
  | 'replaced'
  | 'unchanged'
  | 'different'
  | 'name-retired'
  | 'name-taken'
  | 'id-taken'
  | 'email-taken'
  | 'last-admin'
  | 'parent-gone'
  | 'unreadable';

/** Export and import of every durable record. */
export interface TransferStore {
  /**
   * Every record, read in batches, in an order that depends on the records alone: facts by name, keys newest first,
   * retired names, users by name key, tokens by id followed by those that tokens created (by time of creation and id),
   * refresh tokens by session and hash, spent ones by hash, the audit log by id. Records written while it runs may be
   * included or not.
   */
  entries(): AsyncIterable<TransferEntry | UnreadableEntry>;
  /** Approximate number of records of each kind. */
  count(): Promise<Readonly<Record<TransferKind, number>>>;
  /**
   * Adds the entries in order and returns an outcome for each. With `replace` a stored record that differs is overwritten
   * and retired names are given again. Even then no epoch is lowered, an ended session stays ended, a user whose role,
   * state or password changes loses all sessions and tokens, no user is removed, and one active admin is left. New keys
   * are added as older than all stored ones.
   */
  put(entries: readonly TransferEntry[], options?: { replace?: boolean }): Promise<readonly TransferOutcome[]>;
}
