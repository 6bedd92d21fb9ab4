import {
  type TransferEntry,
  type TransferOutcome,
  type TransferStore,
  transferBatch,
} from '../stores/records/transfer.ts';
import type { Progress } from './export.ts';
import { type Line, nameOf, readFirst, readLine } from './lines.ts';
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
  /** The import stopped early: the file is not an export that this installation can import. */
  readonly stopped: boolean;
}

const words: Readonly<Record<Exclude<TransferOutcome, 'created' | 'replaced' | 'unchanged'>, string>> = {
  different: 'it is there already, and differs',
  'name-retired': 'the name was that of a user who was deleted',
  'name-taken': 'the name is in use',
  'id-taken': 'its id or hash is that of another record',
  'email-taken': 'the e-mail address is that of another user',
  'last-admin': 'no active admin would be left',
  'parent-gone': 'the token that made it is not there',
  unreadable: 'what is there in its place cannot be read',
};

const remedied: ReadonlySet<string> = new Set(['different', 'name-retired', 'name-taken']);

type Waiting = Readonly<{ line: number; entry: TransferEntry }>;
type Dependencies = Readonly<{ store: TransferStore; sealing: Sealing }>;

/** Counts outcomes, and reports lines that were not imported. */
function tallyFor({ replace = false, onProblem }: ImportOptions) {
  const counts = { created: 0, replaced: 0, unchanged: 0, problems: 0 };
  function refuse(line: number, problem: string, what?: string): void {
    counts.problems += 1;
    onProblem?.({ line, what, problem });
  }
  function settle({ line, entry }: Waiting, outcome: TransferOutcome): void {
    if (outcome === 'created' || outcome === 'replaced' || outcome === 'unchanged') counts[outcome] += 1;
    else
      refuse(
        line,
        words[outcome] + (!replace && remedied.has(outcome) ? ' (--replace overwrites)' : ''),
        nameOf(entry),
      );
  }
  return { counts, refuse, settle };
}

type Tally = ReturnType<typeof tallyFor>;

/** Writes entries in batches. One that would remove the last admin is retried at the end, after others were imported. */
function writerTo(store: TransferStore, replace: boolean, tally: Tally) {
  let waiting: Waiting[] = [];
  const later: Waiting[] = [];

  async function write(batch: readonly Waiting[], final: boolean): Promise<void> {
    const entries = batch.map(({ entry }) => entry);
    const outcomes = await store.put(entries, { replace });
    for (const [at, one] of batch.entries()) {
      const outcome = outcomes[at] ?? 'unreadable';
      if (outcome === 'last-admin' && !final) later.push(one);
      else tally.settle(one, outcome);
    }
  }
  async function flush(): Promise<void> {
    if (waiting.length > 0) await write(waiting, false);
    waiting = [];
  }
  return {
    /** Returns true when the batch was written. */
    async add(one: Waiting): Promise<boolean> {
      waiting.push(one);
      if (waiting.length < transferBatch) return false;
      await flush();
      return true;
    },
    async finish(): Promise<void> {
      await flush();
      for (const one of later) await write([one], true);
    },
  };
}

/** Reads the lines, and checks the first one, the last one, and their number. */
function reading(tally: Tally) {
  const seen = { last: 0, records: 0, end: undefined as number | undefined };
  function read({ number, text }: Numbered): Line | undefined {
    seen.last = number;
    if (text?.trim() === '' && number > 1) return undefined;
    const line = text === undefined ? unreadable : number === 1 ? readFirst(text) : readLine(text);
    if (line.kind === 'last') seen.end = line.records;
    if (line.kind === 'entry' || line.kind === 'problem') seen.records += 1;
    if (line.kind === 'problem') tally.refuse(number, line.problem);
    return line;
  }
  return { seen, read };
}

const unreadable: Line = { kind: 'problem', problem: 'it is too long, or not UTF-8' };

/** Imports the lines of an export. Lines that cannot be imported are reported and skipped. */
export async function imported(
  { store, sealing }: Dependencies,
  source: AsyncIterable<Uint8Array | string>,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const tally = tallyFor(options);
  const writer = writerTo(store, options.replace === true, tally);
  const { seen, read } = reading(tally);
  let stopped = false;
  for await (const numbered of linesOf(source)) {
    const line = read(numbered);
    const outcome = line && (await bring(line, numbered.number, { sealing, tally, writer }));
    if (outcome === 'written') options.onProgress?.({ done: seen.last });
    stopped = outcome === 'stopped';
    if (stopped) break;
  }
  // What waits to be written when the import stops belongs to another installation, as the line that stopped it does.
  if (!stopped) await writer.finish();
  const missing = stopped ? undefined : missingLines(seen);
  if (missing !== undefined) tally.refuse(seen.last, missing);
  options.onProgress?.({ done: seen.last });
  return { ...tally.counts, stopped };
}

type Bringing = Readonly<{ sealing: Sealing; tally: Tally; writer: ReturnType<typeof writerTo> }>;

async function bring(line: Line, number: number, parts: Bringing): Promise<'waiting' | 'written' | 'stopped'> {
  const { sealing, tally, writer } = parts;
  if (line.kind === 'problem') return line.fatal ? 'stopped' : 'waiting';
  if (line.kind !== 'entry') return 'waiting';
  const { entry } = line;
  const verdict = await sealing.verdictOn(entry);
  if ('problem' in verdict) {
    tally.refuse(number, verdict.problem, nameOf(entry));
    return verdict.kind === 'stop' ? 'stopped' : 'waiting';
  }
  if (verdict.kind === 'take') return (await writer.add({ line: number, entry })) ? 'written' : 'waiting';
  tally.counts.unchanged += 1;
  return 'waiting';
}

type Seen = Readonly<{ last: number; records: number; end: number | undefined }>;

function missingLines({ last, records, end }: Seen): string | undefined {
  if (last === 0) return 'there is nothing in it';
  if (end === undefined) return 'the last line of an export is not there: it may have been cut off';
  return records === end ? undefined : `${end} records were exported, and ${records} are here: some may have been lost`;
}
