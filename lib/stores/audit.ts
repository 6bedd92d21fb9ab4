export interface AuditRecord {
  /** Sorts by time: newer is greater. */
  readonly id: string;
  readonly at: number;
  /** `login.succeeded`, `user.changed`, … */
  readonly event: string;
  /** Username of the actor, for a failed sign-in the one that was typed; '' for an anonymous one. */
  readonly actor: string;
  readonly via: string;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** What it was done to: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | string;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Whose share of the log it uses up: an actor or an address. Absent in records of older versions. */
  readonly share?: string | undefined;
}

/** Some records, and from which id to go on; `next` is absent on the last page. */
export type AuditPage = Readonly<{ items: readonly AuditRecord[]; next?: string | undefined }>;

/** Which records to list: those that have all of these values, and the ids of a range. */
export type AuditFilter = Readonly<{
  event?: string | undefined;
  actor?: string | undefined;
  subject?: string | undefined;
  outcome?: string | undefined;
  /** The least id. */
  since?: string | undefined;
  /** Only smaller ids: the last of the page before. */
  after?: string | undefined;
}>;

export interface AuditStore {
  /** Adds records. One whose id exists is skipped, so that a batch can be retried. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Newest first. */
  list(query: AuditFilter & Readonly<{ limit: number }>): Promise<AuditPage>;
  /**
   * Removes records of an event until `keep` are left; returns how many were removed. The oldest of the largest share go first,
   * as long as that share has more than a tenth of `keep`; then the oldest.
   */
  trim(event: string, keep: number): Promise<number>;
  /** Deletes at most `limit` records that are older than `before`, the oldest first; returns how many. */
  sweep(before: number, limit: number): Promise<number>;
}
