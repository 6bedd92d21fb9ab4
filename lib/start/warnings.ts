import { localUser } from '../accounts/local-user.ts';
import type { Log } from '../log.ts';
import { userWithName } from '../services/named-user.ts';
import { warningsOf } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { Records } from '../stores/records/records.ts';
import type { Ladder } from '../types.ts';

type Dependencies = Readonly<{ settings: Settings; records: Records; ladder: Ladder; log: Log }>;

/** Logs warnings about settings that are rarely intended, and about auto-login that signs nobody in. */
export async function warnAtStart({ settings, records, ladder, log }: Dependencies): Promise<void> {
  for (const warning of warningsOf(settings)) log.warn({}, warning);
  if (!settings.authEnabled || !settings.autoLogin) return;
  const named = settings.autoLoginUser ?? settings.superuser;
  const username = named ?? localUser;
  const user = await userWithName(records, username);
  if (user?.state !== 'active') {
    return log.warn({ user: username }, 'AUTO_LOGIN signs nobody in: there is no active user of that name');
  }
  const { role } = user;
  // The local user keeps the role that it was created with: an admin may have lowered it since, so it is not raised here.
  if (named === undefined && !ladder.atLeast(role, settings.autoLoginRole)) {
    log.warn({ user: username, role }, 'AUTO_LOGIN_ROLE is above the role that the user of AUTO_LOGIN has');
  }
}
