import type { SQLInputValue } from 'node:sqlite';
import type { AuditFilter } from '../audit.ts';
import type { Connection } from './connection.ts';
import type { Row } from './rows.ts';

export const columns = 'id, at, event, actor, via, address, agent, subject, outcome, detail, share';

/** Each field that records are found by, with its index; those that fewer records have in common come first. */
const indexes = {
  subject: 'audit_by_subject',
  actor: 'audit_by_actor',
  event: 'audit_by_event',
  outcome: 'audit_by_outcome',
};

/** Greater than every id. */
const newest = '\u{10ffff}';

type Field = keyof typeof indexes;

/** Refusals are rarer than what went well, so their index comes before that of the event. */
function ordered({ outcome }: AuditFilter): readonly Field[] {
  return outcome === undefined || outcome === 'ok'
    ? ['subject', 'actor', 'event', 'outcome']
    : ['subject', 'actor', 'outcome', 'event'];
}

/** Returns the function that reads rows of the audit log, newest first. Every filter has an index to begin with, which holds what most others ask for. */
export function auditRows(db: Connection): (filter: AuditFilter, limit: number) => Row[] {
  return function rowsOf(filter, limit) {
    const given = ordered(filter).filter((field) => filter[field] !== undefined);
    const [first] = given;
    const conditions = [
      ...given.map((field) => [`${field} = ?`, filter[field]] as const),
      ['id >= ?', filter.since] as const,
      ['id < ?', filter.after ?? newest] as const,
    ].filter(([, value]) => value !== undefined);
    const where = conditions.map(([text]) => text).join(' AND ');
    const from = first === undefined ? 'audit' : `audit INDEXED BY ${indexes[first]}`;
    const statement = db.statement(`SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY id DESC LIMIT ?`);
    return statement.all(...conditions.map(([, value]) => value as SQLInputValue), limit);
  };
}
