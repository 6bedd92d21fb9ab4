import type { Refusal } from '../../errors.ts';
import { cleanPath, type PathOptions, type Reading, readPath } from './path.ts';
import { canMatchBelow, compilePattern, match, type Pattern } from './pattern.ts';
import type { Rule } from './rules.ts';
import { pathFlag } from './target.ts';
import type { Trace } from './trace.ts';

/** The rule that one reading of a request selects: the first that matches; `undefined` when none does. */
export type Chosen = Readonly<{
  rule: Rule | undefined;
  /** The segment at `:self`, '' when the rule has none. */
  self: string;
  /** The reading is case-folded: `self` is in lower case. */
  folded: boolean;
}>;

/** The distinct choices of all readings of a request, or the refusal of a path that is ambiguous. */
export type Selection =
  | Readonly<{ kind: 'selected'; chosen: readonly [Chosen, ...Chosen[]] }>
  | Readonly<{ kind: 'refused'; refusal: Refusal }>;

/** Compiled rules. */
export interface RuleTable {
  /** In their order. */
  readonly rules: readonly Rule[];
  /** `rawTarget` is the request target as received, query and all. Never throws. Calls `trace` with each reading. */
  select(method: string, rawTarget: string, trace?: Trace): Selection;
  /** Whether a rule can match a path at or below this one, which is written as in a rule, without `*` and `:self`. */
  reaches(path: string): boolean;
}

type Compiled = Readonly<{ rule: Rule; kept: Pattern; folded: Pattern; alone: Selection }>;

const selected = (chosen: readonly [Chosen, ...Chosen[]]): Selection => Object.freeze({ kind: 'selected', chosen });
const unmatched: Chosen = Object.freeze({ rule: undefined, self: '', folded: false });
const nothing = selected([unmatched]);

/**
 * Compiles rules into a table that returns, for a method and target, the rules that its readings select. A clean path
 * has one reading and is matched without being taken apart.
 */
export function ruleTable(rules: readonly Rule[], options: PathOptions = {}): RuleTable {
  const compiled = rules.map(compile);
  const byMethod = new Map(usualMethods.map((method) => [method, compiled.filter((one) => covers(one.rule, method))]));
  const candidates = (method: string) => byMethod.get(method) ?? compiled.filter((one) => covers(one.rule, method));
  const sensitive = options.caseSensitive === true;
  // With upper case in a rule, even a lower-case path may select one rule as it is and another one folded.
  const oneReading = sensitive || rules.every((rule) => rule.pattern === rule.pattern.toLowerCase());
  const allowed = sensitive ? pathFlag.upper : 0;

  return Object.freeze({
    rules,
    reaches: (path: string) => rules.some(({ pattern }) => canMatchBelow(pattern, path)),
    select(method: string, rawTarget: string, trace?: Trace): Selection {
      const clean = oneReading ? cleanPath(rawTarget, allowed) : undefined;
      if (clean !== undefined) return selectClean(candidates(method), clean, trace);
      const read = readPath(rawTarget, options);
      if (read.ok) return selectAll(candidates(method), read.readings, trace);
      const refusal = { code: 'ambiguous_path', detail: read.detail } as const;
      trace?.({ kind: 'path-refused', refusal });
      return { kind: 'refused', refusal };
    },
  });
}

const usualMethods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const readOnlyMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function covers({ methods }: Rule, method: string): boolean {
  if (methods === '*') return true;
  if (methods === 'read') return readOnlyMethods.has(method);
  return methods === 'write' ? !readOnlyMethods.has(method) : methods.has(method);
}

function compile(rule: Rule): Compiled {
  return {
    rule,
    kept: compilePattern(rule.pattern),
    folded: compilePattern(rule.pattern.toLowerCase()),
    alone: selected([Object.freeze({ rule, self: '', folded: false })]),
  };
}

function selectClean(candidates: readonly Compiled[], path: string, trace: Trace | undefined): Selection {
  for (const one of candidates) {
    const self = match(one.kept, path);
    if (self === undefined) continue;
    trace?.({ kind: 'reading', path, rule: one.rule });
    return self === '' ? one.alone : selected([{ rule: one.rule, self, folded: false }]);
  }
  trace?.({ kind: 'reading', path, rule: undefined });
  return nothing;
}

function selectAll(candidates: readonly Compiled[], readings: readonly Reading[], trace: Trace | undefined): Selection {
  const chosen: Chosen[] = [];
  for (const { path, folded } of readings) {
    const next = chooseOne(candidates, path, folded);
    trace?.({ kind: 'reading', path, rule: next.rule });
    if (!chosen.some((one) => isSameChoice(one, next))) chosen.push(next);
  }
  const [first = unmatched, ...others] = chosen;
  return selected([first, ...others]);
}

function chooseOne(candidates: readonly Compiled[], path: string, folded: boolean): Chosen {
  for (const one of candidates) {
    const self = match(folded ? one.folded : one.kept, path);
    if (self !== undefined) return { rule: one.rule, self, folded };
  }
  return unmatched;
}

const isSameChoice = (a: Chosen, b: Chosen): boolean =>
  a.rule === b.rule && a.self === b.self && (a.self === '' || a.folded === b.folded);
