import type { AttemptStore } from './attempts.ts';
import type { AuditStore } from './audit.ts';
import type { Records } from './records/records.ts';
import type { SessionStore } from './sessions.ts';

/**
 * All the stores of an installation. Every verb that checks and then changes is one atomic operation of the store. Times are
 * milliseconds since the epoch. Verbs reject with `StoreUnavailableError` when the store cannot answer, and for nothing else:
 * "not found" and "taken" are values.
 */
export interface Stores {
  /** Every durable record but those of the audit log. */
  readonly records: Records;
  readonly sessions: SessionStore;
  readonly attempts: AttemptStore;
  readonly audit: AuditStore;
  /**
   * One entry per engine; never rejects. `problem` is the reason, without address or password. `took`: how long it took to ask, in
   * milliseconds, where that was measured.
   */
  health(): Promise<readonly { store: string; ok: boolean; problem?: string; took?: number }[]>;
  /** Deletes at most `limit` old records that an engine keeps for its own purposes; returns how many. Absent: it keeps none. */
  sweep?(limit: number): Promise<number>;
  /**
   * Calls back when another process may have changed something, so that all that is remembered is dropped. Returns an
   * unsubscribe function. Absent: nobody tells.
   */
  onForeignChange?(listener: () => void): () => void;
  /** Where each kind is stored, as the start-up line and `check` show it: `users: sqlite (./.gatewarden/gatewarden.db)`. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}
