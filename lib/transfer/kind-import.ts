import type { Fields, Identified, Kind } from '../stores/records/kind.ts';
import type { Records } from '../stores/records/records.ts';
import { linesOfKind } from './lines.ts';
import { created, isRefused, type Outcome, type Refusal, refused, unchanged } from './outcome.ts';
import type { Rule } from './rule.ts';
import { settlingOf } from './settling.ts';
import { recordsWith, unlessUnreadable } from './unreadable.ts';

/** Called with what became of a line; `what` names its record. */
export type Settle = (line: number, what: string, outcome: Outcome) => void;

/** How many records are written at once. */
export const batchSize = 500;

/** The import of the records of one kind. */
export interface KindImport {
  /** Keeps the record of a line until it is written; `version`: that of its schema. Returns what is wrong with it. */
  take(line: number, fields: Fields, version?: number): string | undefined;
  /** How many are kept. */
  waiting(): number;
  /** Writes what is kept. */
  flush(): Promise<void>;
  /** Tries again what depends on other records. Returns how many were stored now. */
  again(): Promise<number>;
  /** Reports what could not be imported after all. */
  giveUp(): void;
}

export type Importing = Readonly<{ records: Records; replace: boolean; settle: Settle }>;

type Waiting<R> = Readonly<{ line: number; record: R }>;

const unreadable = refused('what is there in its place cannot be read');

/** Imports records of a kind: those that are not there are added in batches, the others are compared one by one. */
export function kindImport<R extends Identified>(
  kind: Kind<R>,
  { records, replace, settle }: Importing,
  rule: Rule<R> = {},
): KindImport {
  const lines = linesOfKind<R>(kind);
  const settling = settlingOf(kind, { records, replace }, rule);
  const nameOf = (record: R) => `${kind.name} ${rule.nameOf?.(record) ?? record.id}`;
  let batch: Waiting<R>[] = [];
  let later: (Waiting<R> & { refusal: Refusal })[] = [];

  function end({ line, record }: Waiting<R>, outcome: Outcome): void {
    if (isRefused(outcome) && outcome.later) later.push({ line, record, refusal: outcome });
    else settle(line, nameOf(record), outcome);
  }

  async function slowly(some: readonly Waiting<R>[]): Promise<void> {
    for (const one of some) end(one, await unlessUnreadable(() => settling.settle(one.record), unreadable));
  }

  /** Those that can be added or changed, by the rule. */
  async function admitted(some: readonly Waiting<R>[]): Promise<readonly Waiting<R>[]> {
    const answers = (await rule.admit?.(some.map(({ record }) => record))) ?? [];
    return some.filter((one, at) => {
      const refusal = answers[at];
      if (refusal !== undefined) end(one, refusal);
      return refusal === undefined;
    });
  }

  async function add(missing: readonly Waiting<R>[], all: readonly R[]): Promise<void> {
    const given = missing.map(({ record }) => record);
    const prepared = (await rule.prepare?.(given, all)) ?? given;
    const added = await records.addMany(kind, prepared);
    const left: Waiting<R>[] = [];
    for (const [at, one] of missing.entries()) {
      if (added[at]?.kind !== 'added') left.push(one);
      else {
        await rule.stored?.(one.record, undefined);
        end(one, created);
      }
    }
    await slowly(left);
  }

  /** Those that are there and differ; of equal ones nothing is written. */
  async function differing(some: readonly Waiting<R>[], there: readonly (R | 'unreadable' | undefined)[]) {
    const left: Waiting<R>[] = [];
    for (const [at, one] of some.entries()) {
      const stored = there[at];
      if (stored === 'unreadable') end(one, unreadable);
      else if (stored !== undefined && settling.same(one.record, stored)) {
        await rule.stored?.(one.record, stored);
        end(one, unchanged);
      } else if (stored !== undefined) left.push(one);
    }
    return left;
  }

  async function write(given: readonly Waiting<R>[]): Promise<void> {
    const some = await admitted(given);
    if (rule.settle) return slowly(some);
    const all = some.map(({ record }) => record);
    const ids = all.map(({ id }) => id);
    const there = await recordsWith(records, kind, ids);
    const missing = some.filter((_, at) => there[at] === undefined);
    if (missing.length > 0) await add(missing, all);
    await slowly(await differing(some, there));
  }

  return {
    take(line, fields, version) {
      const record = lines.recordOf(fields, version);
      if (typeof record === 'string') return `${kind.name}: ${record}`;
      const problem = rule.problemOf?.(record);
      if (problem !== undefined) return `${nameOf(record)}: ${problem}`;
      batch.push({ line, record });
      return undefined;
    },
    waiting: () => batch.length,
    async flush() {
      const some = batch;
      batch = [];
      if (some.length > 0) await write(some);
    },
    async again() {
      const some = later;
      later = [];
      for (const one of some) await write([one]);
      return some.length - later.length;
    },
    giveUp() {
      for (const { line, record, refusal } of later) settle(line, nameOf(record), refusal);
      later = [];
    },
  };
}
