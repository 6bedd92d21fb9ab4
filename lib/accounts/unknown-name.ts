import { createHmac } from 'node:crypto';
import type { Keyring } from '../crypto/keyring.ts';
import { typedKey } from './names.ts';

/**
 * What is kept of a name that nobody has: people type passwords there. `unknown:` and a digest under the secret key, the same
 * for every spelling of a name, so that equal ones can be told from different ones and nothing else. No user's name has a `:`.
 * After the secret key was rotated the same name has another digest.
 */
export function unknownNames(keyring: Keyring): (typed: string) => string {
  const [key = ''] = keyring.derive('unknown-names');
  return (typed) => {
    const digest = createHmac('sha256', key).update(typedKey(typed) ?? typed);
    return `unknown:${digest.digest('base64url').slice(0, 16)}`;
  };
}
