import type { FigureRecord } from '../stores/records/kinds/figure.ts';

/** What is counted and can be added up. */
export type Totals = Pick<
  FigureRecord,
  'signIns' | 'failures' | 'tokens' | 'refusals' | 'sessions' | 'rules' | 'otherRules'
>;

type RuleFigure = Totals['rules'][number];

/** How many rules are named; what the others decide is counted together. */
export const namedRules = 100;

export const nothing: Totals = Object.freeze({
  signIns: 0,
  failures: 0,
  tokens: 0,
  refusals: [],
  rules: [],
  otherRules: { passed: 0, refused: 0 },
});

export const isNothing = ({ signIns, failures, tokens, refusals, sessions, rules, otherRules }: Totals): boolean =>
  signIns + failures + tokens + refusals.length + rules.length + otherRules.passed + otherRules.refused === 0 &&
  sessions === undefined;

/** Adds up. Of the sessions, which are not counted one by one, it keeps the greatest number. */
export function sumOf(all: readonly Totals[]): Totals {
  const of = (field: 'signIns' | 'failures' | 'tokens') => all.reduce((sum, one) => sum + one[field], 0);
  const sessions = all.flatMap((one) => one.sessions ?? []);
  return {
    signIns: of('signIns'),
    failures: of('failures'),
    tokens: of('tokens'),
    refusals: refusalsOf(all),
    ...(sessions.length > 0 && { sessions: Math.max(...sessions) }),
    ...rulesOf(all),
  };
}

function refusalsOf(all: readonly Totals[]): Totals['refusals'] {
  const counts = new Map<string, number>();
  for (const { refusals } of all) {
    for (const { code, count } of refusals) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return [...counts].map(([code, count]) => ({ code, count }));
}

/** The rules that were named first stay named. */
function rulesOf(all: readonly Totals[]): Pick<Totals, 'rules' | 'otherRules'> {
  const rules = new Map<string, RuleFigure>();
  const otherRules = { passed: 0, refused: 0 };
  for (const one of all.flatMap((totals) => totals.rules)) {
    const key = `${one.route}\n${one.rule}`;
    const known = rules.get(key) ?? (rules.size < namedRules ? { ...one, passed: 0, refused: 0 } : undefined);
    if (known !== undefined) rules.set(key, known);
    addTo(known ?? otherRules, one);
  }
  for (const one of all) addTo(otherRules, one.otherRules);
  return { rules: [...rules.values()], otherRules };
}

type Verdicts = { passed: number; refused: number };

function addTo(sum: Verdicts, { passed, refused }: Readonly<Verdicts>): void {
  sum.passed += passed;
  sum.refused += refused;
}
