import type { Rule } from '#request';
import type { Resolved } from '#settings';
import { checkHeaders } from './check-headers.ts';
import { checkTls } from './check-tls.ts';
import { checkUpstream } from './check-upstream.ts';
import type { Path, Place, Problem } from './place.ts';
import { readRouteRules } from './read-rules.ts';
import type { RouteContext } from './route-context.ts';
import { type RuleTest, readTests } from './rule-tests.ts';
import { type RouteInput, routeSchema } from './schema.ts';
import { messageOfKind, schemaProblems } from './schema-problems.ts';
import type { WrittenFile } from './written-file.ts';

/** A route of the file. */
export type ReadRoute = Readonly<{
  place: Place;
  /** What is valid of it. */
  parts: Partial<RouteInput>;
  /** The same, when all of it is valid by itself. */
  input: RouteInput | undefined;
  rules: readonly Rule[] | undefined;
  tests: readonly RuleTest[];
}>;

type Options = Readonly<{
  resolved: Resolved;
  file: WrittenFile;
  folder: string;
  problems: Problem[];
  warnings: Problem[];
}>;

/** Reads one route, and adds everything that is wrong with it to `problems`. */
export function readRoute(value: unknown, index: number, { problems, warnings, ...options }: Options): ReadRoute {
  const { file } = options;
  const path = ['routes', index];
  const parsed = routeSchema.safeParse(value, { error: messageOfKind });
  if (!parsed.success) problems.push(...schemaProblems(parsed.error, { value, path, file }));
  const parts = parsed.success ? parsed.data : validParts(value, parsed.error.issues);
  const context: RouteContext = {
    ...options,
    path,
    complain: (inner, text) => void problems.push({ place: file.placeOf([...path, ...inner]), text }),
    complainAt: (place, text) => void problems.push({ place, text }),
    warn: (place, text) => void warnings.push({ place, text }),
  };
  checkUpstream(parts, context);
  checkTls(parts, context);
  checkHeaders(parts, context);
  const rules = readRouteRules(parts, context);
  const tests = readTests(parts, context);
  return { place: file.placeOf(path), parts, input: parsed.success ? parsed.data : undefined, rules, tests };
}

const partial = routeSchema.partial();

/** What is left of a route without the keys that are invalid or unknown, so that all problems of a file are found at once. */
function validParts(value: unknown, issues: readonly Readonly<{ code: string; path: Path; keys?: unknown }>[]) {
  if (typeof value !== 'object' || value === null) return {};
  const invalid = new Set(issues.map(({ path }) => path[0]));
  const kept = Object.entries(value).filter(([key]) => !invalid.has(key) && Object.hasOwn(routeSchema.shape, key));
  const parsed = partial.safeParse(Object.fromEntries(kept));
  return parsed.success ? parsed.data : {};
}
