import type { UserView } from '../services.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';

/** The view of a user, frozen. Each field is named here, so that a new field of the record is not published by accident. */
export function viewOf(user: UserRecord): UserView {
  const { id, username, role, email, emailConfirmed, displayName, createdAt, updatedAt, lastLoginAt } = user;
  const state = user.state === 'removed' ? 'disabled' : user.state;
  return Object.freeze({
    ...{ id, username, role, state, email, emailConfirmed, displayName, createdAt, updatedAt, lastLoginAt },
    active: state === 'active',
    hasPassword: user.passwordHash !== undefined,
  });
}
