import { open } from 'node:fs/promises';
import type { ImportSummary, Transfer } from '#gate';
import type { LocalOptions } from '../environment.ts';
import { CommandError, exit, usage } from '../exit.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { progressLine } from '../progress.ts';
import type { Globals } from '../shared-options.ts';
import { onTransfer } from '../transfer.ts';

export interface ImportOptions extends LocalOptions {
  readonly replace?: boolean;
  /** Default: `-`, stdin. */
  readonly file?: string;
}

/**
 * `import`: imports an export. Records that are stored already and equal are left. Lines that cannot be imported are
 * printed to stderr with their number, the others are imported, and the exit code is 1.
 */
export async function importAll(options: ImportOptions, globals: Globals, out: Output): Promise<void> {
  const source = await sourceOf(options.file ?? '-');
  const summary = await onTransfer(options, (transfer) => bringIn(transfer, source, options, globals), { makes: true });
  show(summary, out);
  if (summary.problems === 0) return;
  const left = summary.problems === 1 ? 'One line was not imported.' : `${summary.problems} lines were not imported.`;
  const nothing = summary.created + summary.replaced === 0;
  const stopped = `The import was stopped: nothing ${nothing ? 'was' : 'that follows was'} imported.`;
  const message = summary.stopped ? stopped : left;
  throw new CommandError(exit.refused, 'conflict', message);
}

async function sourceOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return process.stdin;
  const file = await open(path).catch((error: Error) => {
    throw usage(`The file cannot be read: ${error.message}`);
  });
  return file.createReadStream({ highWaterMark: 256 * 1024 });
}

async function bringIn(
  transfer: Transfer,
  source: AsyncIterable<Uint8Array>,
  { replace = false }: ImportOptions,
  { quiet, output }: Globals,
): Promise<ImportSummary> {
  const progress = progressLine('imported', { quiet });
  const summary = await transfer.import(source, {
    replace,
    onProgress: ({ done }) => progress.told(done),
    onProblem({ line, what, problem }) {
      progress.end();
      const text = `line ${line}: ${what === undefined ? '' : `${what}: `}${problem}`;
      process.stderr.write(
        output === 'json' ? `${printable(JSON.stringify({ line, what, problem }))}\n` : `${printable(text)}\n`,
      );
    },
  });
  progress.end();
  return summary;
}

function show({ created, replaced, unchanged, problems }: ImportSummary, out: Output): void {
  const counts = { created, replaced, unchanged, not_imported: problems };
  out.one(
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name.replace('_', ' '), String(count)])),
    counts,
  );
}
