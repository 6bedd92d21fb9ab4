import type { Identified, Kind } from '../stores/records/kind.ts';
import type { Change, Records, Versioned } from '../stores/records/records.ts';
import { created, differs, isRefused, type Outcome, type Refusal, replaced, taken, unchanged } from './outcome.ts';
import type { Rule } from './rule.ts';
import { sameFields } from './same.ts';

/** What the store says of a record: the answer, the unique key that another one has, and what was there before. */
type Tried<R> = Readonly<{ answer: Outcome; key?: string; before?: R | undefined }>;

/** Imports single records of a kind, each compared with the one that is there. */
export function settlingOf<R extends Identified>(
  kind: Kind<R>,
  { records, replace }: Readonly<{ records: Records; replace: boolean }>,
  rule: Rule<R>,
) {
  const leftOut = ['version', kind.note, ...(rule.insignificant ?? [])];
  const same = (one: R, other: R) => sameFields(one, other, leftOut);

  function decided(given: R, there: Versioned<R> | undefined): Change<R, Outcome> {
    const keep = (answer: Outcome) => ({ kind: 'keep', answer }) as const;
    if (there === undefined) return { kind: 'put', record: given, answer: created };
    if (same(given, there)) return keep(unchanged);
    const next = rule.merged?.(given, there) ?? (replace ? given : differs);
    if (isRefused(next)) return keep(next);
    return same(next, there) ? keep(unchanged) : { kind: 'put', record: next, answer: replaced };
  }

  async function tried(given: R): Promise<Tried<R>> {
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
    return { answer: taken(kind.name, done.key, replaceable), key: done.key };
  }

  /** Whether what is in the way of a record is not any more. */
  async function cleared(given: R, refusal: Refusal, key: string | undefined): Promise<boolean> {
    const value = key === undefined ? undefined : kind.keys[key]?.(given);
    if (key === undefined || value === undefined) return (await rule.cleared?.(given, refusal)) === true;
    if (!replace || !refusal.replaceable) return false;
    await records.put(kind, key, value, () => ({ kind: 'remove', answer: undefined }));
    return true;
  }

  async function noteUse(record: R): Promise<void> {
    const at: unknown = kind.note === undefined ? undefined : Reflect.get(record, kind.note);
    if (typeof at === 'number') await records.note(kind, record.id, at);
  }

  /** `inPlace`: another record has made room for it. */
  async function settle(given: R, inPlace = false): Promise<Outcome> {
    if (rule.settle) return rule.settle(given);
    const { answer, key, before } = await tried(given);
    if (isRefused(answer)) return (await cleared(given, answer, key)) ? settle(given, key !== undefined) : answer;
    await rule.stored?.(given, before);
    if (answer === replaced) await noteUse(given);
    return inPlace ? replaced : answer;
  }

  return { same, settle };
}
