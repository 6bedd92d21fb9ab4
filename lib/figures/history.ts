import type { FigureHistory, FigurePeriod, FigureSpan, RuleFigure } from '../services.ts';
import { type FigureRecord, figureKind } from '../stores/records/kinds/figure.ts';
import type { RecordReader } from '../stores/records/records.ts';
import { beginningOf, spans } from './periods.ts';
import { sumOf, type Totals } from './totals.ts';

/** Counts that begin at a time. */
type TimedTotals = Totals & Readonly<{ at: number }>;

/** Reads the figures of the span that ends `now`; `pending` is what this instance has counted and not stored. */
export async function historyOf(
  records: Pick<RecordReader, 'list'>,
  span: FigureSpan,
  now: number,
  pending: (letter: string) => Totals,
): Promise<FigureHistory> {
  const { grain, length, periods } = spans[span];
  const end = beginningOf(now, length) + length;
  const begin = end - periods * length;
  const stored = await recordsFrom(records, grain.letter, grain.idOf(begin - 1), (end - begin) / grain.length);
  const all: TimedTotals[] = [...stored, { ...pending(grain.letter), at: beginningOf(now, grain.length) }];
  const within = all.filter(({ at }) => at >= begin && at < end);
  const { rules, otherRules } = sumOf(within);
  return {
    periods: Array.from({ length: periods }, (_, n) => periodOf(within, begin + n * length, length)),
    rules: rules.toSorted(byUse),
    otherRules,
  };
}

/** Records that cannot be read are left out. */
async function recordsFrom(
  records: Pick<RecordReader, 'list'>,
  prefix: string,
  after: string,
  limit: number,
): Promise<readonly FigureRecord[]> {
  return (await records.list(figureKind, { prefix, after, limit })).items;
}

function periodOf(all: readonly TimedTotals[], at: number, length: number): FigurePeriod {
  const until = at + length;
  const { signIns, failures, tokens, refusals, sessions } = sumOf(all.filter((one) => one.at >= at && one.at < until));
  return { at, until, signIns, failures, tokens, refusals, sessions };
}

const byUse = (a: RuleFigure, b: RuleFigure): number => b.passed + b.refused - (a.passed + a.refused);
