import { compactVerify } from 'jose';
import type { Key } from './key.ts';

/** The longest token that is read, in characters. */
export const longestToken = 8192;
const base64url = /^[A-Za-z0-9_-]+$/;
/** The only header fields that are signed here; others (`crit`, `jwk`, `jku`, `x5u`, `b64` …) are refused. */
const headerNames: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);

/** A parsed compact JWS, not verified. */
export type Jws = Readonly<{ text: string; header: Readonly<Record<string, string>> }>;

/** Canonical base64url only: decoders ignore stray bits at the end, so several texts would be the same token. */
const isCanonical = (part: string) =>
  base64url.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;

/** Parses bytes of UTF-8 as a JSON object; returns `undefined` for anything else. */
export function jsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isOurHeader(header: Readonly<Record<string, unknown>>): header is Readonly<Record<string, string>> {
  return Object.entries(header).every(([name, value]) => headerNames.has(name) && typeof value === 'string');
}

/** Parses a compact JWS (RFC 7515): three parts of canonical base64url, and a header of `alg`, `kid` and `typ` only. */
export function readJws(text: string): Jws | undefined {
  if (text.length > longestToken) return undefined;
  const parts = text.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;
  const header = jsonObject(Buffer.from(parts[0] ?? '', 'base64url'));
  return header !== undefined && isOurHeader(header) ? { text, header } : undefined;
}

/** Returns the payload if it is signed with the key and the key's own algorithm, which the header must name. */
export async function verifiedPayload(jws: Jws, key: Key): Promise<Uint8Array | undefined> {
  if (jws.header.alg !== key.algorithm) return undefined;
  try {
    return (await compactVerify(jws.text, key.key, { algorithms: [key.algorithm] })).payload;
  } catch {
    return undefined;
  }
}
