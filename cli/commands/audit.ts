import { setTimeout as wait } from 'node:timers/promises';
import { type AdministrationOptions, administer } from '../administration/administer.ts';
import type { AuditFilter, AuditVerbs } from '../administration/verbs.ts';
import { collected, first, pageSizeFor } from '../listing.ts';
import type { Said } from '../shared-options.ts';
import type { Thing } from '../sheet.ts';
import { auditSheet } from '../sheets.ts';

export interface AuditOptions extends AdministrationOptions, Omit<AuditFilter, 'from' | 'to'> {
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly follow?: boolean;
}

/** How often `--follow` asks, in milliseconds. */
const interval = 2000;

/** `audit`: newest first; with `follow` the oldest of them first, and then what comes. */
export const showAudit = (options: AuditOptions, said: Said): Promise<void> =>
  administer(options, said, ({ audit }) =>
    options.follow
      ? follow(audit, options, said)
      : said.out().things(auditSheet, first(options.limit, recordsOf(audit, options))),
  );

function recordsOf(audit: AuditVerbs, options: AuditOptions): AsyncIterable<Thing> {
  const { event, actor, subject, outcome, since: from, until: to, limit } = options;
  return audit.list({ event, actor, subject, outcome, from, to, pageSize: pageSizeFor(limit) });
}

async function follow(audit: AuditVerbs, options: AuditOptions, said: Said): Promise<never> {
  let seen = '';
  for (let limit: number | undefined = options.limit; ; limit = undefined) {
    const fresh = await collected(first(limit, until(seen, recordsOf(audit, options))));
    for (const record of fresh.toReversed()) said.out().streamed(auditSheet, record);
    seen = String(fresh[0]?.id ?? seen);
    await wait(interval);
  }
}

/** The records that are newer than the one with this id. */
async function* until(id: string, records: AsyncIterable<Thing>): AsyncIterable<Thing> {
  for await (const record of records) {
    if (String(record.id) <= id) return;
    yield record;
  }
}
