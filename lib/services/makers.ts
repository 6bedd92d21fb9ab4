import { type ApiTokenRecord, apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { type ClientRecord, clientIdIn, clientKind } from '../stores/records/kinds/client.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { RecordReader, Versioned } from '../stores/records/records.ts';
import type { Ladder, ScopeTable } from '../types.ts';

/** An API token or a client that a credential comes from, as it is stored; `record` is absent when it is not there. */
export type Maker = Readonly<{ id: string }> &
  (
    | Readonly<{ kind: 'api-token'; record: Versioned<ApiTokenRecord> | undefined }>
    | Readonly<{ kind: 'client'; record: Versioned<ClientRecord> | undefined }>
  );

/** What a credential comes from: API tokens of one user, then clients. */
export interface MakersStanding {
  /** In their order, the first one first. */
  readonly makers: readonly Maker[];
  /** The owner of the API tokens among them. */
  readonly owner: Versioned<UserRecord> | undefined;
}

/** What a client may do at most: the lowest of the roles, and the scopes that are in all of the lists. */
export type ClientLimits = Readonly<{ roles: readonly string[]; scopes: readonly (readonly string[])[] }>;

export const isExpired = ({ expiresAt }: Readonly<{ expiresAt?: number | undefined }>, now: number): boolean =>
  expiresAt !== undefined && expiresAt <= now;

/** Reads the makers with these ids. Rejects with `StoreUnavailableError`. */
export async function readMakers(records: RecordReader, ids: readonly string[] = []): Promise<readonly Maker[]> {
  const isClient = (id: string) => clientIdIn(id) !== undefined;
  const [tokens, clients] = await Promise.all([
    manyOf(
      records,
      apiTokenKind,
      ids.filter((id) => !isClient(id)),
    ),
    manyOf(records, clientKind, ids.filter(isClient)),
  ]);
  return ids.map((id) =>
    isClient(id) ? { kind: 'client', id, record: clients.get(id) } : { kind: 'api-token', id, record: tokens.get(id) },
  );
}

async function manyOf<R extends Readonly<{ id: string }>>(
  records: RecordReader,
  kind: Parameters<typeof records.getMany<R>>[0],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Versioned<R>>> {
  const found = ids.length === 0 ? [] : await records.getMany(kind, ids);
  return new Map(found.flatMap((record) => (record === undefined ? [] : [[record.id, record]])));
}

/** Reads what a client comes from. Rejects with `StoreUnavailableError`. */
export async function standingOfClient(
  records: RecordReader,
  { makers: ids, userId }: Pick<ClientRecord, 'makers' | 'userId'>,
): Promise<MakersStanding> {
  if (ids === undefined && userId === undefined) return { makers: [], owner: undefined };
  const owner = userId === undefined ? undefined : records.get(userKind, userId);
  return { makers: await readMakers(records, ids), owner: await owner };
}

function tokenIsValid(token: ApiTokenRecord | undefined, owner: UserRecord | undefined, now: number): boolean {
  if (token === undefined || token.endedAt !== undefined || isExpired(token, now)) return false;
  return owner?.state === 'active' && token.userId === owner.id && token.epoch === owner.tokenEpoch;
}

const isActive = (client: ClientRecord | undefined, now: number): boolean =>
  client?.state === 'active' && !isExpired(client, now);

/** Whether none of the makers has ended: the owner of the API tokens is active, and so is each client. */
export function makersAreValid({ makers, owner }: MakersStanding, now: number): boolean {
  return makers.every((maker) =>
    maker.kind === 'client' ? isActive(maker.record, now) : tokenIsValid(maker.record, owner, now),
  );
}

/** Whether a client is accepted: active, not expired, and so is all that it comes from. */
export const clientIsValid = (client: ClientRecord | undefined, standing: MakersStanding, now: number): boolean =>
  isActive(client, now) && makersAreValid(standing, now);

/** A client holds at most what it comes from holds now. */
export function limitsOfClient({ role, scopes }: ClientRecord, { makers, owner }: MakersStanding): ClientLimits {
  const records = makers.flatMap(({ record }) => record ?? []);
  const ofMakers = records.flatMap((record) => record.role ?? []);
  return {
    roles: [role, ...ofMakers, ...(owner === undefined ? [] : [owner.role])],
    scopes: [scopes, ...records.flatMap((record) => (record.scopes === undefined ? [] : [record.scopes]))],
  };
}

/** The role and the scopes that a client has within its limits. A role that the ladder does not know counts as the lowest. */
export function heldWithin(
  { roles, scopes: lists }: ClientLimits,
  { ladder, scopes }: Readonly<{ ladder: Ladder; scopes: ScopeTable }>,
): Readonly<{ role: string; scopes: readonly string[] }> {
  const role = roles.reduce((low, one) => ladder.lower(low, one), ladder.rung('admin'));
  return { role, scopes: scopes.heldBy(role).filter((scope) => lists.every((list) => list.includes(scope))) };
}

/**
 * The counter of what lets a client mint: its own, those of the clients that it comes from, and that of the owner of the API
 * tokens. Each only rises, so the sum is the same only while none was deactivated or lost a role.
 */
export function rightsOfClient({ rights }: ClientRecord, { makers, owner }: MakersStanding): number {
  const ofMakers = makers.map((maker) => (maker.kind === 'client' ? (maker.record?.rights ?? 0) : 0));
  return ofMakers.reduce((sum, one) => sum + one, rights + (owner?.rights ?? 0));
}

/** The time in milliseconds at which a client or one of its makers expires; infinite when none does. */
export function endOfClient({ expiresAt }: ClientRecord, { makers }: Pick<MakersStanding, 'makers'>): number {
  const ofMakers = makers.flatMap(({ record }) => record?.expiresAt ?? []);
  return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, ...ofMakers);
}
