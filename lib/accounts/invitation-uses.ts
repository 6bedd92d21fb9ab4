import { sha256 } from '../crypto/digest.ts';
import { tokenIsWellFormed } from '../crypto/random.ts';
import type { Result } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { type InvitationRecord, invitationKind } from '../stores/records/kinds/invitation.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Decide, Records, Versioned } from '../stores/records/records.ts';
import type { Ladder } from '../types.ts';
import { addedWithin, claimed, hasUseLeft, overdueUsers, released, roleGiven, settled } from './invitation-rules.ts';
import { invitersIn } from './inviters.ts';
import { addUser } from './new-user.ts';

/** What a code gives to who signs up with it now. */
export type Offer = Readonly<{
  invitation: InvitationRecord;
  role: string;
  /** Whether an admin stands behind it: the account is active at once. */
  byAdmin: boolean;
}>;

/** Uses of invitations. Each is a saga of three writes: claim a use, add the user, settle the use. */
export interface InvitationUses {
  /**
   * What a code gives; `undefined` for one that is unknown, expired, withdrawn, used up, or void since its inviter lost their rights.
   */
  offerOf(code: string): Promise<Offer | undefined>;
  /**
   * Adds a user in the name of an invitation: `undefined` when it has no use left. Otherwise as `addUser`. A process that dies after
   * the claim leaves the use free again in a minute; one that dies after the user was added leaves it used.
   */
  addInvited(invitation: InvitationRecord, user: UserRecord): Promise<Result<Versioned<UserRecord>> | undefined>;
}

type Dependencies = Readonly<{ records: Records; bus: InvalidationBus; ladder: Ladder }>;

export function invitationUses({ records, bus, ladder }: Dependencies): InvitationUses {
  const inviters = invitersIn(records, ladder);

  const change = async <A>(id: string, decide: Decide<InvitationRecord, A>): Promise<A | undefined> => {
    const changed = await records.change(invitationKind, id, decide);
    return changed.kind === 'done' ? changed.answer : undefined;
  };

  /** Users of uses that nothing may come of any more, who are not there. */
  async function goneFrom(invitation: InvitationRecord): Promise<ReadonlySet<string>> {
    const overdue = overdueUsers(invitation, records.now());
    const users = overdue.length === 0 ? [] : await records.getMany(userKind, overdue);
    return new Set(overdue.filter((_, at) => users[at] === undefined));
  }

  async function offerOf(code: string): Promise<Offer | undefined> {
    if (!tokenIsWellFormed(code, 'gwi_')) return undefined;
    const invitation = await records.byKey(invitationKind, 'hash', sha256(code));
    if (invitation === undefined) return undefined;
    if (!hasUseLeft(invitation, await goneFrom(invitation), records.now())) return undefined;
    const behind = await inviters.roleBehind(invitation);
    const role = behind === undefined ? undefined : roleGiven(ladder, invitation.role, behind);
    if (behind === undefined || role === undefined) return undefined;
    return { invitation, role, byAdmin: ladder.atLeast(behind, ladder.rung('admin')) };
  }

  /** A claim that was free again before the user was added may be another's: the user goes. */
  async function settle(id: string, user: Versioned<UserRecord>): Promise<boolean> {
    if (await change(id, settled(user.id))) return true;
    await records.change(userKind, user.id, () => ({ kind: 'remove', answer: undefined }));
    await bus.publish({ kind: 'user', id: user.id, version: user.version + 1 });
    return false;
  }

  async function addInvited(invitation: InvitationRecord, user: UserRecord) {
    const at = await change(invitation.id, claimed(user.id, await goneFrom(invitation)));
    if (at === undefined) return undefined;
    const added = await addUser(records, user, { between: [at - addedWithin, at + addedWithin] });
    if (added.ok) return (await settle(invitation.id, added.value)) ? added : undefined;
    await change(invitation.id, released(user.id));
    return added;
  }

  return { offerOf, addInvited };
}
