import type { ErrorCode } from '../errors.ts';
import { type ApiTokenRecord, apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { type ClientRecord, clientIdIn, clientKind } from '../stores/records/kinds/client.ts';
import { type EndedSessionRecord, endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { RecordReader, Versioned } from '../stores/records/records.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import { isExpired, type MakersStanding, makersAreValid, readMakers, rightsOfClient } from './makers.ts';

/** Who minted a session for its user. */
export type Minter =
  | Readonly<{ kind: 'user'; record: Versioned<UserRecord> | undefined }>
  | Readonly<{ kind: 'client'; record: Versioned<ClientRecord> | undefined }>;

/** The records that decide whether a session is valid. */
export interface SessionStanding extends MakersStanding {
  readonly user: Versioned<UserRecord> | undefined;
  /** The note that it was ended before its time. */
  readonly ended: Versioned<EndedSessionRecord> | undefined;
  /** Absent: nobody minted it. */
  readonly minter: Minter | undefined;
}

/** The records that decide whether an API token is valid. */
export interface TokenStanding {
  readonly owner: Versioned<UserRecord> | undefined;
  /** The API tokens that it comes from, in their order. */
  readonly makers: readonly (Versioned<ApiTokenRecord> | undefined)[];
}

type Owned = Pick<SessionRecord, 'id' | 'userId' | 'epoch' | 'minter' | 'makers'>;

const nothing = Promise.resolve(undefined);

/** For this long, in milliseconds, requests with the old cookie may still arrive after a session got a new id. */
export const replacedFor = 60_000;

/** Reads them together. Rejects with `StoreUnavailableError`. */
export async function standingOfSession(records: RecordReader, session: Owned): Promise<SessionStanding> {
  const { id, userId, minter: by, makers: of } = session;
  const [user, ended, minted, makers] = await Promise.all([
    userId === null ? nothing : records.get(userKind, userId),
    records.get(endedSessionKind, id),
    by === undefined ? { minter: undefined, owner: undefined } : minterOf(records, by.id),
    readMakers(records, of),
  ]);
  return { user, ended, ...minted, makers };
}

/** Who minted a session, and the owner of the API tokens that it comes from. */
async function minterOf(records: RecordReader, id: string): Promise<Pick<SessionStanding, 'minter' | 'owner'>> {
  if (clientIdIn(id) === undefined) {
    const user = await records.get(userKind, id);
    return { minter: { kind: 'user', record: user }, owner: user };
  }
  const client = await records.get(clientKind, id);
  const owner = client?.userId === undefined ? undefined : await records.get(userKind, client.userId);
  return { minter: { kind: 'client', record: client }, owner };
}

/** Reads them together. Rejects with `StoreUnavailableError`. */
export async function standingOfToken(records: RecordReader, token: ApiTokenRecord): Promise<TokenStanding> {
  const [owner, makers] = await Promise.all([
    records.get(userKind, token.userId),
    token.makers === undefined ? [] : records.getMany(apiTokenKind, token.makers),
  ]);
  return { owner, makers };
}

/** Whether a session of this epoch is one of the user's: of the current epoch, or the one that outlived its last raise. */
export function isOfEpoch({ id, epoch }: Pick<SessionRecord, 'id' | 'epoch'>, user: UserRecord): boolean {
  return epoch === user.epoch || (user.kept?.id === id && user.kept.epoch === user.epoch);
}

function minterHasRight({ minter: by, makers = [] }: Owned, standing: SessionStanding, now: number): boolean {
  if (by === undefined) return makers.length === 0;
  return by.rights === rightsOf(standing, now) && makersAreValid(standing, now);
}

/** The counter of rights of who minted; `undefined` when it is not active. */
function rightsOf(standing: SessionStanding, now: number): number | undefined {
  const { minter } = standing;
  if (minter?.record?.state !== 'active') return undefined;
  if (minter.kind === 'user') return minter.record.rights;
  return isExpired(minter.record, now) ? undefined : rightsOfClient(minter.record, standing);
}

/**
 * Whether a session is valid by the records of its user, whatever the session store says: the user is active and of the
 * session's epoch, the session was not ended, and who minted it could mint it now.
 */
export function sessionIsValid(
  session: Owned,
  standing: SessionStanding,
  now: number,
): standing is SessionStanding & { user: Versioned<UserRecord> } {
  const { user, ended } = standing;
  if (user?.state !== 'active' || user.id !== session.userId || ended !== undefined) return false;
  return isOfEpoch(session, user) && minterHasRight(session, standing, now);
}

/**
 * Whether a session was replaced a moment ago by one with a new id. The browser may hold the new cookie already, so an answer
 * must not clear it.
 */
export function mayHaveSuccessor(
  session: Pick<SessionRecord, 'id'>,
  user: UserRecord | undefined,
  now: number,
): boolean {
  if (user?.state !== 'active' || user.kept?.was !== session.id) return false;
  return Math.abs(now - user.kept.at) < replacedFor;
}

/** Why an API token is not valid; `undefined` when it is. */
export function faultOfToken(
  token: ApiTokenRecord | undefined,
  standing: TokenStanding | undefined,
  now: number,
): ErrorCode | undefined {
  if (token === undefined || standing === undefined) return 'invalid_token';
  const { owner, makers } = standing;
  if (token.endedAt !== undefined || owner?.state !== 'active' || owner.tokenEpoch !== token.epoch)
    return 'token_revoked';
  if (token.expiresAt !== undefined && token.expiresAt <= now) return 'token_expired';
  const line = makers.map((record) => ({ kind: 'api-token', id: record?.id ?? '', record }) as const);
  return makersAreValid({ makers: line, owner }, now) ? undefined : 'token_revoked';
}
