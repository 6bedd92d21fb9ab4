import type { UserRecord, UserStore } from '../stores/records/users.ts';

/** The longest username. */
const longestName = 64;

/** The user with this username, in any case; undefined for an unknown name and for a value that is not text. */
export const userNamed = async (users: UserStore, username: unknown): Promise<UserRecord | undefined> =>
  typeof username === 'string' && username.length <= longestName ? users.byName(username.toLowerCase()) : undefined;
