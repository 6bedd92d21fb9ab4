import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const version = 'v1.';
const nonceLength = 12;
const tagLength = 16;

/** Encrypts small texts for storage, with authentication. */
export interface SecretBox {
  /** Encrypts with the first key: `v1.` and base64url. Every result is different. */
  seal(text: string): string;
  /** Decrypts; returns `undefined` when no key opens it or it is damaged. */
  open(sealed: string): string | undefined;
  /** Whether the first key opens it. What only an older key opens is lost when that key is dropped. */
  isCurrent(sealed: string): boolean;
}

/**
 * Makes a box of keys (32 bytes each, see `keyring`): the first encrypts, all decrypt. AES-256-GCM with a random
 * 96-bit nonce (NIST SP 800-38D). Throws `TypeError` for an empty list or a key of another length.
 */
export function secretBox(keys: readonly Buffer[]): SecretBox {
  const [first] = keys;
  if (!first || keys.some((key) => key.length !== 32)) throw new TypeError('a secret box needs keys of 32 bytes');
  return {
    seal: (text) => version + sealWith(first, text).toString('base64url'),
    open(sealed) {
      const bytes = bytesOf(sealed);
      return bytes && firstText(keys, bytes);
    },
    isCurrent(sealed) {
      const bytes = bytesOf(sealed);
      return bytes !== undefined && openWith(first, bytes) !== undefined;
    },
  };
}

function sealWith(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
}

function bytesOf(sealed: string): Buffer | undefined {
  if (!sealed.startsWith(version)) return undefined;
  const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
  // Node's decoder skips invalid characters; a text must have only one encoding.
  const canonical = bytes.toString('base64url') === sealed.slice(version.length);
  return canonical && bytes.length >= nonceLength + tagLength ? bytes : undefined;
}

function firstText(keys: readonly Buffer[], bytes: Buffer): string | undefined {
  for (const key of keys) {
    const text = openWith(key, bytes);
    if (text !== undefined) return text;
  }
  return undefined;
}

function openWith(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
  decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
  const start = decipher.update(bytes.subarray(nonceLength + tagLength));
  try {
    return Buffer.concat([start, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
