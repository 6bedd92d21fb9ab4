import { userWithName } from '../services/named-user.ts';
import type { Settings } from '../settings/settings.ts';
import type { Records } from '../stores/records/records.ts';
import { adminsIn } from './admins.ts';
import { nameKey } from './names.ts';
import { addUser, newRecord } from './new-user.ts';
import { userWriter } from './user-writer.ts';

/** The username of auto-login when the settings name none. */
export const localUser = 'local';

/**
 * The name key of the auto-login user. Creates a user `local` without a password when the settings name none.
 * `adminRole`: the role of admins on the ladder.
 */
export async function autoLoginName(records: Records, settings: Settings, adminRole: string): Promise<string> {
  const named = settings.autoLoginUser ?? settings.superuser;
  if (named !== undefined) return nameKey(named);
  const user = {
    username: localUser,
    role: settings.autoLoginRole,
    state: 'active',
    displayName: 'Local user',
  } as const;
  await addUser(records, newRecord(user, records.now()));
  const admins = adminsIn(records, adminRole);
  const local = await userWithName(records, localUser);
  if (local !== undefined && admins.isOne(local)) await userWriter(records, admins).settle(local);
  return localUser;
}
