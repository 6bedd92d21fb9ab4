import { namedRules, nothing, type Totals } from './totals.ts';

/** A route and a rule as far as they are named. */
export type NamedRoute = Readonly<{ name: string }>;
export type WrittenRule = Readonly<{ text: string }>;

/** Counts in memory what happens. What the request path calls is a look-up and an increment. */
export interface Counters {
  /** A rule decided on a request; without `rule` none matched. */
  decided(route: NamedRoute, rule: WrittenRule | undefined, passed: boolean): void;
  /** A request was refused with this error code. */
  refused(code: string): void;
  /** A sign-in succeeded or failed, a token was made. */
  happened(what: 'signIns' | 'failures' | 'tokens'): void;
  /** What was counted since the last `take`. */
  peek(): Totals;
  /** The same, and begins from nothing. */
  take(): Totals;
}

type Verdicts = { passed: number; refused: number };
type RuleCounter = Verdicts & Readonly<{ route: string; rule: string }>;
type RulesOfRoute = Map<WrittenRule | undefined, Verdicts>;

/** UTF-16 units of a rule's text and of a route's name that are kept. */
const longestName = 200;

const shortened = (text: string): string => text.slice(0, longestName).toWellFormed().replaceAll('\0', '');

const fresh = () => ({
  events: { signIns: 0, failures: 0, tokens: 0 },
  refusals: new Map<string, number>(),
  byRoute: new Map<NamedRoute, RulesOfRoute>(),
  named: [] as RuleCounter[],
  otherRules: { passed: 0, refused: 0 },
});

export function counters(): Counters {
  let counts = fresh();

  /** The first decision of a rule: it gets a counter of its own as long as there is room for its name. */
  function firstOf(route: NamedRoute, rules: RulesOfRoute, rule: WrittenRule | undefined): Verdicts {
    const hasRoom = counts.named.length < namedRules;
    const names = { route: shortened(route.name), rule: shortened(rule?.text ?? '') };
    const counter = hasRoom ? { ...names, passed: 0, refused: 0 } : undefined;
    if (counter !== undefined) counts.named.push(counter);
    rules.set(rule, counter ?? counts.otherRules);
    counts.byRoute.set(route, rules);
    return counter ?? counts.otherRules;
  }

  function peek(): Totals {
    const { events, refusals, named, otherRules } = counts;
    return {
      ...nothing,
      ...events,
      refusals: [...refusals].map(([code, count]) => ({ code, count })),
      rules: named.map((one) => ({ ...one })),
      otherRules: { ...otherRules },
    };
  }

  return {
    decided(route, rule, passed) {
      const rules = counts.byRoute.get(route) ?? new Map();
      const counter = rules.get(rule) ?? firstOf(route, rules, rule);
      if (passed) counter.passed += 1;
      else counter.refused += 1;
    },
    refused: (code) => void counts.refusals.set(code, (counts.refusals.get(code) ?? 0) + 1),
    happened(what) {
      counts.events[what] += 1;
    },
    peek,
    take() {
      const taken = peek();
      counts = fresh();
      return taken;
    },
  };
}
