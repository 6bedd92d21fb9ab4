import type { UserView } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';

/** A user as it is shown. Names each field: what a record gains is not shown by itself. Frozen. */
export function viewOf(user: UserRecord): UserView {
  const { id, username, role, state, email, emailConfirmed, displayName, createdAt, updatedAt, lastLoginAt } = user;
  return Object.freeze({
    ...{ id, username, role, state, email, emailConfirmed, displayName, createdAt, updatedAt, lastLoginAt },
    active: state === 'active',
    hasPassword: user.passwordHash !== undefined,
  });
}
