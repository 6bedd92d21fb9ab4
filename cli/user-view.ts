import type { UserView } from 'gatewarden';
import type { Row } from './output.ts';

const when = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
const minute = (at: number | undefined) => (at === undefined ? 'never' : `${new Date(at).toISOString().slice(0, 16)}Z`);

/** A user for `-o json`: field names of the API, times in ISO 8601. */
export const userData = (user: UserView) => ({
  username: user.username,
  role: user.role,
  active: user.active,
  state: user.state,
  email: user.email,
  display_name: user.displayName,
  has_password: user.hasPassword,
  created_at: when(user.createdAt),
  last_login_at: when(user.lastLoginAt),
});

export const userColumns = ['username', 'role', 'state', 'email', 'name', 'last sign-in'] as const;

/** A user for tables; times are in UTC. */
export const userRow = (user: UserView): Row => ({
  username: user.username,
  role: user.role,
  state: user.state,
  email: user.email ?? '',
  name: user.displayName ?? '',
  'last sign-in': minute(user.lastLoginAt),
});
