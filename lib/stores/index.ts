/** For people who write stores of their own: the interfaces, and the suites that hold every implementation to them. */

export { StoreUnavailableError } from '../errors.ts';
export type { AttemptCount, AttemptStore } from './attempts.ts';
export type { AuditFilter, AuditPage, AuditRecord, AuditStore } from './audit.ts';
export type { AnyKind, Computed, Fields, Identified, Kind } from './records/kind.ts';
export type { UserRecord } from './records/kinds/user.ts';
export type { Page } from './records/page.ts';
export type * from './records/records.ts';
export type {
  SessionCreation,
  SessionPage,
  SessionPageQuery,
  SessionRecord,
  SessionStore,
  SparedSessions,
} from './sessions.ts';
export type { Stores } from './stores.ts';
export * from './suites/index.ts';
