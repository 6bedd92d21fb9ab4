export interface SessionRecord {
  /** SHA-256 of the secret session id, base64url: it cannot be used as a cookie. */
  readonly id: string;
  /** The owner; `null` for an anonymous session that an app keeps data in. */
  readonly userId: string | null;
  /** The user's epoch at sign-in. */
  readonly epoch: number;
  readonly kind: 'browser' | 'api';
  /** How the session was created: `password`, `setup`, `login` (req.login), `minted`. */
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

export interface SessionStore {
  /** Saves a new session; false when the id exists. */
  create(session: SessionRecord): Promise<boolean>;
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
  /** Sets the epoch, update-only, so that the session survives a change that ends the user's other sessions. */
  restamp(id: string, epoch: number): Promise<boolean>;
  /** Ends it; returns whether it existed. */
  end(id: string): Promise<boolean>;
  /** Ends all sessions of the user except `keep`; returns the ids of the ended ones. */
  endAllOf(userId: string, keep?: string): Promise<readonly string[]>;
  /** Live sessions of the user, newest first. */
  listOf(userId: string, now: number): Promise<readonly SessionRecord[]>;
  /** Deletes at most `limit` expired sessions; returns how many. */
  sweep(now: number, limit: number): Promise<number>;
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
