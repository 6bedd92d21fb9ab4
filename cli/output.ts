import Table from 'cli-table3';
import { printable, printableJson, printableJsonLine } from './printable.ts';
import { type Row, rowOf, type Sheet, type Thing } from './sheet.ts';
import { shortened } from './shortened.ts';

export type Format = 'table' | 'json' | 'plain';

/** Prints results to stdout, and notes and warnings to stderr. */
export interface Output {
  /** Prints a list: as a table, as tab-separated lines without a heading (`plain`), or `data` as JSON. */
  list(columns: readonly string[], rows: readonly Row[], data: unknown): void;
  /** Prints things of the API as `list` does. Plain text and JSON are printed as the things come. */
  things(sheet: Sheet, things: AsyncIterable<Thing>): Promise<void>;
  /** Prints one thing of a stream: the fields of the sheet, separated by tabs, or JSON, on one line. */
  streamed(sheet: Sheet, thing: Thing): void;
  /** Prints one thing of the API as `one` does. */
  thing(sheet: Sheet, thing: Thing): void;
  /** Prints one thing: names and values line by line, or `data` as JSON. */
  one(row: Row, data: unknown): void;
  /** Prints one line, or `data` as JSON. */
  line(text: string, data: unknown): void;
  /** Prints a note to stderr, unless `--quiet` or `-o json` is given. */
  note(text: string): void;
  /** Prints to stderr what somebody must do before the command can go on, whatever is given. */
  instruct(text: string): void;
  /** Prints a warning to stderr. */
  warn(text: string): void;
}

type Streams = Readonly<{ stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } }>;

export function output(options: { format: Format; quiet: boolean }, streams: Streams = process): Output {
  const { format, quiet } = options;
  const write = (text: string) => streams.stdout.write(`${text}\n`);
  const say = (text: string) => streams.stderr.write(`${printable(text)}\n`);
  const one = (row: Row, data: unknown) =>
    write(format === 'json' ? printableJson(data) : format === 'plain' ? pairs(row) : sheetOf(row));
  const note = (text: string) => {
    if (!quiet && format !== 'json') say(text);
  };
  return {
    async things(sheet, things) {
      const count = await writers[format](sheet, things, write);
      if (count === 0) note('There are none.');
    },
    streamed: (sheet, thing) =>
      write(format === 'json' ? printableJsonLine(thing) : lines(titlesOf(sheet), [rowOf(sheet, thing)])),
    thing: (sheet, thing) => one(rowOf(sheet, thing), thing),
    list: (columns, rows, data) => {
      const text =
        format === 'json' ? printableJson(data) : format === 'plain' ? lines(columns, rows) : table(columns, rows);
      if (text !== '') write(text);
    },
    one,
    line: (text, data) => write(format === 'json' ? printableJson(data) : printable(text)),
    note,
    instruct: say,
    warn: (text) => say(`warning: ${text}`),
  };
}

const borderless = {
  chars: {
    ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
    ...{
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
};

const trimmed = (text: string) => text.replace(/ +$/gm, '');
const cells = (columns: readonly string[], row: Row) => columns.map((column) => printable(row[column] ?? ''));

function table(columns: readonly string[], rows: readonly Row[]): string {
  const made = new Table({ ...borderless, head: columns.map((column) => column.toUpperCase()) });
  for (const row of rows) made.push(cells(columns, row).map(shortened));
  return trimmed(made.toString());
}

function sheetOf(row: Row): string {
  const made = new Table(borderless);
  made.push(...Object.entries(row).map(([name, value]) => [name, printable(value)]));
  return trimmed(made.toString());
}

const lines = (columns: readonly string[], rows: readonly Row[]) =>
  rows.map((row) => cells(columns, row).join('\t')).join('\n');
const pairs = (row: Row) =>
  Object.entries(row)
    .map(([name, value]) => `${name}\t${printable(value)}`)
    .join('\n');

type Write = (text: string) => unknown;

/** Prints things in a format, and resolves with their number. */
const writers: Readonly<Record<Format, (sheet: Sheet, things: AsyncIterable<Thing>, write: Write) => Promise<number>>> =
  {
    async table(sheet, things, write) {
      const rows: Row[] = [];
      for await (const thing of things) rows.push(rowOf(sheet, thing));
      write(table(titlesOf(sheet), rows));
      return rows.length;
    },
    async plain(sheet, things, write) {
      let count = 0;
      for await (const thing of things) {
        write(lines(titlesOf(sheet), [rowOf(sheet, thing)]));
        count += 1;
      }
      return count;
    },
    // One array, as `printableJson` writes it.
    async json(_sheet, things, write) {
      let last: string | undefined;
      for await (const thing of things) {
        write(last === undefined ? '[' : `${last},`);
        last = printableJson(thing).replace(/^/gm, '  ');
      }
      write(last === undefined ? '[]' : `${last}\n]`);
      return last === undefined ? 0 : 1;
    },
  };

const titlesOf = (sheet: Sheet): readonly string[] => sheet.map(({ title }) => title);
