import { createHmac, timingSafeEqual } from 'node:crypto';

const idForm = /^[0-9A-Za-z]{32,128}$/;
// HMAC-SHA-256 in base64 without its padding.
const signatureLength = 43;

function isSignatureOf(id: string, signature: Buffer, secret: string): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(id).digest('base64').slice(0, signatureLength));
  return timingSafeEqual(expected, signature);
}

/**
 * Returns the secret session id in a cookie value of express-session (`s:<id>.<signature>`, URL-decoded) when one of the
 * secrets signed it, else undefined. Tries every secret, in constant time.
 */
export function signedSessionId(cookieValue: string, secrets: readonly string[]): string | undefined {
  const dot = cookieValue.lastIndexOf('.');
  if (!cookieValue.startsWith('s:') || dot === -1) return undefined;
  const id = cookieValue.slice(2, dot);
  const signature = Buffer.from(cookieValue.slice(dot + 1));
  if (!idForm.test(id) || signature.length !== signatureLength) return undefined;
  return secrets.filter((secret) => isSignatureOf(id, signature, secret)).length > 0 ? id : undefined;
}

/** Returns the cookie value that express-session gives a session id, signed with `secret`. For `testGate`. */
export function signSessionId(id: string, secret: string): string {
  return `s:${id}.${createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')}`;
}
