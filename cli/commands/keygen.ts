import { randomBytes } from 'node:crypto';
import type { Output } from '../output.ts';

/** `keygen`: prints a new `SECRET_KEY`, 48 random bytes in URL-safe base64; `{secret_key}` with `-o json`. */
export function keygen(out: Output): void {
  const key = randomBytes(48).toString('base64url');
  out.line(key, { secret_key: key });
}
