import { createHmac } from 'node:crypto';
import { SettingsError } from '../errors.ts';
import { equalSecrets } from './constant-time.ts';
import type { Keyring } from './keyring.ts';

/** Where the check value is kept: `stores.facts` fits. */
interface KeptFacts {
  get(name: string): Promise<string | undefined>;
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

/** The fact that holds the check value of `SECRET_KEY`. */
export const secretKeyFact = 'secret-key-check';

/** What that fact may be with these keys, newest first. */
export const checkValues = (keys: Keyring): string[] =>
  keys.derive('key-check').map((key) => createHmac('sha256', key).update(secretKeyFact).digest('base64url'));

function mustBeOneOf(values: readonly string[], kept: string): void {
  if (values.some((value) => equalSecrets(kept, value))) return;
  throw new SettingsError([
    'SECRET_KEY: the store was made with another key; give that one, or both with the new one first',
  ]);
}

/**
 * Finds a `SECRET_KEY` that is not the one the store was made with, before it can sign or encrypt anything. The check
 * value follows the newest key, so that the older ones can be dropped after a rotation.
 */
export async function checkSecretKey(facts: KeptFacts, keys: Keyring): Promise<void> {
  const values = checkValues(keys);
  const [newest = ''] = values;
  const kept = await facts.putIfAbsent(secretKeyFact, newest);
  mustBeOneOf(values, kept);
  if (!equalSecrets(kept, newest)) await facts.put(secretKeyFact, newest);
}

/** The same for who only looks: nothing is written, and a store that has no check value yet takes any key. */
export async function compareSecretKey(facts: Pick<KeptFacts, 'get'>, keys: Keyring): Promise<void> {
  const kept = await facts.get(secretKeyFact);
  if (kept !== undefined) mustBeOneOf(checkValues(keys), kept);
}
