import { cleanPath, readPath } from './path.ts';

/**
 * Who serves a request target: `ours` (below the prefix, byte for byte), the `upstream`, or `unclear`: a reading of it, but
 * not the target as sent, is below the prefix.
 */
export type PathOwner = 'ours' | 'upstream' | 'unclear';

/**
 * Creates the function that returns the owner of a request target. `prefix` begins with `/`, ends without one, and holds
 * unreserved characters only. A target that `readPath` refuses counts as the upstream's, whose rules refuse it as well.
 */
export function pathOwner(prefix: string): (target: string) => PathOwner {
  const folded = prefix.toLowerCase();

  return function ownerOf(target) {
    const query = target.indexOf('?');
    if (isBelow(query === -1 ? target : target.slice(0, query), prefix)) return 'ours';
    // A clean path has one reading.
    const clean = cleanPath(target, 0);
    if (clean !== undefined) return isBelow(clean, folded) ? 'unclear' : 'upstream';
    const read = readPath(target, { encodedSlashes: 'judge' });
    return read.ok && read.readings.some(({ path }) => isBelow(path.toLowerCase(), folded)) ? 'unclear' : 'upstream';
  };
}

const isBelow = (path: string, top: string): boolean =>
  path.startsWith(top) && (path.length === top.length || path.charCodeAt(top.length) === 0x2f);
