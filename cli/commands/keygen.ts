import { randomBytes } from 'node:crypto';
import type { Output } from '../output.ts';

/** `keygen`: a new `SECRET_KEY`, 48 random bytes in URL-safe base64, and nothing else. */
export function keygen(out: Output): void {
  out.line(randomBytes(48).toString('base64url'));
}
