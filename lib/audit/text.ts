// C0 and C1 control characters, line and paragraph separators, bidirectional marks, zero-width characters, BOM: what
// would move a cursor, start a line or turn the reading direction where the log is shown.
const troublesome = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * A text that may be kept and shown: well-formed, without control, line-breaking and bidirectional characters, at most
 * `bound` UTF-16 units long.
 */
export function plainText(text: string, bound: number): string {
  // Cut first, so that a huge text is not searched through; a pair that is cut in two becomes U+FFFD.
  return text.slice(0, bound).toWellFormed().replace(troublesome, '');
}
