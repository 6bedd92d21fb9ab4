import { randomBytes } from 'node:crypto';

const leastBytes = 32;

/** Makes a secret key: 48 random bytes as URL-safe base64. */
export function makeSecretKey(): string {
  return randomBytes(48).toString('base64url');
}

/** Returns what is wrong with a secret key, as half a sentence that does not repeat it; `undefined` when it is valid. */
export function problemOfSecretKey(secret: string): string | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(secret)) return 'it is not URL-safe base64';
  const bytes = Buffer.from(secret, 'base64url').length;
  return bytes < leastBytes ? `it holds ${bytes} bytes, at least ${leastBytes} are needed` : undefined;
}
