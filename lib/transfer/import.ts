import type { AnyKind } from '../stores/records/kind.ts';
import { movedKinds } from '../stores/records/kinds/index.ts';
import type { Progress } from './export.ts';
import { importsInto, type Target } from './imports.ts';
import { batchSize, type KindImport } from './kind-import.ts';
import { type Header, type Line, readFirst, readLine } from './lines.ts';
import type { Outcome } from './outcome.ts';
import type { Sealing } from './sealing.ts';
import { linesOf, type Numbered } from './split.ts';

/** A line that was not imported, and the reason. `what` names its record if it could be read. */
export interface LineProblem {
  readonly line: number;
  readonly what?: string | undefined;
  readonly problem: string;
}

export interface ImportOptions {
  /** Overwrite stored records that differ, and reuse retired names. Default: false. */
  readonly replace?: boolean;
  onProgress?(progress: Progress): void;
  /** Called for each line that is not imported. */
  onProblem?(problem: LineProblem): void;
}

/** Numbers of lines by outcome. */
export interface ImportSummary {
  readonly created: number;
  readonly replaced: number;
  /** An equal record was stored already. */
  readonly unchanged: number;
  /** Lines that were not imported. */
  readonly problems: number;
  /** The first line does not say that this installation can import the file: nothing was written. */
  readonly stopped: boolean;
}

/** Counts outcomes, and reports lines that were not imported. */
function tallyFor({ replace = false, onProblem }: ImportOptions) {
  const counts = { created: 0, replaced: 0, unchanged: 0, problems: 0 };
  function refuse(line: number, problem: string, what?: string): void {
    counts.problems += 1;
    onProblem?.({ line, what, problem });
  }
  function settle(line: number, what: string, outcome: Outcome): void {
    if (outcome.kind !== 'refused') counts[outcome.kind] += 1;
    else refuse(line, outcome.problem + (!replace && outcome.replaceable ? ' (--replace overwrites)' : ''), what);
  }
  return { counts, refuse, settle };
}

type Tally = ReturnType<typeof tallyFor>;

/** Reads the lines, and checks the first one, the last one, and their number. */
function reading(tally: Tally, kinds: readonly AnyKind[]) {
  const seen = { last: 0, records: 0, end: undefined as number | undefined };
  function read({ number, text }: Numbered): Line | undefined {
    seen.last = number;
    if (text?.trim() === '' && number > 1) return undefined;
    const line = text === undefined ? unreadable : number === 1 ? readFirst(text, kinds) : readLine(text);
    if (line.kind === 'last') seen.end = line.records;
    if (line.kind === 'record' || line.kind === 'problem') seen.records += 1;
    if (line.kind === 'problem') tally.refuse(number, line.problem);
    return line;
  }
  return { seen, read };
}

const unreadable: Line = { kind: 'problem', problem: 'it is too long, or not UTF-8' };

/** Gives records to the imports of their kinds, and writes them in batches of one kind. */
function writingTo(imports: ReadonlyMap<string, KindImport>, tally: Tally) {
  let current: KindImport | undefined;

  async function flush(): Promise<void> {
    await current?.flush();
  }
  async function take(
    line: number,
    { of, fields }: Extract<Line, { kind: 'record' }>,
    header: Header,
  ): Promise<boolean> {
    const next = imports.get(of);
    if (next === undefined) {
      tally.refuse(line, `its kind, ${JSON.stringify(of.slice(0, 64))}, is not known to this version`);
      return false;
    }
    if (next !== current) await flush();
    current = next;
    const problem = next.take(line, fields, header.kinds.get(of));
    if (problem !== undefined) tally.refuse(line, problem);
    if (next.waiting() < batchSize) return false;
    await flush();
    return true;
  }
  return { flush, take };
}

/** What decides on the whole file stands in its first line, so that nothing is written when it cannot be imported. */
function admits(line: Line, sealing: Sealing, tally: Tally): Header | undefined {
  if (line.kind !== 'first') return undefined;
  const problem = sealing.problemOfCheck(line.header.check);
  if (problem === undefined) return line.header;
  tally.refuse(1, problem);
  return undefined;
}

/** Imports the lines of an export. Lines that cannot be imported are reported and skipped. */
export async function imported(
  target: Omit<Target, 'kinds'> & Partial<Pick<Target, 'kinds'>>,
  source: AsyncIterable<Uint8Array | string>,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const { kinds = movedKinds } = target;
  const tally = tallyFor(options);
  const { imports, finish } = importsInto({ ...target, kinds }, options.replace === true, tally.settle);
  const writer = writingTo(imports, tally);
  const { seen, read } = reading(tally, kinds);
  let header: Header | undefined;
  for await (const numbered of linesOf(source)) {
    const line = read(numbered);
    if (numbered.number === 1) header = line && admits(line, target.sealing, tally);
    if (header === undefined) break;
    const written = line?.kind === 'record' && (await writer.take(numbered.number, line, header));
    if (written) options.onProgress?.({ done: seen.last });
  }
  if (header !== undefined) {
    await writer.flush();
    await finish();
  }
  const missing = header === undefined && seen.last > 0 ? undefined : missingLines(seen);
  if (missing !== undefined) tally.refuse(seen.last, missing);
  options.onProgress?.({ done: seen.last });
  return { ...tally.counts, stopped: header === undefined && seen.last > 0 };
}

type Seen = Readonly<{ last: number; records: number; end: number | undefined }>;

function missingLines({ last, records, end }: Seen): string | undefined {
  if (last === 0) return 'there is nothing in it';
  if (end === undefined) return 'the last line of an export is not there: it may have been cut off';
  return records === end ? undefined : `${end} records were exported, and ${records} are here: some may have been lost`;
}
