import type { ApiTokenRecord } from './api-tokens.ts';
import type { AuditRecord } from './audit.ts';
import type { FactRecord } from './facts.ts';
import type { KeyRecord } from './keys.ts';
import type { RefreshTokenRecord, SpentRefreshTokenRecord } from './refresh-tokens.ts';
import type { UserRecord } from './users.ts';

/** The name of a user who was deleted. */
export interface RetiredNameRecord {
  readonly nameKey: string;
  readonly at: number;
}

/** All that is durable, by its kind. Sessions and counters are not: they stay where they are, or end. */
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

/** A record that is there and cannot be read; `key` says which. */
export interface UnreadableEntry {
  readonly kind: TransferKind;
  readonly unreadable: string;
}

/**
 * What became of an entry. The first three are how it should be; after the others nothing was changed.
 * `different`: something else is there, and `replace` was not said. `name-retired`: likewise, a deleted user's name.
 * `name-taken`, `id-taken`, `email-taken`: another record holds it. `last-admin`: no active admin would be left.
 * `parent-gone`: the token that made it is not there. `unreadable`: what is there cannot be read.
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

/** Everything durable, out and in, whatever keeps it. */
export interface TransferStore {
  /**
   * Every record, a little at a time, in an order that depends on the records alone: facts by name, keys newest first,
   * retired names, users by name key, tokens by id and after them those that tokens made, by time of creation and id, then
   * refresh tokens by session and hash, spent ones by hash, and the audit log by id. What is written meanwhile may be in it or not.
   */
  entries(): AsyncIterable<TransferEntry | UnreadableEntry>;
  /** How many records of each kind there are, about. */
  count(): Promise<Readonly<Record<TransferKind, number>>>;
  /**
   * Adds them, in order; an outcome for each. What is there and the same is `unchanged`. With `replace` what differs is
   * overwritten and retired names are given again, but: no epoch is lowered, an ended session stays ended, what a user
   * held here ends where role, state or password change, no user is removed, and an active admin is left. Keys that are
   * not there come behind those that are. An imported active admin is one.
   */
  put(entries: readonly TransferEntry[], options?: { replace?: boolean }): Promise<readonly TransferOutcome[]>;
}
