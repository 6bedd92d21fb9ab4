/** Flags of what one pass over a path finds. Without any, every service reads the path alike. */
export const pathFlag = Object.freeze({
  /** Upper case: read as it is, and folded. */
  upper: 1,
  /** Percent signs, params, empty segments, dots and the like at the ends of segments: several readings. */
  odd: 2,
  /** Characters that a path must not have. */
  unreadable: 4,
});

const [slash, dot] = [0x2f, 0x2e];

const marks: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (code <= 0x20 || code > 0x7e || character === '\\' || character === '#') return pathFlag.unreadable;
  if (character === '%' || character === ';') return pathFlag.odd;
  return character >= 'A' && character <= 'Z' ? pathFlag.upper : 0;
});

/** Scans a path once and returns the flags of `pathFlag` that apply. */
export function scanPath(path: string): number {
  let found = 0;
  let before = 0;
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    found |= marks[code] ?? pathFlag.unreadable;
    if (code === slash ? before === slash || before === dot : code === dot && before === slash) found |= pathFlag.odd;
    before = code;
  }
  return before === dot || (before === slash && path.length > 1) ? found | pathFlag.odd : found;
}

/**
 * The path of a request target, without the query; of an absolute target what follows the authority.
 * `undefined` when it is neither; `*` stays `*`.
 */
export function pathOf(target: string): string | undefined {
  const query = target.indexOf('?');
  const whole = query === -1 ? target : target.slice(0, query);
  if (whole.charCodeAt(0) === slash || target === '*') return whole;
  const absolute = /^https?:\/\/[^/#\\]*/i.exec(whole);
  return absolute === null ? undefined : whole.slice(absolute[0].length) || '/';
}
