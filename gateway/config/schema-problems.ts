import type { z } from 'zod';
import { suggestion } from '#settings';
import type { Path, Problem } from './place.ts';
import { keysOf } from './schema.ts';
import type { WrittenFile } from './written-file.ts';

type Issue = z.core.$ZodIssue;
type Places = Pick<WrittenFile, 'placeOf' | 'placeOfKey'>;

const kinds: Readonly<Record<string, string>> = {
  object: 'must be a map of keys and values',
  record: 'must be a map of keys and values',
  array: 'must be a list',
  string: 'must be text',
};

/** The message of a value of another kind, where the schema has none of its own. */
export const messageOfKind: z.core.$ZodErrorMap = ({ code, expected }) =>
  code === 'invalid_type' && typeof expected === 'string' ? kinds[expected] : undefined;

/** Keys that a message is written for. */
const later: Readonly<Record<string, string>> = {
  inject: '"inject" needs the vault of a later version; headers.set sends a fixed value with every request',
};

/** At most this many problems of one value are read. */
const mostIssues = 100;

/** At most this many unknown keys of one map are named. */
const mostUnknown = 20;

/** The problems that a schema found, each with its place. `value`: what was read, `path`: where it stands in the file. */
export function schemaProblems(
  { issues }: z.ZodError,
  { value, path, file }: Readonly<{ value: unknown; path: Path; file: Places }>,
): readonly Problem[] {
  function problemsOf(issue: Issue, base: Path): readonly Problem[] {
    const inside = [...base, ...issue.path];
    if (issue.code === 'invalid_union') return ofUnion(issue, inside);
    if (issue.code === 'unrecognized_keys') return unknown(issue.keys, inside);
    if (issue.code === 'invalid_key')
      return [{ place: file.placeOfKey(inside), text: `${nameOf(inside)} ${keyMessage(issue)}` }];
    if (isAbsent(value, inside.slice(path.length)))
      return [{ place: file.placeOf(inside.slice(0, -1)), text: `"${nameOf(inside)}" is missing` }];
    return [{ place: file.placeOf(inside), text: `${labelOf(inside)}${issue.message}` }];
  }

  /** The problems of the alternative that is of the right kind, or what all of them together take. */
  function ofUnion(issue: Extract<Issue, { code: 'invalid_union' }>, inside: Path): readonly Problem[] {
    const rightKind = issue.errors.find(
      (some) => !some.some((one) => one.code === 'invalid_type' && one.path.length === 0),
    );
    if (rightKind !== undefined) return rightKind.slice(0, mostIssues).flatMap((one) => problemsOf(one, inside));
    const last = issue.errors.at(-1)?.[0];
    const message = issue.message === 'Invalid input' ? (last?.message ?? issue.message) : issue.message;
    return problemsOf({ code: 'custom', path: [], message, input: undefined }, inside);
  }

  function unknown(names: readonly string[], inside: Path): readonly Problem[] {
    const candidates = keysOf(lastName(inside));
    return names.slice(0, mostUnknown).map((name) => ({
      place: file.placeOfKey([...inside, name]),
      text: later[name] ?? `there is no key ${shown(name)}${suggestion(name, candidates)}`,
    }));
  }

  return issues.slice(0, mostIssues).flatMap((issue) => problemsOf(issue, path));
}

const keyMessage = ({ issues, message }: Extract<Issue, { code: 'invalid_key' }>): string =>
  issues[0]?.message ?? message;

const lastName = (path: Path) => path.findLast((step) => typeof step === 'string');
const nameOf = (path: Path): string => lastName(path) ?? 'routes';
const labelOf = (path: Path): string => (path.length === 0 ? '' : `${nameOf(path)}: `);
const shown = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

/** Whether a key of a map is not there. */
function isAbsent(value: unknown, path: Path): boolean {
  let inner = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null) return false;
    inner = Reflect.get(inner, step);
  }
  return path.length > 0 && inner === undefined;
}
