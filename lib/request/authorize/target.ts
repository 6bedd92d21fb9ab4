/** What one pass over a path finds. Nothing found: the path is clean and every reader reads it alike. */
export const seen = Object.freeze({
  /** Upper case: read as it is, and folded. */
  upper: 1,
  /** Percent signs, params, empty segments, dots and the like at the ends of segments: several readings. */
  odd: 2,
  /** Characters that may not be there. */
  unreadable: 4,
});

const [slash, dot] = [0x2f, 0x2e];

const marks: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (code <= 0x20 || code > 0x7e || character === '\\' || character === '#') return seen.unreadable;
  if (character === '%' || character === ';') return seen.odd;
  return character >= 'A' && character <= 'Z' ? seen.upper : 0;
});

/** Looks at a path once, character by character, and tells what it has: the flags of `seen`. */
export function survey(path: string): number {
  let found = 0;
  let before = 0;
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    found |= marks[code] ?? seen.unreadable;
    if (code === slash ? before === slash || before === dot : code === dot && before === slash) found |= seen.odd;
    before = code;
  }
  return before === dot || (before === slash && path.length > 1) ? found | seen.odd : found;
}

/**
 * The path of a request target: the query cut off, of an absolute target what follows the authority.
 * `undefined` when it is neither; `*` stays `*`.
 */
export function pathOf(target: string): string | undefined {
  const query = target.indexOf('?');
  const whole = query === -1 ? target : target.slice(0, query);
  if (whole.charCodeAt(0) === slash || target === '*') return whole;
  const absolute = /^https?:\/\/[^/#\\]*/i.exec(whole);
  return absolute === null ? undefined : whole.slice(absolute[0].length) || '/';
}
