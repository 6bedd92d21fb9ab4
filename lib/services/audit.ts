import type { Page } from '../stores/records/page.ts';

/** One line of the audit log. */
export interface AuditEntry {
  /** Sorts by time: newer is greater. */
  readonly id: string;
  readonly at: number;
  /** A name of `GateEvents`, or one that an older version wrote. */
  readonly event: string;
  /** Username of who did it, or what they claimed to be; '' for nobody, and for the program itself. */
  readonly actor: string;
  readonly via: string;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** What it was done to: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface AuditQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Only events of this name. */
  readonly event?: string | undefined;
  /** Only what this actor did. */
  readonly actor?: string | undefined;
}

/** `gate.audit`. */
export interface AuditLog {
  /** Newest first. */
  list(query?: AuditQuery): Promise<Page<AuditEntry>>;
}
