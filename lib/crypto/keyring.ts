import { hkdfSync } from 'node:crypto';
import { problemOfSecretKey } from './secret-key.ts';

export { loadSecretKeys } from './secret-key-file.ts';

/** Keys derived from the secret keys, a set for each use. */
export interface Keyring {
  /**
   * Returns the 32-byte keys for a use, in the order of the secrets: the first signs and encrypts, all verify and decrypt.
   * Each use has its own label (`session-cookie`, `signing-keys` …), so that a leaked key reveals none of another use.
   * Returns the same array on every call.
   */
  derive(label: string): readonly Buffer[];
}

/**
 * Makes a keyring of secrets (URL-safe base64, at least 32 bytes each, newest first), derived with HKDF-SHA-256
 * (RFC 5869). Throws `TypeError` for an empty list or a secret that is too short, without repeating it.
 */
export function keyring(secrets: readonly string[]): Keyring {
  const problem = secrets.length === 0 ? 'there is none' : secrets.map(problemOfSecretKey).find(Boolean);
  if (problem) throw new TypeError(`the secret key cannot be used: ${problem}`);
  const materials = secrets.map((secret) => Buffer.from(secret, 'base64url'));
  const derived = new Map<string, readonly Buffer[]>();

  return {
    derive(label) {
      const known = derived.get(label);
      if (known) return known;
      const keys = Object.freeze(materials.map((material) => derivedKey(material, label)));
      derived.set(label, keys);
      return keys;
    },
  };
}

function derivedKey(material: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', material, '', `gatewarden/${label}`, 32));
}
