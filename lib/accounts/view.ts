import type { UserView } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';

/** A user as it is shown: without hash, epoch and ended sessions. Frozen. */
export function viewOf(user: UserRecord): UserView {
  const { passwordHash, nameKey: _key, epoch: _epoch, ended: _ended, ...shown } = user;
  return Object.freeze({ ...shown, active: user.state === 'active', hasPassword: passwordHash !== undefined });
}
