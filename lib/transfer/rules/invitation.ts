import { clientIdIn, clientKind } from '../../stores/records/kinds/client.ts';
import type { InvitationRecord } from '../../stores/records/kinds/invitation.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs, type Refusal, refused } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import { recordsWith } from '../unreadable.ts';
import { usersGone } from './api-token.ts';

const inviterGone = refused('the user or client who made it is not there');
const withdrawn = refused('it was withdrawn here since');
const used = refused('it was used here since');
const other = refused('it is there already, and has another code or was made by another');

const origin = ({ hash, inviter, makers = [] }: InvitationRecord) =>
  JSON.stringify([hash, inviter?.id, inviter?.role, makers]);

/** Whether every use of one is a use of the other: uses that are done there are done here. */
const includesUses = ({ usedBy: all }: InvitationRecord, { usedBy }: InvitationRecord): boolean =>
  usedBy.every(({ userId, done }) => all.some((use) => use.userId === userId && (use.done === true || done !== true)));

/** What becomes of an invitation that is there. One that was withdrawn or used since the export stays so. */
export function mergedInvitation(
  given: InvitationRecord,
  there: InvitationRecord,
  replace: boolean,
): InvitationRecord | Refusal {
  if (origin(given) !== origin(there)) return other;
  if (there.endedAt !== undefined && given.endedAt === undefined) return withdrawn;
  if (!includesUses(given, there)) return used;
  return replace ? given : differs;
}

/** An invitation comes in after who made it; one that was withdrawn gives nothing, and comes in alone. */
export function invitationRule(records: Records, replace: boolean): Rule<InvitationRecord> {
  async function clientsGone(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await recordsWith(records, clientKind, ids);
    const isThere = (client: (typeof found)[number]) => typeof client === 'object' && client.state !== 'removed';
    return new Set(ids.filter((_, at) => !isThere(found[at])));
  }

  async function gone(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const unique = [...new Set(ids)];
    const isClient = (id: string) => clientIdIn(id) !== undefined;
    const users = await usersGone(
      records,
      unique.filter((id) => !isClient(id)),
    );
    return new Set([...users, ...(await clientsGone(unique.filter(isClient)))]);
  }

  return {
    async admit(invitations) {
      const live = invitations.filter(({ endedAt }) => endedAt === undefined);
      const absent = await gone(live.flatMap(({ inviter }) => inviter?.id ?? []));
      return invitations.map(({ endedAt, inviter }) =>
        endedAt === undefined && inviter !== undefined && absent.has(inviter.id) ? inviterGone : undefined,
      );
    },
    merged: (given, there) => mergedInvitation(given, there, replace),
  };
}
