import type { TransferKind, TransferStore } from '../stores/records/transfer.ts';
import { firstLine, lastLine, lineOf } from './lines.ts';

/** Progress of an export or import; `total` is not exact while others write. */
export type Progress = Readonly<{ done: number; total?: number | undefined }>;

export interface ExportOptions {
  /** Called after each batch. */
  onProgress?(progress: Progress): void;
  /** Called for a stored record that cannot be read; it is not exported. */
  onUnreadable?(kind: TransferKind, key: string): void;
}

const linesAtOnce = 500;

/** Exports every durable record as lines of JSON, each with its line end, several lines per chunk. */
export async function* exported(store: TransferStore, options: ExportOptions = {}): AsyncGenerator<string> {
  const { onProgress, onUnreadable } = options;
  const counts = await store.count();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  let lines = [firstLine()];
  let done = 0;
  for await (const entry of store.entries()) {
    if ('unreadable' in entry) {
      onUnreadable?.(entry.kind, entry.unreadable);
      continue;
    }
    done += 1;
    if (lines.push(lineOf(entry)) < linesAtOnce) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
    onProgress?.({ done, total });
  }
  lines.push(lastLine(done));
  yield `${lines.join('\n')}\n`;
  onProgress?.({ done, total });
}
