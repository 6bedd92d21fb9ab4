import type { UserRecord, UserStore } from '../stores/records/users.ts';

/** Longer ones are nobody's name. */
const longestName = 64;

/** The user whom a username names, in any case. What callers give may be anything. */
export const userNamed = async (users: UserStore, username: unknown): Promise<UserRecord | undefined> =>
  typeof username === 'string' && username.length <= longestName ? users.byName(username.toLowerCase()) : undefined;
