import { sameRecord } from '../records/replacement.ts';
import type { TransferEntry, TransferOutcome } from '../records/transfer.ts';
import { outdated, untilCurrent } from './database.ts';
import { UnreadableRecordError } from './fields.ts';

/** `add`: nothing is in the way. `apart`: it takes more than one write, or a look at what is there. */
export type Verdict = TransferOutcome | 'add' | 'apart';

/** How records of one kind come in. */
export interface RequestHead<R> {
  /** Reads what is there of all of them, and says of each what is to be done; throws for one that cannot be read. */
  look(records: readonly R[], replace: boolean): Promise<(record: R) => Verdict>;
  /** Adds many at once; the places of those where something is there by now. */
  add(records: readonly R[]): Promise<ReadonlySet<number>>;
  apart(record: R, replace: boolean): Promise<TransferOutcome | typeof outdated>;
}

/** Where a key is all that must hold: what is there, against what comes. */
export function verdictOn<R extends TransferEntry['record']>(
  given: R,
  there: R | undefined,
  replace: boolean,
): Verdict {
  if (there === undefined) return 'add';
  if (sameRecord(given, there)) return 'unchanged';
  return replace ? 'apart' : 'different';
}

function judged<R>(judge: (record: R) => Verdict, record: R): Verdict {
  try {
    return judge(record);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return 'unreadable';
    throw error;
  }
}

/** Those that nothing is in the way of are written together, the others one after another. */
export async function bringIn<R>(
  kind: RequestHead<R>,
  records: readonly R[],
  replace: boolean,
): Promise<readonly TransferOutcome[]> {
  async function one(record: R): Promise<TransferOutcome> {
    return untilCurrent(async () => {
      const verdict = judged(await kind.look([record], replace), record);
      if (verdict === 'apart') return kind.apart(record, replace);
      if (verdict !== 'add') return verdict;
      return (await kind.add([record])).size > 0 ? outdated : 'created';
    });
  }

  const judge = await kind.look(records, replace);
  const planned = records.map((record) => ({ record, verdict: judged(judge, record) }));
  const adding = planned.filter(({ verdict }) => verdict === 'add');
  const refused = await kind.add(adding.map(({ record }) => record));
  const added = new Set(adding.filter((_, at) => !refused.has(at)));
  const outcomes: TransferOutcome[] = [];
  for (const plan of planned) {
    const { record, verdict } = plan;
    if (added.has(plan)) outcomes.push('created');
    else outcomes.push(verdict === 'add' || verdict === 'apart' ? await one(record) : verdict);
  }
  return outcomes;
}
