import type { AnyKind, Fields, Identified, Kind } from '../stores/records/kind.ts';
import { formOf } from './form.ts';
import { placeOf, problemIn } from './problems.ts';

/** The version of the format that is written, and the only one that is read. */
export const formatVersion = 2;
const format = 'gatewarden-export';

/** What the first line says. */
export interface Header {
  /** The versions of the kinds' schemas. */
  readonly kinds: ReadonlyMap<string, number>;
  /** The check value of the `SECRET_KEY` of the installation that was exported, if it has one. */
  readonly check?: string | undefined;
}

/** A parsed line; `problem` is a sentence without secrets. */
export type Line =
  | { readonly kind: 'first'; readonly header: Header }
  | { readonly kind: 'last'; readonly records: number }
  | { readonly kind: 'record'; readonly of: string; readonly fields: Fields }
  | { readonly kind: 'problem'; readonly problem: string; readonly fatal?: true };

type Problem = Extract<Line, { kind: 'problem' }>;

const problem = (text: string, fatal?: true): Problem => ({ kind: 'problem', problem: text, ...(fatal && { fatal }) });

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function firstLine(kinds: readonly AnyKind[], check: string | undefined): string {
  const versions = Object.fromEntries(kinds.map(({ name, version }) => [name, version]));
  return JSON.stringify({ format, version: formatVersion, kinds: versions, check });
}

export const lastLine = (records: number): string => JSON.stringify({ kind: 'end', records });

const shown = (value: unknown): string => JSON.stringify(value) ?? 'none';

/** Parses the first line, which identifies the file. `kinds`: those that this version knows. */
export function readFirst(line: string, kinds: readonly AnyKind[]): Line {
  const value = parsed(line);
  if (value?.format !== format)
    return problem('this is not an export of Gatewarden: its first line does not say so', true);
  if (value.version !== formatVersion)
    return problem(`its format has the version ${shown(value.version)}, and this version reads ${formatVersion}`, true);
  const versions = Object.entries(isFields(value.kinds) ? value.kinds : {});
  const check = typeof value.check === 'string' ? value.check : undefined;
  const wrong = versions.length === 0 ? 'its first line does not say which kinds of records it holds' : newer(versions);
  if (wrong !== undefined) return problem(wrong, true);

  function newer(all: readonly [string, unknown][]): string | undefined {
    const [name, version] = all.find(([of, at]) => !isReadable(of, at)) ?? [];
    if (name === undefined) return undefined;
    return `its records of the kind ${shown(name)} have the version ${shown(version)}, which this version cannot read`;
  }
  function isReadable(name: string, version: unknown): boolean {
    const own = kinds.find((kind) => kind.name === name);
    return Number.isSafeInteger(version) && Number(version) >= 1 && Number(version) <= (own?.version ?? Infinity);
  }
  return {
    kind: 'first',
    header: { kinds: new Map(versions.map(([name, version]) => [name, Number(version)])), check },
  };
}

/** Parses any other line. */
export function readLine(line: string): Line {
  const value = parsed(line);
  if (value === undefined) return problem('it is not a JSON object');
  if (value.kind === 'end')
    return typeof value.records === 'number'
      ? { kind: 'last', records: value.records }
      : problem('"records" must be a number');
  if (value.format === format) return problem('another export begins here: import one file after another');
  const { kind, ...fields } = value;
  return typeof kind === 'string' ? { kind: 'record', of: kind, fields } : problem('"kind" must be a text');
}

/** The lines of a kind. */
export interface KindLines<R> {
  /** Makes the line of a record; absent fields are left out. */
  lineOf(record: R): string;
  /** Reads a record whose schema had `version`, by default today's. Returns what is wrong with it as text. */
  recordOf(fields: Fields, version?: number): R | string;
}

/** Follows from the schema of the kind. */
export function linesOfKind<R extends Identified>({ name, schema, migrations }: LinedKind<R>): KindLines<R> {
  const form = formOf(schema);
  return {
    lineOf(record) {
      const fields = form.toLine(record);
      return JSON.stringify({ kind: name, ...(isFields(fields) ? fields : {}) });
    },
    recordOf(fields, version = migrations.length + 1) {
      const given = form.toRecord(fields);
      const moved = isFields(given) ? migrations.slice(version - 1).reduce((record, to) => to(record), given) : given;
      const unknown = form.unknownIn(moved);
      if (unknown !== undefined) return unknownText(unknown);
      const read = schema.safeParse(moved);
      return read.success ? read.data : problemIn(read.error);
    },
  };
}

type LinedKind<R extends Identified> = Pick<Kind<R>, 'name' | 'schema' | 'migrations'>;

function unknownText(path: readonly string[]): string {
  const within = placeOf(path.slice(0, -1));
  return `${within === '' ? 'it' : within} holds ${placeOf(path.slice(-1))}, which this version does not know`;
}
