import { createHmac } from 'node:crypto';
import { nameKey } from './accounts/names.ts';
import { ensureSuperuser } from './accounts/superuser.ts';
import { equalSecrets } from './crypto/constant-time.ts';
import type { Keyring } from './crypto/keyring.ts';
import { randomBase62 } from './crypto/random.ts';
import { SettingsError } from './errors.ts';
import type { FirstAdmin } from './services.ts';
import type { Settings } from './settings/settings.ts';
import type { FactStore, UserStore } from './stores/contracts.ts';
import type { Ladder } from './types.ts';

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
export async function checkSecretKey(facts: FactStore, keys: Keyring): Promise<void> {
  const values = checkValues(keys);
  const [newest = ''] = values;
  const kept = await facts.putIfAbsent(secretKeyFact, newest);
  mustBeOneOf(values, kept);
  if (!equalSecrets(kept, newest)) await facts.put(secretKeyFact, newest);
}

/** The same for who only looks: nothing is written, and a store that has no check value yet takes any key. */
export async function compareSecretKey(facts: Pick<FactStore, 'get'>, keys: Keyring): Promise<void> {
  const kept = await facts.get(secretKeyFact);
  if (kept !== undefined) mustBeOneOf(checkValues(keys), kept);
}

/** Makes the admin that the environment names, while there is none. Throws `SettingsError` where that cannot be. */
export async function makeSuperuser(firstAdmin: FirstAdmin, settings: Settings, ladder: Ladder): Promise<void> {
  const made = await ensureSuperuser(firstAdmin, settings, ladder);
  if (made.ok) return;
  const { problems = [], detail = made.refusal.code } = made.refusal;
  const told = problems.map(
    (one) => `${one.field === 'password' ? 'SUPERUSER_PASSWORD' : 'SUPERUSER'}: ${one.problem}`,
  );
  throw new SettingsError(told.length > 0 ? told : [`SUPERUSER: ${detail}`]);
}

/** The user that auto-login acts as where the settings name none. */
export const localUser = 'local';

/** Whom auto-login acts as; a user `local`, without a password, is made where nobody is named. */
export async function autoLoginName(users: UserStore, settings: Settings, now: number): Promise<string> {
  const named = settings.autoLoginUser ?? settings.superuser;
  if (named !== undefined) return nameKey(named);
  await users.insert({
    id: `u_${randomBase62(20)}`,
    username: localUser,
    nameKey: localUser,
    role: settings.autoLoginRole,
    state: 'active',
    emailConfirmed: false,
    displayName: 'Local user',
    epoch: 0,
    createdAt: now,
    updatedAt: now,
  });
  return localUser;
}
