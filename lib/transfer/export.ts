import { secretKeyFact } from '../crypto/key-check.ts';
import type { AuditStore } from '../stores/audit.ts';
import type { AnyKind, Identified, Kind } from '../stores/records/kind.ts';
import { factKind } from '../stores/records/kinds/fact.ts';
import { movedKinds } from '../stores/records/kinds/index.ts';
import type { RecordReader, Records, Unreadable } from '../stores/records/records.ts';
import { auditLines } from './audit-lines.ts';
import { firstLine, lastLine, linesOfKind } from './lines.ts';

/** Progress of an export or import; `total` is not exact while others write. */
export type Progress = Readonly<{ done: number; total?: number | undefined }>;

export interface ExportOptions {
  /** Called after each batch. */
  onProgress?(progress: Progress): void;
  /** Called for a stored record that cannot be read; it is not exported. */
  onUnreadable?(record: Unreadable): void;
  /** Called before the first line when the store has no view of one moment: what others write meanwhile may be in it or not. */
  onInconsistent?(): void;
}

/** What is exported: the records of all kinds, and the audit log. */
export type Exported = Readonly<{
  records: Pick<Records, 'snapshot'>;
  audit: Pick<AuditStore, 'list'>;
  /** Default: every kind that is moved. */
  kinds?: readonly AnyKind[];
}>;

const linesAtOnce = 500;

/**
 * Exports every durable record as lines of JSON, each with its line end, several lines per chunk: by kind, and in each by id.
 * The audit log comes last, the newest record first. Everything is as it was when the export began, where the store has such a
 * view.
 */
export async function* exported(source: Exported, options: ExportOptions = {}): AsyncGenerator<string> {
  const { kinds = movedKinds, audit } = source;
  const newest = await newestIn(audit);
  const snapshot = await source.records.snapshot();
  try {
    if (!snapshot.consistent) options.onInconsistent?.();
    const progress = await progressOf(snapshot, kinds, options);
    const check = (await snapshot.get(factKind, secretKeyFact))?.value;
    yield `${firstLine(kinds, check)}\n`;
    for (const kind of kinds) yield* counted(linesOf(snapshot, kind, options), progress);
    yield* counted(auditLinesOf(audit, newest), progress);
    yield `${lastLine(progress.done())}\n`;
  } finally {
    await snapshot.close();
  }
}

async function progressOf(reader: RecordReader, kinds: readonly AnyKind[], { onProgress }: ExportOptions) {
  const counts = await Promise.all(kinds.map((kind) => reader.count(kind)));
  const expected = counts.reduce((sum, count) => sum + count, 0);
  let done = 0;
  return {
    done: () => done,
    add(lines: number) {
      done += lines;
      onProgress?.({ done, total: Math.max(done, expected) });
    },
  };
}

type Counter = Awaited<ReturnType<typeof progressOf>>;

async function* counted(pages: AsyncIterable<readonly string[]>, progress: Counter): AsyncGenerator<string> {
  for await (const lines of pages) {
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
    progress.add(lines.length);
  }
}

async function* linesOf<R extends Identified>(reader: RecordReader, kind: Kind<R>, { onUnreadable }: ExportOptions) {
  const { lineOf } = linesOfKind<R>(kind);
  let after: string | undefined;
  do {
    const query = { limit: linesAtOnce, ...(after !== undefined && { after }) };
    const { items, next } = await reader.list(kind, query, onUnreadable);
    yield items.map(lineOf);
    after = next;
  } while (after !== undefined);
}

/** Ids sort by time, so that records that are added later can be left out. */
const newestIn = async (audit: Exported['audit']): Promise<string | undefined> =>
  (await audit.list({ limit: 1 })).items[0]?.id;

async function* auditLinesOf(audit: Exported['audit'], newest: string | undefined) {
  // Greater than this id, and less than those of later records: ids are of one length.
  let after = newest === undefined ? undefined : `${newest}~`;
  while (after !== undefined) {
    const { items, next } = await audit.list({ limit: linesAtOnce, after });
    yield items.map(auditLines.lineOf);
    after = next;
  }
}
