import { createHmac } from 'node:crypto';
import { SettingsError } from '../errors.ts';
import { equalSecrets } from './constant-time.ts';
import type { Keyring } from './keyring.ts';

/** Where the check value is stored: `factsIn` returns this form. */
interface KeptFacts {
  get(name: string): Promise<string | undefined>;
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

/** The name of the fact that holds the check value of `SECRET_KEY`. */
export const secretKeyFact = 'secret-key-check';

/** The check values of these keys, newest first. */
export const checkValues = (keys: Keyring): string[] =>
  keys.derive('key-check').map((key) => createHmac('sha256', key).update(secretKeyFact).digest('base64url'));

function mustBeOneOf(values: readonly string[], kept: string): void {
  if (values.some((value) => equalSecrets(kept, value))) return;
  throw new SettingsError([
    'SECRET_KEY: the store was made with another key; give that one, or both with the new one first',
  ]);
}

/**
 * Rejects with `SettingsError` when `SECRET_KEY` is not the one that the store was created with, before it signs or encrypts
 * anything. The check value is updated to the newest key, so that older ones can be dropped after a rotation.
 */
export async function checkSecretKey(facts: KeptFacts, keys: Keyring): Promise<void> {
  const values = checkValues(keys);
  const [newest = ''] = values;
  const kept = await facts.putIfAbsent(secretKeyFact, newest);
  mustBeOneOf(values, kept);
  if (!equalSecrets(kept, newest)) await facts.put(secretKeyFact, newest);
}

/** The same without writing. A store without a check value accepts any key. */
export async function compareSecretKey(facts: Pick<KeptFacts, 'get'>, keys: Keyring): Promise<void> {
  const kept = await facts.get(secretKeyFact);
  if (kept !== undefined) mustBeOneOf(checkValues(keys), kept);
}
