import type { ApiTokenRecord } from '../records/kinds/api-token.ts';
import type { EndedSessionRecord } from '../records/kinds/ended-session.ts';
import type { UserRecord } from '../records/kinds/user.ts';

/** A user with this name. */
export const someUser = (name: string, more: Partial<UserRecord> = {}): UserRecord => ({
  id: `u_${name.toLowerCase()}`,
  username: name,
  nameKey: name.toLowerCase(),
  role: 'user',
  state: 'active',
  emailConfirmed: false,
  epoch: 0,
  tokenEpoch: 0,
  rights: 0,
  createdAt: 1_000,
  updatedAt: 1_000,
  ...more,
});

/** A token of `u_ada` with this name. */
export const someToken = (name: string, more: Partial<ApiTokenRecord> = {}): ApiTokenRecord => ({
  id: `t_${name}`,
  userId: 'u_ada',
  name,
  hash: `hash of ${name}`,
  epoch: 0,
  createdAt: 1_000,
  ...more,
});

/** The note of a session of `u_ada` that ended. */
export const someEnded = (id: string, until: number): EndedSessionRecord => ({
  id,
  userId: 'u_ada',
  endedAt: 1,
  until,
});
