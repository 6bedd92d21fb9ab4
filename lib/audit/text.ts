import { replaceHazards } from '../text.ts';

/**
 * Returns the text as it may be stored and shown: well-formed, without hazardous characters, at most `bound` UTF-16 units
 * long.
 */
export function plainText(text: string, bound: number): string {
  // Cut first, so that a huge text is not searched. A surrogate pair that is cut in two becomes U+FFFD.
  return replaceHazards(text.slice(0, bound).toWellFormed());
}
