import { cleanPath, readPath } from './path.ts';

/**
 * Who serves a request target: `ours` (below one of our own paths, byte for byte), the `upstream`, or `unclear`: a reading of
 * it, but not the target as sent, is below one.
 */
export type PathOwner = 'ours' | 'upstream' | 'unclear';

/**
 * Creates the function that returns the owner of a request target. Each of `own` begins with `/` and ends without one. A target
 * that `readPath` refuses counts as the upstream's, whose rules refuse it as well.
 */
export function pathOwner(own: readonly string[]): (target: string) => PathOwner {
  const folded = [...new Set(own.flatMap(foldedReadings))];
  const isOwn = (path: string): boolean => own.some((top) => isBelow(path, top));
  const isLikeOwn = (path: string): boolean => folded.some((top) => isBelow(path, top));

  return function ownerOf(target) {
    const query = target.indexOf('?');
    if (isOwn(query === -1 ? target : target.slice(0, query))) return 'ours';
    // A clean path has one reading.
    const clean = cleanPath(target, 0);
    if (clean !== undefined) return isLikeOwn(clean) ? 'unclear' : 'upstream';
    const read = readPath(target, { encodedSlashes: 'judge' });
    return read.ok && read.readings.some(({ path }) => isLikeOwn(path.toLowerCase())) ? 'unclear' : 'upstream';
  };
}

/** An issuer may have any path: other servers read it in as many ways as a request's. */
function foldedReadings(path: string): readonly string[] {
  const read = readPath(path, { encodedSlashes: 'judge' });
  return [path, ...(read.ok ? read.readings.map((reading) => reading.path) : [])].map((one) => one.toLowerCase());
}

const isBelow = (path: string, top: string): boolean =>
  path.startsWith(top) && (path.length === top.length || path.charCodeAt(top.length) === 0x2f);
