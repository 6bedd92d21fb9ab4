import { createHmac } from 'node:crypto';
import type { Keyring } from '../crypto/keyring.ts';
import { typedKey } from './names.ts';

/**
 * Returns a pseudonym for a name that no user has, since users type passwords into that field by mistake: `unknown:` and a
 * digest with the secret key, the same for every spelling of a name. It shows which names are equal, and nothing else. No
 * username has a `:`. After the secret key is rotated a name has another digest.
 */
export function unknownNames(keyring: Keyring): (typed: string) => string {
  const [key = ''] = keyring.derive('unknown-names');
  return (typed) => {
    const digest = createHmac('sha256', key).update(typedKey(typed) ?? typed);
    return `unknown:${digest.digest('base64url').slice(0, 16)}`;
  };
}
