import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { RecordReader, Versioned } from '../stores/records/records.ts';

/** The longest username. */
const longestName = 64;

const unlessRemoved = (user: Versioned<UserRecord> | undefined) => (user?.state === 'removed' ? undefined : user);

/** The user with this id; undefined for one that was deleted. */
export const userWithId = async (records: RecordReader, id: string): Promise<Versioned<UserRecord> | undefined> =>
  unlessRemoved(await records.get(userKind, id));

/** The user with this username, in any case; undefined for an unknown name and for a value that is not text. */
export async function userWithName(
  records: RecordReader,
  username: unknown,
): Promise<Versioned<UserRecord> | undefined> {
  if (typeof username !== 'string' || username.length > longestName) return undefined;
  return unlessRemoved(await records.byKey(userKind, 'name', username.toLowerCase()));
}
