import { hash } from 'node:crypto';

/** SHA-256 of a text (UTF-8) as base64url without padding. Tokens and session ids are stored in this form. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
