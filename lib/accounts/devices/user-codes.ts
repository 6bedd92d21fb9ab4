import { sha256 } from '../../crypto/digest.ts';
import { randomLetters } from '../../crypto/random.ts';

/** Consonants only, so that no code is a word (RFC 8628, 6.1). Eight of them are 34.5 bits. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
/** More than a code in any spelling. */
const longestTyped = 64;

/** Makes a user code as people type it: `WDJB-MJHT`. */
export function makeUserCode(): string {
  const code = randomLetters(letters, length);
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`;
}

/** The code of what somebody typed, in the form of `makeUserCode`; case, spaces and dashes do not matter. `undefined`: it is none. */
export function readUserCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > longestTyped) return undefined;
  const code = typed.replace(/[\s\p{Pd}]/gu, '');
  if (!/^[b-df-hj-np-tv-xz]{8}$/i.test(code)) return undefined;
  const upper = code.toUpperCase();
  return `${upper.slice(0, length / 2)}-${upper.slice(length / 2)}`;
}

/** SHA-256 of a code in the form of `makeUserCode`. */
export const userCodeHash = (code: string): string => sha256(code);
