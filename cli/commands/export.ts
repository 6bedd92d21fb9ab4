import type { Transfer } from '#gate';
import type { LocalOptions } from '../environment.ts';
import { CommandError, exit } from '../exit.ts';
import type { Output } from '../output.ts';
import { progressLine } from '../progress.ts';
import type { Globals } from '../shared-options.ts';
import { onTransfer } from '../transfer.ts';
import { writeWhole } from '../whole-file.ts';

export interface ExportOptions extends LocalOptions {
  /** Default: `-`, stdout. */
  readonly file?: string;
}

/** `export`: writes all durable records as JSON lines to stdout or a file. Exit code 1 when a record cannot be read. */
export async function exportAll(options: ExportOptions, globals: Globals, out: Output): Promise<void> {
  const { file = '-' } = options;
  const unreadable = await onTransfer(options, (transfer) => writeTo(transfer, file, globals, out), { makes: false });
  if (unreadable > 0) {
    throw new CommandError(exit.refused, 'unreadable', `${unreadable} records cannot be read, and are not in it.`);
  }
}

const inconsistent =
  'MongoDB shows no single moment: what is written while this runs may be in the export or not. Stop what writes first.';

async function writeTo(transfer: Transfer, file: string, { quiet }: Globals, out: Output): Promise<number> {
  const progress = progressLine('exported', { quiet });
  let unreadable = 0;
  let done = 0;
  const lines = transfer.export({
    onInconsistent: () => out.warn(inconsistent),
    onProgress: (told) => {
      done = told.done;
      progress.told(told.done, told.total);
    },
    onUnreadable({ kind, id }) {
      unreadable += 1;
      out.warn(`${kind} ${id} cannot be read, and is left out`);
    },
  });
  await (file === '-'
    ? toStdout(lines)
    : writeWhole(file, async (draft) => {
        for await (const some of lines) await draft.write(some);
      }));
  progress.end();
  out.note(`${done} records exported.`);
  return unreadable;
}

async function toStdout(lines: AsyncIterable<string>): Promise<void> {
  for await (const some of lines) {
    if (!process.stdout.write(some)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
