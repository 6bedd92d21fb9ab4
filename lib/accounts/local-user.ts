import { randomBase62 } from '../crypto/random.ts';
import type { Settings } from '../settings/settings.ts';
import type { UserStore } from '../stores/records/users.ts';
import { nameKey } from './names.ts';

/** The username of auto-login when the settings name none. */
export const localUser = 'local';

/** The name key of the auto-login user. Creates a user `local` without a password when the settings name none. */
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
