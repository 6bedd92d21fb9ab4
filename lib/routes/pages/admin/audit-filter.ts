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
export function auditFilterOf({ zone = 'UTC', from, to, ...values }: AuditFields): Result<AuditQuery> {
  const [since, until] = [timeOf(zone, from), timeOf(zone, to)];
  const problems: FieldProblem[] = [
    ...Object.entries({ from: since, to: until })
      .filter(([, at]) => Number.isNaN(at))
      .map(([name]) => ({ field: name, message: 'is no date and time' })),
    ...Object.entries(values)
      .filter(([, value]) => value !== undefined && value.length > longest)
      .map(([name]) => ({ field: name, message: `must not be longer than ${longest} characters` })),
  ];
  if (problems.length > 0) return refused('validation_failed', { problems });
  return ok({ ...values, from: since, to: until === undefined ? undefined : until + restOf(to) });
}

const timeOf = (zone: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : timeIn(zone, text);

/** How much longer a time lasts that is written to the minute or to the second, in milliseconds. */
const restOf = (text = ''): number => [59_999, 999][text.split(':').length - 2] ?? 0;
