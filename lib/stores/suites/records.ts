import type { AuditRecord } from '../audit.ts';
import type { SessionRecord } from '../sessions.ts';

/** The moment at which the suites begin: 2030-01-01. All times are given, none is read from a clock. */
export const start = 1_893_456_000_000;
export const minute = 60_000;

export function aSession(id: string, more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id,
    userId: 'u_ada',
    epoch: 1,
    kind: 'browser',
    method: 'password',
    createdAt: start,
    lastSeenAt: start,
    expiresAt: start + 60 * minute,
    idleAt: start + 10 * minute,
    remember: false,
    data: '{"cookie":{}}',
    ...more,
  };
}

export function anEvent(number: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: String(number).padStart(6, '0'),
    at: start + number,
    event: 'login.succeeded',
    actor: 'ada',
    via: 'session',
    outcome: 'ok',
    ...more,
  };
}
