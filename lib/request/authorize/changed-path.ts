import { cleanPath, readPath } from './path.ts';
import { pathFlag } from './target.ts';

/**
 * Whether an upstream that receives the target `sent` in place of `received` can read nothing in it that was not judged: each
 * reading of its path, changed back by `back`, is one of the path that was received. `back` returns undefined for a path that no target
 * is changed into.
 */
export function isReadAsReceived(received: string, sent: string, back: (path: string) => string | undefined): boolean {
  // One reading, and its case, which was judged as well.
  if (cleanPath(sent, pathFlag.upper) !== undefined) return true;
  const options = { encodedSlashes: 'judge', caseSensitive: true } as const;
  const judged = readPath(received, options);
  const read = readPath(sent, options);
  if (!judged.ok || !read.ok) return false;
  const known = new Set(judged.readings.map(({ path }) => path));
  return read.readings.every(({ path }) => known.has(back(path) ?? ''));
}
