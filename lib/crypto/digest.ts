import { hash } from 'node:crypto';

/** SHA-256 of a text (UTF-8), as base64url without padding: how tokens and session ids are kept. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
