import { StoreUnavailableError } from '../errors.ts';
import type { Fields, Identified, Kind } from '../stores/records/kind.ts';
import type { Change, Records, Versioned } from '../stores/records/records.ts';
import { linesOfKind } from './lines.ts';
import { created, differs, type Outcome, type Refusal, refused, replaced, taken, unchanged } from './outcome.ts';
import type { Rule } from './rule.ts';
import { sameFields } from './same.ts';

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

const isRefused = (outcome: object): outcome is Refusal =>
  'kind' in outcome && outcome.kind === 'refused' && 'problem' in outcome;

/** A stored record that does not fit its kind; anything else is an outage. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof StoreUnavailableError &&
  error.cause instanceof Error &&
  error.cause.name === 'UnreadableRecordError';

async function orUnreadable<T, U>(ask: () => Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await ask();
  } catch (error) {
    if (isUnreadable(error)) return otherwise;
    throw error;
  }
}

/** Imports records of a kind: those that are not there are added in batches, the others are compared one by one. */
export function kindImport<R extends Identified>(
  kind: Kind<R>,
  { records, replace, settle }: Importing,
  rule: Rule<R> = {},
): KindImport {
  const lines = linesOfKind<R>(kind);
  const leftOut = ['version', kind.note, ...(rule.insignificant ?? [])];
  const nameOf = (record: R) => `${kind.name} ${rule.nameOf?.(record) ?? record.id}`;
  let batch: Waiting<R>[] = [];
  let later: (Waiting<R> & { refusal: Refusal })[] = [];

  function decided(given: R, there: Versioned<R> | undefined): Change<R, Outcome> {
    const keep = (answer: Outcome) => ({ kind: 'keep', answer }) as const;
    if (there === undefined) return { kind: 'put', record: given, answer: created };
    if (sameFields(given, there, leftOut)) return keep(unchanged);
    const next = rule.merged?.(given, there) ?? (replace ? given : differs);
    if (isRefused(next)) return keep(next);
    return sameFields(next, there, leftOut) ? keep(unchanged) : { kind: 'put', record: next, answer: replaced };
  }

  /** What the store says of a record, and what was there before. */
  async function tried(given: R): Promise<{ answer: Outcome; taken?: string; before?: R | undefined }> {
    let before: R | undefined;
    const decide = (there: Versioned<R> | undefined) => {
      before = there;
      return decided(given, there);
    };
    const value = rule.by === undefined ? undefined : kind.keys[rule.by]?.(given);
    const done =
      rule.by === undefined || value === undefined
        ? await records.change(kind, given.id, decide)
        : await records.put(kind, rule.by, value, decide);
    if (done.kind === 'done') return { answer: done.answer, before };
    const replaceable = rule.takesOver?.includes(done.key) ?? false;
    return { answer: taken(kind.name, done.key, replaceable), taken: done.key };
  }

  /** Whether what is in the way of a record is not any more. */
  async function cleared(given: R, refusal: Refusal, key: string | undefined): Promise<boolean> {
    const value = key === undefined ? undefined : kind.keys[key]?.(given);
    if (key === undefined || value === undefined) return (await rule.cleared?.(given, refusal)) === true;
    if (!replace || !refusal.replaceable) return false;
    await records.put(kind, key, value, () => ({ kind: 'remove', answer: undefined }));
    return true;
  }

  /** `inPlace`: another record has made room for it. */
  async function settleOne(given: R, inPlace = false): Promise<Outcome> {
    if (rule.settle) return rule.settle(given);
    const { answer, taken: key, before } = await tried(given);
    if (isRefused(answer)) return (await cleared(given, answer, key)) ? settleOne(given, key !== undefined) : answer;
    await rule.stored?.(given, before);
    if (answer === replaced) await noteUse(given);
    return inPlace ? replaced : answer;
  }

  async function noteUse(record: R): Promise<void> {
    const at: unknown = kind.note === undefined ? undefined : Reflect.get(record, kind.note);
    if (typeof at === 'number') await records.note(kind, record.id, at);
  }

  function end({ line, record }: Waiting<R>, outcome: Outcome): void {
    if (isRefused(outcome) && outcome.later) later.push({ line, record, refusal: outcome });
    else settle(line, nameOf(record), outcome);
  }

  async function slowly(some: readonly Waiting<R>[]): Promise<void> {
    for (const one of some) {
      end(one, await orUnreadable(() => settleOne(one.record), refused('what is there in its place cannot be read')));
    }
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

  async function write(given: readonly Waiting<R>[]): Promise<void> {
    const some = await admitted(given);
    if (rule.settle) return slowly(some);
    const ids = some.map(({ record }) => record.id);
    const there = await orUnreadable(() => records.getMany(kind, ids), undefined);
    if (there === undefined) return slowly(some);
    const missing = some.filter((_, at) => there[at] === undefined);
    if (missing.length > 0)
      await add(
        missing,
        some.map(({ record }) => record),
      );
    await slowly(some.filter((_, at) => there[at] !== undefined));
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
