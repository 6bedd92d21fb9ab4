import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same text; takes the same time wherever they differ, and for any two lengths. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
