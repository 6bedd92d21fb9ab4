import type { z } from 'zod';
import { type FieldProblem, ok, type Result, refused } from '../../../errors.ts';
import type { AuditQuery } from '../../../services.ts';
import { timeIn } from '../local-time.ts';
import { field } from '../page.ts';

/** The fields of the filter of the audit log, as the form sends them. */
export const auditFields = {
  event: field,
  actor: field,
  subject: field,
  outcome: field,
  from: field,
  to: field,
  /** The time zone of `from` and `to`, by its IANA name. */
  zone: field,
};

export type AuditFields = z.output<z.ZodObject<typeof auditFields>>;

const longest = 128;

/** The filter that the fields ask for. A time without seconds means the whole minute at the end of a range. */
export function auditFilterOf({
  zone = 'UTC',
  from,
  to,
  event,
  actor,
  subject,
  outcome,
}: AuditFields): Result<AuditQuery> {
  const [since, until] = [timeOf(zone, from), timeOf(zone, to)];
  const values = { event, actor, subject, outcome };
  const noTimes = Object.entries({ from: since, to: until }).filter(([, at]) => Number.isNaN(at));
  const tooLong = Object.entries(values).filter(([, value = '']) => value.length > longest);
  const problems: FieldProblem[] = [
    ...noTimes.map(([name]) => ({ field: name, message: 'must be a time' })),
    ...tooLong.map(([name]) => ({ field: name, message: `must not be longer than ${longest} characters` })),
  ];
  if (problems.length > 0) return refused('validation_failed', { problems });
  return ok({ ...values, from: since, to: until === undefined ? undefined : until + restOf(to) });
}

/** The times of the fields as they were written; undefined where there is none. */
export function auditTimesOf({ zone = 'UTC', from, to }: AuditFields): Pick<AuditQuery, 'from' | 'to'> {
  const [since = Number.NaN, until = Number.NaN] = [timeOf(zone, from), timeOf(zone, to)];
  return { ...(!Number.isNaN(since) && { from: since }), ...(!Number.isNaN(until) && { to: until }) };
}

const timeOf = (zone: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : timeIn(zone, text);

/** How much longer a time lasts that is written to the minute or to the second, in milliseconds. */
function restOf(text = ''): number {
  if (text.includes('.')) return 0;
  return text.split(':').length > 2 ? 999 : 59_999;
}
