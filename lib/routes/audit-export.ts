import { z } from 'zod';
import { type Result, refused } from '../errors.ts';
import { mediaTypes } from '../request/respond/media-types.ts';
import type { StreamedAnswer } from '../request/respond/write.ts';
import type { AuditEntry } from '../services.ts';
import type { Page } from '../stores/records/page.ts';
import { entry, toEntry } from './api/audit.ts';
import { csvLine } from './csv.ts';
import type { Answered, CallContext } from './route.ts';
import { toMoment } from './schemas.ts';

export type ExportFormat = 'csv' | 'json';

/** What is exported, and how. */
export type AuditExport = Readonly<{
  format: ExportFormat;
  /** Of the whole log, or of one's own trail: neither takes the places of the other. */
  of: 'log' | 'trail';
  /** One page of the records, newest first; `cursor` is `next` of the page before. The longest pages are the quickest. */
  page(cursor: string | undefined): Promise<Page<AuditEntry>>;
}>;

const types: Readonly<Record<ExportFormat, string>> = { csv: mediaTypes.csv, json: mediaTypes.json };

/** Describes the answer of a route that exports. */
export const exported = (format: ExportFormat): Answered => ({
  description: 'The records, newest first, as a file. A file that was broken off does not end as a whole one does.',
  ...(format === 'json' ? { schema: z.array(entry) } : { type: types[format] }),
});

/**
 * Answers with records of the audit log as a file, sent while it is read. Only so many are sent at a time: beyond that, it is
 * refused with `rate_limited`.
 */
export function exportAnswer(call: CallContext, { format, of, page }: AuditExport): Result<StreamedAnswer> {
  const release = call.core.exportPlaces.take(of, call.principal.id);
  if (release === undefined) return refused('rate_limited', { detail: busy, retryAfter: 15 });
  call.res.once('close', release);
  if (call.res.destroyed) release();
  const name = `${of === 'log' ? 'audit' : 'activity'}-${toMoment(Date.now()).slice(0, 10)}.${format}`;
  const headers = {
    'Content-Type': `${types[format]}; charset=utf-8`,
    'Content-Disposition': `attachment; filename="${name}"`,
  };
  const chunks = format === 'csv' ? csvOf(pagesOf(page)) : jsonOf(pagesOf(page));
  return { ok: true, value: { status: 200, headers, chunks } };
}

const busy = 'Too many files are being sent at this time. Try again when one of them is complete.';

type Pages = AsyncIterable<readonly AuditEntry[]>;

async function* pagesOf(page: AuditExport['page']): Pages {
  let cursor: string | undefined;
  do {
    const { items, next } = await page(cursor);
    yield items;
    cursor = next;
  } while (cursor !== undefined);
}

const columns = ['time', 'event', 'actor', 'via', 'address', 'agent', 'subject', 'outcome', 'detail', 'id'] as const;

async function* csvOf(pages: Pages): AsyncIterable<string> {
  let head = csvLine(columns);
  for await (const items of pages) {
    yield head + items.map(csvOfEntry).join('');
    head = '';
  }
}

function csvOfEntry({ at, detail = {}, ...rest }: AuditEntry): string {
  const told = Object.keys(detail).length === 0 ? '' : JSON.stringify(detail);
  const values = { ...rest, time: toMoment(at), detail: told };
  return csvLine(columns.map((column) => values[column] ?? ''));
}

/** A list with a record on each line. */
async function* jsonOf(pages: Pages): AsyncIterable<string> {
  let before = '[\n';
  for await (const items of pages) {
    if (items.length === 0) continue;
    yield before + items.map((one) => JSON.stringify(toEntry(one))).join(',\n');
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
