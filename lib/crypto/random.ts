import { randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// The largest multiple of 62 in a byte: using larger bytes would make some characters more likely than others.
const fair = 248;
const secretLength = 30;
const checksumLength = 6;

/** The prefixes of API tokens, refresh tokens, client secrets and invitations. */
export type TokenPrefix = 'gwt_' | 'gwr_' | 'gws_' | 'gwi_';

/** Returns `length` characters of `0-9A-Za-z`, uniformly random (5.95 bits per character). */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) if (byte < fair) text += alphabet[byte % 62];
  }
  return text;
}

/** Returns `length` characters of `letters`, uniformly random. */
export const randomLetters = (letters: string, length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('');

function checksum(secret: string): string {
  let rest = crc32(secret);
  let text = '';
  for (; rest > 0; rest = Math.floor(rest / 62)) text = alphabet[rest % 62] + text;
  return text.padStart(checksumLength, '0');
}

/**
 * Makes a token: the prefix, 30 random characters (178 bits), and 6 characters of their CRC-32 in base62. `beginning`: the
 * first of the 30 characters, when they are given.
 */
export function makeToken(prefix: TokenPrefix, beginning = ''): string {
  const secret = beginning + randomBase62(secretLength - beginning.length);
  return prefix + secret + checksum(secret);
}

/**
 * Whether `token` has the form of `makeToken(prefix)`, including the checksum, so that a mistyped token is refused without
 * a look-up. Does not tell whether the token was issued.
 */
export function tokenIsWellFormed(token: string, prefix: TokenPrefix): boolean {
  if (token.length !== prefix.length + secretLength + checksumLength || !token.startsWith(prefix)) return false;
  const body = token.slice(prefix.length);
  return /^[0-9A-Za-z]+$/.test(body) && checksum(body.slice(0, secretLength)) === body.slice(secretLength);
}
