import type { ErrorCode } from '../errors.ts';
import { type ApiTokenRecord, apiTokenKind } from '../stores/records/kinds/api-token.ts';
import { type EndedSessionRecord, endedSessionKind } from '../stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { RecordReader, Versioned } from '../stores/records/records.ts';
import type { SessionRecord } from '../stores/sessions.ts';

/** The records that decide whether a session is valid. */
export interface SessionStanding {
  readonly user: Versioned<UserRecord> | undefined;
  /** The note that it was ended before its time. */
  readonly ended: Versioned<EndedSessionRecord> | undefined;
  /** Who minted it for the user. */
  readonly minter: Versioned<UserRecord> | undefined;
  /** The API tokens that it comes from, in their order. */
  readonly makers: readonly (Versioned<ApiTokenRecord> | undefined)[];
}

/** The records that decide whether an API token is valid. */
export type TokenStanding = Readonly<{ owner: SessionStanding['user'] }> & Pick<SessionStanding, 'makers'>;

type Owned = Pick<SessionRecord, 'id' | 'userId' | 'epoch' | 'minter' | 'makers'>;

const nothing = Promise.resolve(undefined);

/** For this long, in milliseconds, requests with the old cookie may still arrive after a session got a new id. */
export const replacedFor = 60_000;

/** Reads them together. Rejects with `StoreUnavailableError`. */
export async function standingOfSession(records: RecordReader, session: Owned): Promise<SessionStanding> {
  const { id, userId, minter: by, makers: of = [] } = session;
  const [user, ended, minter, makers] = await Promise.all([
    userId === null ? nothing : records.get(userKind, userId),
    records.get(endedSessionKind, id),
    by === undefined ? nothing : records.get(userKind, by.id),
    of.length === 0 ? [] : records.getMany(apiTokenKind, of),
  ]);
  return { user, ended, minter, makers };
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

function makerIsValid(maker: ApiTokenRecord | undefined, owner: UserRecord | undefined, now: number): boolean {
  if (maker === undefined || maker.endedAt !== undefined || maker.userId !== owner?.id) return false;
  return maker.epoch === owner.tokenEpoch && (maker.expiresAt ?? Number.POSITIVE_INFINITY) > now;
}

function minterHasRight({ minter: by, makers = [] }: Owned, { minter, makers: found }: SessionStanding, now: number) {
  if (by === undefined) return makers.length === 0;
  if (minter?.state !== 'active' || minter.rights !== by.rights) return false;
  return found.every((maker) => makerIsValid(maker, minter, now));
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
  return makers.every((maker) => makerIsValid(maker, owner, now)) ? undefined : 'token_revoked';
}
