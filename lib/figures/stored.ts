import { type FigureRecord, figureKind } from '../stores/records/kinds/figure.ts';
import type { Records } from '../stores/records/records.ts';
import { beginningOf, type Grain, idAt } from './periods.ts';
import { nothing, sumOf, type Totals } from './totals.ts';

type Dependencies = Readonly<{ records: Pick<Records, 'change'>; retention: number; now: number }>;

/** Adds to the record of the part of time that it is now. Rejects with `StoreUnavailableError`. */
export async function storeIn(grain: Grain, totals: Totals, dependencies: Dependencies): Promise<void> {
  const { records, retention, now } = dependencies;
  const at = beginningOf(now, grain.length);
  const expiresAt = at + Math.min(retention, grain.kept ?? retention) + grain.length;
  const first: FigureRecord = { id: idAt(grain, at), at, expiresAt, ...nothing };
  await records.change(figureKind, first.id, (stored = { ...first, version: 0 }) => {
    const { version: _version, ...before } = stored;
    return { kind: 'put', record: { ...before, ...sumOf([before, totals]) }, answer: undefined };
  });
}
