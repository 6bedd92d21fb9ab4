export interface SessionRecord {
  /** SHA-256 of the secret session id, base64url: what is stored and shown opens nothing. */
  readonly id: string;
  /** Whose; `null` for a visitor's session that an app keeps data in. */
  readonly userId: string | null;
  /** The user's epoch when it began. */
  readonly epoch: number;
  readonly kind: 'browser' | 'api';
  /** How the person signed in: `password`, `setup`, `login` (req.login), `minted`. */
  readonly method: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** The absolute end. */
  readonly expiresAt: number;
  /** When it ends if it is not used again. */
  readonly idleAt: number;
  readonly remember: boolean;
  /** Role ceiling, when less than the owner's. */
  readonly roleCeiling?: string | undefined;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** express-session's JSON: the app's data and the cookie's attributes; never who signed in. */
  readonly data: string;
}

export interface SessionStore {
  /** Saves a new session; false when the id exists. */
  create(session: SessionRecord): Promise<boolean>;
  /** The session; undefined when it never existed, was ended, or has reached `expiresAt` or `idleAt`. */
  find(id: string, now: number): Promise<SessionRecord | undefined>;
  /** Saves the app's data, update-only: false when the session is gone, so a slow request revives nothing. */
  saveData(id: string, data: string): Promise<boolean>;
  /**
   * Moves last use, update-only: false when the session is gone, or was over by `lastSeenAt`. A touch that comes late
   * takes back nothing from a later one.
   */
  touch(id: string, lastSeenAt: number, idleAt: number): Promise<boolean>;
  /** Carries the session over to a new epoch of its user, update-only. */
  restamp(id: string, epoch: number): Promise<boolean>;
  /** Ends it; true when it was there. */
  end(id: string): Promise<boolean>;
  /** Ends all of the user's but `keep`; the ids of those ended. */
  endAllOf(userId: string, keep?: string): Promise<readonly string[]>;
  /** Those alive, newest first. */
  listOf(userId: string, now: number): Promise<readonly SessionRecord[]>;
  /** Deletes at most `limit` that are past their time; how many. */
  sweep(now: number, limit: number): Promise<number>;
}
