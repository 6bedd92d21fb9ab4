import type { Rule } from './rules.ts';

/** A rule that never decides, and the earlier one that matches every request that it would. */
export type ShadowedRule = Readonly<{ rule: Rule; by: Rule }>;

/** The work grows with the square of the number of rules; of longer tables the beginning is compared. */
const mostCompared = 300;

/** The rules of a table that never decide, since a single earlier rule matches all that they match. */
export function shadowedRules(rules: readonly Rule[]): readonly ShadowedRule[] {
  const compared = rules.slice(0, mostCompared).map((rule) => ({ rule, segments: rule.pattern.split('/') }));
  return compared.flatMap((later, at) => {
    const by = compared.slice(0, at).find((earlier) => coversRule(earlier, later));
    return by === undefined ? [] : [{ rule: later.rule, by: by.rule }];
  });
}

type Split = Readonly<{ rule: Rule; segments: readonly string[] }>;

const coversRule = (a: Split, b: Split): boolean =>
  coversMethods(a.rule.methods, b.rule.methods) && coversPath(a.segments, b.segments);

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

function coversMethods(a: Rule['methods'], b: Rule['methods']): boolean {
  if (a === '*' || a === b) return true;
  if (b === '*' || b === 'write') return false;
  if (b === 'read') return typeof a !== 'string' && [...readOnly].every((method) => a.has(method));
  return [...b].every((method) => coversMethod(a, method));
}

function coversMethod(methods: Exclude<Rule['methods'], '*'>, method: string): boolean {
  if (methods === 'read') return readOnly.has(method);
  return methods === 'write' ? !readOnly.has(method) : methods.has(method);
}

/** `*` and `:self` stand for any segment that is not empty, `**` for everything from there on. */
function coversPath(a: readonly string[], b: readonly string[]): boolean {
  for (const [at, segment] of a.entries()) {
    const other = b[at];
    if (segment === '**') return true;
    if (other === undefined || other === '**') return false;
    const any = segment === '*' || segment === ':self';
    if (any ? other === '' : segment !== other) return false;
  }
  return a.length === b.length;
}
