import type { FigureHistory, FigurePeriod, FigureSpan, RuleFigure } from '../services.ts';
import { figureKind } from '../stores/records/kinds/figure.ts';
import type { RecordReader } from '../stores/records/records.ts';
import { beginningOf, idAt, spans } from './periods.ts';
import { nothing, sumOf, type Totals } from './totals.ts';

/** Reads the figures of the span that ends `now`; `pending` is what this instance has counted and not stored. */
export async function historyOf(
  records: Pick<RecordReader, 'list'>,
  span: FigureSpan,
  now: number,
  pending: (letter: string) => Totals,
): Promise<FigureHistory> {
  const { grain, periods } = spans[span];
  const { letter, length } = grain;
  const last = beginningOf(now, length);
  const first = last - (periods - 1) * length;
  const page = await records.list(figureKind, { prefix: letter, after: idAt(grain, first - 1), limit: periods });
  const totals = new Map<number, Totals>(page.items.map((record) => [record.at, record]));
  totals.set(last, sumOf([totals.get(last) ?? nothing, pending(letter)]));
  const all = Array.from({ length: periods }, (_, n) => first + n * length);
  const { rules, otherRules } = sumOf(all.map((at) => totals.get(at) ?? nothing));
  return {
    periods: all.map((at) => periodOf(totals.get(at) ?? nothing, at, length)),
    rules: rules.toSorted(byUse),
    otherRules,
  };
}

const periodOf = (totals: Totals, at: number, length: number): FigurePeriod => {
  const { signIns, failures, tokens, refusals, sessions } = totals;
  return { at, until: at + length, signIns, failures, tokens, refusals, sessions };
};

const byUse = (a: RuleFigure, b: RuleFigure): number => b.passed + b.refused - (a.passed + a.refused);
