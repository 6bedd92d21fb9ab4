import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import { isOfEpoch } from './standing.ts';

/** The session that outlives the raise of its user's epoch. `newId`: the id that it goes on with; its own is refused then. */
export type Outliving = Pick<SessionRecord, 'id' | 'epoch'> & Readonly<{ newId?: string | undefined }>;

/**
 * The user with a raised epoch: every session, access token and refresh token of before is refused, except those of the
 * session `keep`. A session that is not valid by the epoch of before is not kept. `now` is the store's clock.
 */
export function epochRaised<U extends UserRecord>(user: U, keep: Outliving | undefined, now: number): U {
  const epoch = user.epoch + 1;
  if (keep === undefined || !isOfEpoch(keep, user)) return { ...user, epoch, kept: undefined };
  const { id, newId } = keep;
  const kept = newId === undefined ? { id, epoch, at: now } : { id: newId, epoch, was: id, at: now };
  return { ...user, epoch, kept };
}
