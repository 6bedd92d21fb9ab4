import { canMatchBelow, type Rule, shadowedRules } from '#request';
import type { Place } from './place.ts';
import type { RouteContext } from './route-context.ts';
import type { RouteInput } from './schema.ts';

/** Reads the rules of a route, with the lines of the file; undefined when it has none of its own, or they are invalid. */
export function readRouteRules(parts: Partial<RouteInput>, context: RouteContext): readonly Rule[] | undefined {
  const { resolved, file, path, complainAt, warn } = context;
  if (parts.rules === undefined) return undefined;
  const begin = file.placeOf([...path, 'rules']);
  const placeOf = (line: number): Place => (line === begin.line ? begin : file.startOfLine(line));
  const read = resolved.policies.readRules(parts.rules, file.firstLineOf([...path, 'rules']));
  if (!read.ok) {
    for (const { line, problem } of read.problems) complainAt(placeOf(line), problem);
    return undefined;
  }
  warnOfUnused(read.rules, parts.path ?? '', (line, text) => warn(placeOf(line), text));
  return read.rules;
}

/** Warns of rules that never decide on a request of the route. */
function warnOfUnused(rules: readonly Rule[], path: string, warn: (line: number, text: string) => void): void {
  const outside = rules.filter((rule) => !canMatchBelow(rule.pattern, path));
  for (const { line, text } of outside)
    warn(line, `the rule "${text}" matches no path of the route, which serves ${path}`);
  for (const { rule, by } of shadowedRules(rules))
    warn(rule.line, `the rule "${rule.text}" never decides: "${by.text}" in line ${by.line} matches all that it would`);
}
