import { grains, idAt } from '../../lib/figures/periods.ts';
import { type FigureRecord, figureKind } from '../../lib/stores/records/kinds/figure.ts';
import type { Stores } from '../../lib/stores/stores.ts';

const day = 86_400_000;
const hour = 3_600_000;

/** More at noon than at night, and less at the weekend. */
function busyness(at: number): number {
  const time = new Date(at);
  const ofDay = 1 - Math.cos((time.getUTCHours() / 24) * 2 * Math.PI);
  return (time.getUTCDay() % 6 === 0 ? 0.4 : 1) * (0.3 + ofDay) * (1 + ((time.getUTCDate() * 7) % 5) / 10);
}

function figureOf(id: string, at: number, length: number): FigureRecord {
  const hours = Array.from({ length: length / hour }, (_, n) => busyness(at + n * hour));
  const sum = hours.reduce((all, one) => all + one, 0);
  const times = (factor: number) => Math.round(sum * factor);
  return {
    ...{ id, at, expiresAt: at + 400 * day, signIns: times(31), failures: times(3), tokens: times(1) },
    refusals: [
      { code: 'missing_credential', count: times(12) },
      { code: 'insufficient_role', count: times(4) },
    ],
    sessions: Math.round(Math.max(...hours) * 90) + 60,
    rules: [
      { route: '', rule: 'viewer read /**', passed: times(820), refused: times(9) },
      { route: '', rule: 'user * /**', passed: times(140), refused: times(3) },
      { route: '', rule: 'public read /health', passed: times(60), refused: 0 },
      { route: '', rule: 'operator * /operator/**', passed: times(11), refused: times(4) },
    ],
    otherRules: { passed: 0, refused: 0 },
  };
}

/** Thirty days of figures, the part of time that is now left out. */
export async function fillFigures(stores: Pick<Stores, 'records'>, now: number): Promise<void> {
  for (const grain of grains) {
    const first = now - Math.min(30 * day, grain.kept ?? 30 * day);
    for (let at = first; at < now - grain.length; at += grain.length) {
      const id = idAt(grain, at);
      const begins = Math.floor(at / grain.length) * grain.length;
      await stores.records.add(figureKind, figureOf(id, begins, grain.length));
    }
  }
}
