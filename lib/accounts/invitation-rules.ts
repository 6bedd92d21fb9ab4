import type { InvitationRecord } from '../stores/records/kinds/invitation.ts';
import type { Change, Decide } from '../stores/records/records.ts';
import type { Ladder } from '../types.ts';

/** For this long, in milliseconds, a use is kept for a user who is not there yet: the sign-up may still be under way. */
const reservedFor = 60_000;
/** How long after the claim the user may be added. Much shorter, so that a use that is free again was not slow but abandoned. */
export const addedWithin = 30_000;

type Use = InvitationRecord['usedBy'][number];

const keep = <A>(answer: A): Change<InvitationRecord, A> => ({ kind: 'keep', answer });
const put = <A>(record: InvitationRecord, answer: A): Change<InvitationRecord, A> => ({ kind: 'put', record, answer });

/** Whether an invitation was neither withdrawn nor has expired. */
export const isOpen = ({ endedAt, expiresAt }: Pick<InvitationRecord, 'endedAt' | 'expiresAt'>, now: number): boolean =>
  endedAt === undefined && expiresAt > now;

/** Whether nothing may come of a use any more. A clock that was set counts in both directions. */
const isOverdue = ({ at, done }: Use, now: number): boolean => done !== true && Math.abs(now - at) >= reservedFor;

/** Those of whom it must be known whether they exist, to tell how many uses are left. */
export const overdueUsers = ({ usedBy }: InvitationRecord, now: number): string[] =>
  usedBy.filter((use) => isOverdue(use, now)).map(({ userId }) => userId);

/** The uses that count. `gone`: ids without a user, of those in `overdueUsers`. */
const usesOf = ({ usedBy }: InvitationRecord, gone: ReadonlySet<string>, now: number): Use[] =>
  usedBy.filter((use) => !(isOverdue(use, now) && gone.has(use.userId)));

/** Whether an invitation can be used once more. */
export const hasUseLeft = (invitation: InvitationRecord, gone: ReadonlySet<string>, now: number): boolean =>
  isOpen(invitation, now) && usesOf(invitation, gone, now).length < invitation.uses;

/** Claims a use for a user who is to be added within `addedWithin`. The answer: when it was claimed; `undefined`: no use is left. */
export const claimed =
  (userId: string, gone: ReadonlySet<string>): Decide<InvitationRecord, number | undefined> =>
  (invitation, now) => {
    if (invitation === undefined || !hasUseLeft(invitation, gone, now)) return keep(undefined);
    return put({ ...invitation, usedBy: [...usesOf(invitation, gone, now), { userId, at: now }] }, now);
  };

/** Gives a claim up: nothing came of it. */
export const released =
  (userId: string): Decide<InvitationRecord, undefined> =>
  (invitation) => {
    const left = invitation?.usedBy.filter((use) => use.userId !== userId || use.done === true);
    if (invitation === undefined || left?.length === invitation.usedBy.length) return keep(undefined);
    return put({ ...invitation, usedBy: left ?? [] }, undefined);
  };

/** Notes that the user of a claim was added. The answer: false when the claim was free again meanwhile, so another may have it. */
export const settled =
  (userId: string): Decide<InvitationRecord, boolean> =>
  (invitation) => {
    if (invitation === undefined) return keep(true);
    const claim = invitation.usedBy.find((use) => use.userId === userId);
    if (claim === undefined || claim.done === true) return keep(claim !== undefined);
    const usedBy = invitation.usedBy.map((use): Use => (use === claim ? { ...use, done: true } : use));
    return put({ ...invitation, usedBy }, true);
  };

/** Withdraws an invitation. The answer: whether it had not been withdrawn before. */
export const withdrawn: Decide<InvitationRecord, boolean> = (invitation, now) => {
  if (invitation === undefined || invitation.endedAt !== undefined) return keep(false);
  return put({ ...invitation, endedAt: now }, true);
};

/** Whether one with the role `own` may invite for `role`: an admin for any, an operator for those below their own. */
export function mayInviteFor(ladder: Ladder, role: string, own: string): boolean {
  if (ladder.atLeast(own, ladder.rung('admin'))) return true;
  return ladder.atLeast(own, ladder.rung('operator')) && ladder.position(role) < ladder.position(own);
}

/** The role of who uses an invitation: at most what the inviter may give now. `undefined`: they may give none. */
export function roleGiven(ladder: Ladder, role: string, own: string): string | undefined {
  if (!ladder.atLeast(own, ladder.rung('operator'))) return undefined;
  const isAdmin = ladder.atLeast(own, ladder.rung('admin'));
  const highest = isAdmin ? own : ladder.names[ladder.position(own) - 1];
  return highest === undefined ? undefined : ladder.lower(role, highest);
}
