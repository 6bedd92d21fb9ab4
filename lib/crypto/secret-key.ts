import { randomBytes } from 'node:crypto';

const leastBytes = 32;

/** A new secret key: 48 random bytes, URL-safe base64. */
export function makeSecretKey(): string {
  return randomBytes(48).toString('base64url');
}

/** What is wrong with one secret key, as half a sentence that does not contain it; undefined when nothing is. */
export function problemOfSecretKey(secret: string): string | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(secret)) return 'it is not URL-safe base64';
  const bytes = Buffer.from(secret, 'base64url').length;
  return bytes < leastBytes ? `it holds ${bytes} bytes, at least ${leastBytes} are needed` : undefined;
}
