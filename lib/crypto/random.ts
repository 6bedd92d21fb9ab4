import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// The largest multiple of 62 that a byte can hold: bytes above it would make some characters likelier than others.
const fair = 248;
const secretLength = 30;
const checksumLength = 6;

/** The kinds of secret that we hand out: API token, refresh token, client secret. */
export type TokenPrefix = 'gwt_' | 'gwr_' | 'gws_';

/** `length` characters of `0-9A-Za-z`, each drawn evenly from the system's randomness (5.95 bits a character). */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) if (byte < fair) text += alphabet[byte % 62];
  }
  return text;
}

function checksum(secret: string): string {
  let rest = crc32(secret);
  let text = '';
  for (; rest > 0; rest = Math.floor(rest / 62)) text = alphabet[rest % 62] + text;
  return text.padStart(checksumLength, '0');
}

/** A new token: the prefix, 30 random characters (178 bits), and 6 of their CRC-32 in base62. */
export function makeToken(prefix: TokenPrefix): string {
  const secret = randomBase62(secretLength);
  return prefix + secret + checksum(secret);
}

/**
 * Whether `token` has the form that `makeToken(prefix)` gives, checksum included: a mistyped token is refused without
 * a look-up. Says nothing about whether the token was ever issued.
 */
export function tokenIsWellFormed(token: string, prefix: TokenPrefix): boolean {
  if (token.length !== prefix.length + secretLength + checksumLength || !token.startsWith(prefix)) return false;
  const body = token.slice(prefix.length);
  return /^[0-9A-Za-z]+$/.test(body) && checksum(body.slice(0, secretLength)) === body.slice(secretLength);
}
