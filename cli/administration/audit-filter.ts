import type { Thing } from '../sheet.ts';
import type { AuditFilter } from './verbs.ts';

/** Times in milliseconds since the epoch. */
type Wish = AuditFilter &
  Readonly<{ subject?: string | undefined; outcome?: string | undefined; since?: number; until?: number }>;

/**
 * Those of the records, newest first, that fit: `subject` and `outcome` as a whole, `since` and `until` included. Reads no
 * further than the first record that is older than `since`.
 */
export async function* fitting(records: AsyncIterable<Thing>, wish: Wish): AsyncIterable<Thing> {
  const { subject, outcome, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = wish;
  for await (const record of records) {
    const at = Date.parse(String(record.at));
    if (at < since) return;
    const isMeant = at <= until && (subject ?? record.subject) === record.subject;
    if (isMeant && (outcome ?? record.outcome) === record.outcome) yield record;
  }
}
