import type { Page } from '../stores/records/page.ts';

/** One record of the audit log. */
export interface AuditEntry {
  /** Sorts by time: a newer record has a greater id. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A name of `GateEvents`, or one that an older version wrote. */
  readonly event: string;
  /** Username of the actor, or the name given at a failed sign-in; '' when anonymous, and for the program itself. */
  readonly actor: string;
  readonly via: string;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** What the event is about: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** Which records of the audit log to list. */
export interface AuditQuery {
  /** 1 to 200. Default: 50. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
  /** Only events of this name. */
  readonly event?: string | undefined;
  /** Only events of this actor. */
  readonly actor?: string | undefined;
  /** Only events about this: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  /** Only events that ended so: `ok`, or the code of a refusal. */
  readonly outcome?: string | undefined;
  /** Only events of this time or later, in milliseconds since the epoch. */
  readonly from?: number | undefined;
  /** Only events of this time or earlier, in milliseconds since the epoch. */
  readonly to?: number | undefined;
}

/** `gate.audit`. */
export interface AuditLog {
  /** Newest first. */
  list(query?: AuditQuery): Promise<Page<AuditEntry>>;
  /** One record by its id. */
  get(id: string): Promise<AuditEntry | undefined>;
}
