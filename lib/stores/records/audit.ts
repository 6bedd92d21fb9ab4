import type { Page } from './page.ts';

export interface AuditRecord {
  /** Sorts by time: newer is greater. */
  readonly id: string;
  readonly at: number;
  /** `login.succeeded`, `user.changed`, … */
  readonly event: string;
  /** Username of who did it, or what they claimed to be; '' for nobody. */
  readonly actor: string;
  readonly via: string;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** What it was done to: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | string;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface AuditStore {
  /** Adds them; one whose id is there already is left as it is, so that a batch may be tried again. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Newest first. */
  list(query: { limit: number; after?: string; event?: string; actor?: string }): Promise<Page<AuditRecord>>;
  /** Keeps the newest `keep`; how many went. */
  trim(keep: number): Promise<number>;
}
