import type { Refusal } from '../../errors.ts';
import { cleanPath, readPath } from './path.ts';
import { pathFlag } from './target.ts';

/** A value for a path and all below it: `path` is '' for every path, else with a slash at its beginning and none at its end. */
export type PathPrefix<T> = Readonly<{ path: string; value: T }>;

type Options = Readonly<{
  /** Whether all that read these paths are case-sensitive, so that there are no folded readings. Default: false. */
  caseSensitive?: boolean;
}>;

const otherPath: Refusal = Object.freeze({
  code: 'ambiguous_path',
  detail: 'Some servers read this path as one of another service.',
});

const slash = 0x2f;

/**
 * Creates the function that returns the value of the longest prefix, segment by segment, of a request target; `undefined` when
 * no prefix matches. Every reading of the path must have the same value, else the target is refused. The work for a clean path does
 * not grow with the number of prefixes.
 */
export function pathPrefixes<T extends object>(
  entries: readonly PathPrefix<T>[],
  { caseSensitive = false }: Options = {},
): (target: string) => T | Refusal | undefined {
  const [first] = entries;
  if (entries.length === 1 && first?.path === '') return () => first.value;
  const kept = longestPrefix(entries);
  const folded = longestPrefix(entries.map(({ path, value }) => ({ path: path.toLowerCase(), value })));
  // With upper case in a prefix, even a lower-case path may have one value as it is and another one folded.
  const oneReading = caseSensitive || entries.every(({ path }) => path === path.toLowerCase());
  const allowed = caseSensitive ? pathFlag.upper : 0;

  return function prefixOf(target) {
    const clean = oneReading ? cleanPath(target, allowed) : undefined;
    if (clean !== undefined) return kept(clean);
    const read = readPath(target, { encodedSlashes: 'judge', caseSensitive });
    if (!read.ok) return { code: 'ambiguous_path', detail: read.detail };
    const values = read.readings.map((reading) => (reading.folded ? folded : kept)(reading.path));
    return values.every((value) => value === values[0]) ? values[0] : otherPath;
  };
}

/** Finds prefixes by a hash of the path up to each slash, so that no substring is created. */
function longestPrefix<T>(entries: readonly PathPrefix<T>[]): (path: string) => T | undefined {
  const every = entries.find(({ path }) => path === '')?.value;
  const byHash = new Map<number, readonly PathPrefix<T>[]>();
  for (const entry of entries) {
    const hash = hashOf(entry.path);
    byHash.set(hash, [...(byHash.get(hash) ?? []), entry]);
  }
  const longest = Math.max(0, ...entries.map(({ path }) => path.length));

  return function find(path) {
    let found = every;
    let hash = 0;
    const end = Math.min(path.length, longest);
    for (let at = 0; at <= end; at += 1) {
      const code = at === path.length ? slash : path.charCodeAt(at);
      if (code === slash && at > 0) found = among(byHash.get(hash), path, at) ?? found;
      hash = hashed(hash, code);
    }
    return found;
  };
}

function among<T>(entries: readonly PathPrefix<T>[] | undefined, path: string, length: number): T | undefined {
  return entries?.find((entry) => entry.path.length === length && path.startsWith(entry.path))?.value;
}

/** 30 bits: a number of this size is not allocated. */
const hashed = (hash: number, code: number): number => (Math.imul(hash, 31) + code) & 0x3fff_ffff;

function hashOf(path: string): number {
  let hash = 0;
  for (let at = 0; at < path.length; at += 1) hash = hashed(hash, path.charCodeAt(at));
  return hash;
}
