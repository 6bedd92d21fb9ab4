export interface SessionRecord {
  /** SHA-256 of the secret session id, base64url: it cannot be used as a cookie. */
  readonly id: string;
  /** The owner; `null` for an anonymous session that an app keeps data in. */
  readonly userId: string | null;
  /** The user's epoch at sign-in. */
  readonly epoch: number;
  readonly kind: 'browser' | 'api';
  /**
   * How the session was created: `password`, `setup`, `login` (req.login), `minted`, `device` (approved with the password),
   * `device-untyped`.
   */
  readonly method: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** The absolute end. */
  readonly expiresAt: number;
  /** When it ends unless it is used again. */
  readonly idleAt: number;
  readonly remember: boolean;
  /** The highest role that the session may act with, when that is below the owner's. */
  readonly roleCeiling?: string | undefined;
  /** Who minted it for the user, with their counter of rights at that time: it ends when that was raised. */
  readonly minter?: Readonly<{ id: string; rights: number }> | undefined;
  /** The API tokens of the minter that it comes from: it ends with each of them. */
  readonly makers?: readonly string[] | undefined;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** The session data of express-session as JSON: the app's data and the cookie's attributes, never the user. */
  readonly data: string;
}

/** A page of sessions. `next`: pass it as `after` to read on; absent on the last page. */
export type SessionPage = Readonly<{ items: readonly SessionRecord[]; next?: string | undefined }>;

/** Which page of sessions: at most `limit` of them, behind the cursor `after`. */
export type SessionPageQuery = Readonly<{ limit: number; after?: string | undefined }>;

/** Which sessions of a user are not ended. */
export type SparedSessions = Readonly<{
  /** Those of this epoch and later ones. Default: none. */
  from?: number;
  /** Those with these ids. */
  keep?: readonly string[];
}>;

/** `created`: false when the id exists. `ended`: the sessions that were ended to keep within the limit. */
export type SessionCreation = Readonly<{
  created: boolean;
  ended: readonly Pick<SessionRecord, 'id' | 'expiresAt'>[];
}>;

export interface SessionStore {
  /**
   * Saves a new session. When its user has more than `most` then, their least recently used ones are ended; the new one is not
   * among them. Default: no limit.
   */
  create(session: SessionRecord, most?: number): Promise<SessionCreation>;
  /** Returns `undefined` when it never existed, was ended, or has reached `expiresAt` or `idleAt`. */
  find(id: string, now: number): Promise<SessionRecord | undefined>;
  /**
   * Saves the app's data, update-only: returns false when the session is gone, so that a slow request cannot bring it
   * back.
   */
  saveData(id: string, data: string): Promise<boolean>;
  /**
   * Records a use, update-only: returns false when the session is gone or had ended by `lastSeenAt`. Never moves
   * `lastSeenAt` backwards, whatever the order in which touches arrive.
   */
  touch(id: string, lastSeenAt: number, idleAt: number): Promise<boolean>;
  /** Ends it; returns whether it existed. */
  end(id: string): Promise<boolean>;
  /**
   * Ends the sessions of the user except the spared ones; returns the ids of the ended ones. The event loop gets its turns, however
   * many there are.
   */
  endAllOf(userId: string, spared?: SparedSessions): Promise<readonly string[]>;
  /** A page of the user's live sessions, newest first. The page is empty for a cursor that is none. */
  listOf(userId: string, now: number, page: SessionPageQuery): Promise<SessionPage>;
  /** How many live sessions the user has. One that reached its idle end may be counted until it is listed or swept. */
  countOf(userId: string, now: number): Promise<number>;
  /**
   * A page of the live sessions of all users, newest first; visitors' sessions are left out. The page is empty for a cursor that
   * is none.
   */
  list(now: number, page: SessionPageQuery): Promise<SessionPage>;
  /**
   * About how many live sessions all users have, in a time that hardly depends on their number. What has just ended may be
   * counted until it is swept.
   */
  count(now: number): Promise<number>;
  /** Deletes at most `limit` expired sessions; returns how many. */
  sweep(now: number, limit: number): Promise<number>;
}

/** The place of a session in the lists of them. */
export type Position = Pick<SessionRecord, 'createdAt' | 'id'>;

/** The cursor behind a session in the order of `listOf` and `list`. */
export const cursorBehind = ({ createdAt, id }: Position): string => `${createdAt}.${id}`;

/** The place that a cursor names; undefined when it is none. */
export function placeOf(cursor: string): Position | undefined {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/s.exec(cursor) ?? [];
  return createdAt === undefined || id === undefined ? undefined : { createdAt: Number(createdAt), id };
}

/** The minter and the makers of a stored session; throws `TypeError` when they are none. */
export function mintedIn(minter: unknown, makers: unknown): Pick<SessionRecord, 'minter' | 'makers'> {
  return {
    ...(minter !== undefined && { minter: minterIn(minter) }),
    ...(makers !== undefined && { makers: makersIn(makers) }),
  };
}

function minterIn(value: unknown): NonNullable<SessionRecord['minter']> {
  if (typeof value === 'object' && value !== null && 'id' in value && 'rights' in value) {
    const { id, rights } = value;
    if (typeof id === 'string' && typeof rights === 'number' && Number.isSafeInteger(rights)) return { id, rights };
  }
  throw new TypeError('the minter of a session is none');
}

function makersIn(value: unknown): readonly string[] {
  const isText = (one: unknown): one is string => typeof one === 'string';
  if (Array.isArray(value) && value.every(isText)) return value;
  throw new TypeError('the makers of a session are none');
}

/** Access to the session records for a session store of another package; `Data` is that package's type of a session. */
export type SessionAccess<Data> = Readonly<{
  /** The session of a record for that package; undefined when its data cannot be parsed. */
  dataOf(record: SessionRecord): Data | undefined;
  /** The record of a session that was loaded or saved, with its data as it is now. */
  recordOf(session: Data): SessionRecord | undefined;
  /** Ends a session by its public id: notes it on the user's record, and publishes it to every instance. */
  end(id: string): Promise<unknown>;
}>;
