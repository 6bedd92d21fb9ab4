import Table from 'cli-table3';
import { printable, printableJson } from './printable.ts';

export type Format = 'table' | 'json' | 'plain';

/** A row of a table: text by column. */
export type Row = Readonly<Record<string, string>>;

/** Prints results to stdout, and notes and warnings to stderr. */
export interface Output {
  /** Prints a list: as a table, as tab-separated lines without a heading (`plain`), or `data` as JSON. */
  list(columns: readonly string[], rows: readonly Row[], data: unknown): void;
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
  return {
    list: (columns, rows, data) => {
      const text =
        format === 'json' ? printableJson(data) : format === 'plain' ? lines(columns, rows) : table(columns, rows);
      if (text !== '') write(text);
    },
    one: (row, data) => write(format === 'json' ? printableJson(data) : format === 'plain' ? pairs(row) : sheet(row)),
    line: (text, data) => write(format === 'json' ? printableJson(data) : printable(text)),
    note: (text) => {
      if (!quiet && format !== 'json') say(text);
    },
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
  made.push(...rows.map((row) => cells(columns, row)));
  return trimmed(made.toString());
}

function sheet(row: Row): string {
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
