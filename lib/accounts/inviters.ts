import { ok, type Result, refused } from '../errors.ts';
import { clientIsValid, limitsOfClient, rightsOfClient, standingOfClient } from '../services/makers.ts';
import { faultOfToken, standingOfToken } from '../services/standing.ts';
import { apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { type ClientRecord, clientIdIn, clientKind } from '../stores/records/kinds/client.ts';
import type { InvitationRecord } from '../stores/records/kinds/invitation.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { RecordReader } from '../stores/records/records.ts';
import type { Actor, Ladder } from '../types.ts';

type Inviter = NonNullable<InvitationRecord['inviter']>;
type InviterRecord = UserRecord | ClientRecord;

/** The role of an inviter who is active, and the counter of their rights. */
type InviterNow = Readonly<{ role: string; rights: number }>;

/** Users and clients who invite, as their records say now. */
export interface Inviters {
  /**
   * Who invites, as it is kept with the invitation; `undefined`: the program itself. `token_revoked` for one who is not active any
   * more, `insufficient_role` for one whose role was lowered since the actor was authenticated.
   */
  of(by: Actor | undefined): Promise<Result<Inviter | undefined>>;
  /** The role that stands behind an invitation now; `undefined`: it is void. */
  roleBehind(invitation: InvitationRecord): Promise<string | undefined>;
  /** The names of those of these inviters who were not deleted, by id. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export function invitersIn(records: RecordReader & Readonly<{ now(): number }>, ladder: Ladder): Inviters {
  const find = (id: string): Promise<InviterRecord | undefined> =>
    clientIdIn(id) === undefined ? records.get(userKind, id) : records.get(clientKind, id);

  async function userNow(id: string): Promise<InviterNow | undefined> {
    const user = await records.get(userKind, id);
    return user?.state === 'active' ? user : undefined;
  }

  /** With all that the client comes from: it holds what each of them holds, and ends with each. */
  async function clientNow(id: string): Promise<InviterNow | undefined> {
    const client = await records.get(clientKind, id);
    if (client === undefined) return undefined;
    const standing = await standingOfClient(records, client);
    if (!clientIsValid(client, standing, records.now())) return undefined;
    const role = limitsOfClient(client, standing).roles.reduce((low, one) => ladder.lower(low, one));
    return { role, rights: rightsOfClient(client, standing) };
  }

  /** `undefined`: not active, or ended. */
  const inviterNow = (id: string): Promise<InviterNow | undefined> =>
    clientIdIn(id) === undefined ? userNow(id) : clientNow(id);

  /** The last of the API tokens that it was made with depends on the ones before; a client is looked at with its own makers. */
  async function tokensAreValid({ makers }: InvitationRecord): Promise<boolean> {
    const last = makers?.at(-1);
    if (last === undefined || clientIdIn(last) !== undefined) return true;
    const token = await records.get(apiTokenKind, last);
    const standing = token && (await standingOfToken(records, token));
    return faultOfToken(token, standing, records.now()) === undefined;
  }

  return {
    async of(by) {
      if (by === undefined || by.principal.via === 'command') return ok(undefined);
      const { id, role } = by.principal;
      const now = await inviterNow(id);
      if (now === undefined) return refused('token_revoked');
      if (ladder.position(now.role) < ladder.position(role)) return refused('insufficient_role');
      return ok({ id, rights: now.rights, role });
    },

    async roleBehind(invitation) {
      const { inviter } = invitation;
      if (inviter === undefined) return ladder.rung('admin');
      const now = await inviterNow(inviter.id);
      if (now?.rights !== inviter.rights) return undefined;
      return (await tokensAreValid(invitation)) ? ladder.lower(inviter.role, now.role) : undefined;
    },

    async names(ids) {
      const found = await Promise.all([...new Set(ids)].map(find));
      const there = found.flatMap((record) => (record === undefined || record.state === 'removed' ? [] : [record]));
      return new Map(there.map((record) => [record.id, 'username' in record ? record.username : record.id]));
    },
  };
}
