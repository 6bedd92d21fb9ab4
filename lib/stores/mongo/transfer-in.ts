import { sameRecord } from '../records/replacement.ts';
import type { TransferEntry, TransferOutcome } from '../records/transfer.ts';
import { outdated, untilCurrent } from './database.ts';
import { UnreadableRecordError } from './fields.ts';

/**
 * What to do with a record: `add` it together with others, write it by itself (`write-one`: it takes several steps, or a
 * stored record is replaced), or nothing, since the outcome is known.
 */
export type Plan = TransferOutcome | 'add' | 'write-one';

/** Imports records of one kind. */
export interface Importer<R> {
  /** Looks up what is stored for all of them. The function it returns throws for a stored record that cannot be read. */
  plan(records: readonly R[], replace: boolean): Promise<(record: R) => Plan>;
  /** Adds records in one batch; returns the positions of those that a stored record kept out. */
  addAll(records: readonly R[]): Promise<ReadonlySet<number>>;
  writeOne(record: R, replace: boolean): Promise<TransferOutcome | typeof outdated>;
}

/** The plan for a kind that has no other rule than its unique key. */
export function planFor<R extends TransferEntry['record']>(given: R, there: R | undefined, replace: boolean): Plan {
  if (there === undefined) return 'add';
  if (sameRecord(given, there)) return 'unchanged';
  return replace ? 'write-one' : 'different';
}

function planOrUnreadable<R>(planOf: (record: R) => Plan, record: R): Plan {
  try {
    return planOf(record);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return 'unreadable';
    throw error;
  }
}

/** Adds in one batch what can be added, and writes the rest one by one, in order. Returns an outcome for each record. */
export async function importRecords<R>(
  importer: Importer<R>,
  records: readonly R[],
  replace: boolean,
): Promise<readonly TransferOutcome[]> {
  async function importOne(record: R): Promise<TransferOutcome> {
    return untilCurrent(async () => {
      const plan = planOrUnreadable(await importer.plan([record], replace), record);
      if (plan === 'write-one') return importer.writeOne(record, replace);
      if (plan !== 'add') return plan;
      return (await importer.addAll([record])).size > 0 ? outdated : 'created';
    });
  }

  const planOf = await importer.plan(records, replace);
  const steps = records.map((record) => ({ record, plan: planOrUnreadable(planOf, record) }));
  const adding = steps.filter(({ plan }) => plan === 'add');
  const refused = await importer.addAll(adding.map(({ record }) => record));
  const added = new Set(adding.filter((_, at) => !refused.has(at)));
  const outcomes: TransferOutcome[] = [];
  for (const step of steps) {
    const { record, plan } = step;
    if (added.has(step)) outcomes.push('created');
    else outcomes.push(plan === 'add' || plan === 'write-one' ? await importOne(record) : plan);
  }
  return outcomes;
}
