import { epochRaised, type Outliving } from '../services/user-epoch.ts';
import type { UserRecord, UserState } from '../stores/records/kinds/user.ts';

/** What to change of a user. A field that is absent stays as it is; `null` removes an address or a display name. */
export interface UserWish {
  readonly role?: string | undefined;
  readonly active?: boolean | undefined;
  readonly passwordHash?: string | undefined;
  readonly email?: string | null | undefined;
  /** Whether the address counts as confirmed. Default: false for a new address. */
  readonly emailConfirmed?: boolean | undefined;
  readonly displayName?: string | null | undefined;
  /** Ends every session. A change of password or activity does so too. */
  readonly endSessions?: boolean | undefined;
  /** Ends every API token. */
  readonly endTokens?: boolean | undefined;
  /** The session that is not ended. */
  readonly keep?: Outliving | undefined;
}

/** Whether `role` is below `than` on the ladder. */
export type IsLower = (role: string, than: string) => boolean;

/** For this long, in milliseconds, the deletion of a user that is deleted already counts as done: a client repeats it. */
const deletionRepeats = 86_400_000;

/** A pending or disabled user becomes active. A user who was never active stays pending instead of disabled. */
function stateOf(active: boolean | undefined, before: UserState): UserState {
  if (active === undefined) return before;
  if (active) return 'active';
  return before === 'pending' ? 'pending' : 'disabled';
}

function profileOf(user: UserRecord, { email, emailConfirmed, displayName }: UserWish) {
  const address = email === undefined ? user.email : (email ?? undefined);
  const isSame = address?.toLowerCase() === user.email?.toLowerCase();
  const confirmed = (isSame && user.emailConfirmed) || (email !== undefined && emailConfirmed === true);
  return {
    email: address,
    emailConfirmed: address !== undefined && confirmed,
    displayName: displayName === undefined ? user.displayName : (displayName ?? undefined),
  };
}

const fields = ['role', 'state', 'passwordHash', 'email', 'emailConfirmed', 'displayName'] as const;

function differs(a: UserRecord, b: UserRecord): boolean {
  return fields.some((field) => a[field] !== b[field]);
}

/** Whether a change deletes, deactivates or lowers the user, which voids what they have minted for others. */
export function losesRights(before: UserRecord, after: UserRecord, isLower: IsLower): boolean {
  const deactivated = before.state === 'active' && after.state !== 'active';
  return deactivated || isLower(after.role, before.role);
}

/**
 * The user as the wish makes it, or the very same object when nothing differs. A change of password or activity and
 * `endSessions` raise the epoch; a change of role ends nothing. `now` is the store's clock.
 */
export function edited<U extends UserRecord>(user: U, wish: UserWish, now: number, isLower: IsLower): U {
  const changed = {
    ...user,
    ...profileOf(user, wish),
    role: wish.role ?? user.role,
    state: stateOf(wish.active, user.state),
    passwordHash: wish.passwordHash ?? user.passwordHash,
  };
  const endsTokens = wish.endTokens === true;
  const endsSessions =
    wish.endSessions === true || changed.state !== user.state || changed.passwordHash !== user.passwordHash;
  if (!endsTokens && !endsSessions && !differs(user, changed)) return user;
  const raised = endsSessions ? epochRaised(changed, wish.keep, now) : changed;
  return {
    ...raised,
    tokenEpoch: user.tokenEpoch + (endsTokens ? 1 : 0),
    rights: user.rights + (losesRights(user, changed, isLower) ? 1 : 0),
    updatedAt: now,
  };
}

/** What remains of a deleted user: the name, so that nobody else gets it, and the counters that refuse what it held. */
export function removed(user: UserRecord, now: number): UserRecord {
  const { id, username, nameKey, role, epoch, tokenEpoch, rights, createdAt } = user;
  return {
    ...{ id, username, nameKey, role, createdAt },
    state: 'removed',
    emailConfirmed: false,
    epoch: epoch + 1,
    tokenEpoch: tokenEpoch + 1,
    rights: rights + 1,
    updatedAt: now,
  };
}

/** Whether a user was deleted within the last day, so that a repeated deletion succeeds. */
export const isRemovedLately = ({ state, updatedAt }: UserRecord, now: number): boolean =>
  state === 'removed' && now - updatedAt < deletionRepeats;
