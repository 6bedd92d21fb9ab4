/**
 * What Gatewarden asks of its storage. Every verb that checks and then changes is one atomic operation of the store.
 * Times are milliseconds since the epoch. Verbs reject with `StoreUnavailableError` when the store cannot answer,
 * and for nothing else: "it is not there", "it is taken" are values.
 */

export type UserState = 'pending' | 'active' | 'disabled';

/** A session that was ended before its time. From `until` on (milliseconds since the epoch) it would be over anyway. */
export interface EndedSession {
  readonly id: string;
  readonly until: number;
}

export interface UserRecord {
  readonly id: string;
  /** As chosen. */
  readonly username: string;
  /** `username` in lower case: unique. */
  readonly nameKey: string;
  readonly role: string;
  /** `pending`: never activated. `disabled`: was active once. */
  readonly state: UserState;
  /** Unique by lower case where there is one. */
  readonly email?: string | undefined;
  /** The owner confirmed it, or an admin set it: upstreams may be told. */
  readonly emailConfirmed: boolean;
  readonly displayName?: string | undefined;
  /** Absent: cannot sign in with a password. */
  readonly passwordHash?: string | undefined;
  /** Raised whenever role, state or password change and by "end all"; what carries an older one is refused. */
  readonly epoch: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastLoginAt?: number | undefined;
  /**
   * Sessions that were ended and are not to be believed though their store has them: a session store may come back with
   * old data. At most 1,000; absent when there is none.
   */
  readonly ended?: readonly EndedSession[] | undefined;
}

export interface UserChange {
  readonly role?: string;
  readonly state?: UserState;
  readonly passwordHash?: string;
  /** `null` removes it. */
  readonly email?: string | null;
  readonly emailConfirmed?: boolean;
  /** `null` removes it. */
  readonly displayName?: string | null;
  /** Ends everything that the user holds, without another change. */
  readonly endAll?: true;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Give it back as `after` to read on; absent on the last page. */
  readonly next?: string | undefined;
}

export interface UserStore {
  /**
   * Adds a user. A name once used is not given again (`name-retired`) unless `reuseName`.
   * Names and addresses are compared in lower case.
   */
  insert(
    user: UserRecord,
    options?: { reuseName?: boolean },
  ): Promise<'created' | 'name-taken' | 'name-retired' | 'email-taken'>;
  /**
   * Adds an active admin while there is no active admin: of 100 at once, one.
   * `name-taken` also when the name is retired or the address is another's.
   */
  insertFirstAdmin(user: UserRecord): Promise<'created' | 'admin-exists' | 'name-taken'>;
  byId(id: string): Promise<UserRecord | undefined>;
  byName(nameKey: string): Promise<UserRecord | undefined>;
  byEmail(email: string): Promise<UserRecord | undefined>;
  /**
   * Changes what is given, in one write with `epoch + 1` when role, state, password or `endAll` is among it and really
   * differs (a password always does). Refuses to leave no active admin. A new address counts as unconfirmed unless the
   * change says otherwise.
   */
  update(id: string, change: UserChange, at: number): Promise<UserRecord | 'not-found' | 'last-admin' | 'email-taken'>;
  /** Replaces the hash of the same password, if it is still `from`. Raises nothing. */
  rehash(id: string, from: string, to: string): Promise<boolean>;
  signedIn(id: string, at: number): Promise<void>;
  /**
   * Notes sessions of the user as ended, and forgets those that are over by `now`. Raises no epoch, but where more than
   * 1,000 would be kept: that ends all that the user holds, and nothing need be kept.
   */
  noteEnded(userId: string, ended: readonly EndedSession[], now: number): Promise<void>;
  /** Deletes the user and retires the name. Refuses to leave no active admin. */
  remove(id: string, at: number): Promise<'removed' | 'not-found' | 'last-admin'>;
  /** By name key, ascending; `prefix` in lower case; at most `limit` (1 to 1000). */
  list(query: { limit: number; after?: string; prefix?: string }): Promise<Page<UserRecord>>;
  hasAdmin(): Promise<boolean>;
}

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

export interface ApiTokenRecord {
  readonly id: string;
  readonly userId: string;
  /** Unique per user. */
  readonly name: string;
  /** SHA-256 of the token, base64url: unique. */
  readonly hash: string;
  readonly epoch: number;
  readonly role?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** The token that made this one: it dies with it. */
  readonly parentId?: string | undefined;
  readonly createdAt: number;
  readonly lastUsedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

export interface ApiTokenStore {
  create(token: ApiTokenRecord): Promise<'created' | 'name-taken' | 'parent-gone'>;
  /** Expired ones too: the caller says why it refuses. */
  byHash(hash: string): Promise<ApiTokenRecord | undefined>;
  /** By name, ascending, case-sensitive. */
  listOf(userId: string): Promise<readonly ApiTokenRecord[]>;
  /** Removes it and all that it made; the ids removed, none when there is no such name. */
  remove(userId: string, name: string): Promise<readonly string[]>;
  removeAllOf(userId: string): Promise<readonly string[]>;
  touch(id: string, at: number): Promise<void>;
}

export interface RefreshTokenRecord {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  /** All rotations of one sign-in share its session. */
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId?: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface RefreshTokenStore {
  create(token: RefreshTokenRecord): Promise<void>;
  /** Spends `hash` and adds `next` in one step: of 100 at once, one is `rotated`. `usedAt` is when a spent one was spent. */
  rotate(
    hash: string,
    next: RefreshTokenRecord,
    now: number,
  ): Promise<{ is: 'rotated' } | { is: 'reused'; sessionId: string; usedAt: number } | { is: 'not-found' }>;
  /** Undefined when it never existed, is spent, or has reached `expiresAt`. */
  find(hash: string, now: number): Promise<RefreshTokenRecord | undefined>;
  endFamily(sessionId: string): Promise<void>;
  sweep(now: number, limit: number): Promise<number>;
}

export interface KeyRecord {
  readonly kid: string;
  readonly algorithm: string;
  /** The public JWK, as JSON. */
  readonly publicJwk: string;
  /** The private JWK, sealed with `SECRET_KEY`. */
  readonly sealed: string;
  readonly createdAt: number;
}

export interface KeyStore {
  /** Newest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** Adds a key if the newest is still `newest` (undefined: none): of 100 at once, one is added. */
  add(key: KeyRecord, newest: string | undefined): Promise<boolean>;
  remove(kid: string): Promise<void>;
}

/** Small facts about the whole installation: its id, the check value of `SECRET_KEY`. */
export interface FactStore {
  get(name: string): Promise<string | undefined>;
  /** Writes it where it is not there yet; what is there now. */
  putIfAbsent(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

export interface AttemptStore {
  /**
   * Adds one. The window begins with the first; `count` includes this one; `resetMs` is what is left of the window.
   * Windows of another length count apart; stores may round them up to whole seconds.
   */
  hit(key: string, windowMs: number): Promise<{ count: number; resetMs: number }>;
  /** Takes one back: an attempt that turned out right. Nothing happens where none is counted. */
  refund(key: string, windowMs: number): Promise<void>;
  clear(key: string, windowMs: number): Promise<void>;
  /** Addresses from which a user has signed in: at most the 20 latest are kept. */
  rememberAddress(userKey: string, address: string, at: number): Promise<void>;
  knowsAddress(userKey: string, address: string): Promise<boolean>;
}

export interface AuditRecord {
  /** Sorts by time: newer is greater. */
  readonly id: string;
  readonly at: number;
  /** `login.succeeded`, `user.changed`, … */
  readonly event: string;
  /** Username of who did it, or what they claimed to be; '' for nobody. */
  readonly actor: string;
  readonly via: string;
  readonly address?: string | undefined;
  readonly agent?: string | undefined;
  /** What it was done to: `user:ada`, `token:ci`. */
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | string;
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface AuditStore {
  /** Adds them; one whose id is there already is left as it is, so that a batch may be tried again. */
  append(records: readonly AuditRecord[]): Promise<void>;
  /** Newest first. */
  list(query: { limit: number; after?: string; event?: string; actor?: string }): Promise<Page<AuditRecord>>;
  /** Keeps the newest `keep`; how many went. */
  trim(keep: number): Promise<number>;
}

/** A fact about the whole installation, by its name. */
export interface FactRecord {
  readonly name: string;
  readonly value: string;
}

/** The name of a user who was deleted. */
export interface RetiredNameRecord {
  readonly nameKey: string;
  readonly at: number;
}

/** A refresh token that was spent: whoever presents it again has stolen it, or was stolen from. */
export interface SpentRefreshTokenRecord {
  readonly hash: string;
  readonly sessionId: string;
  readonly usedAt: number;
  readonly expiresAt: number;
}

/** All that is durable, by its kind. Sessions and counters are not: they stay where they are, or end. */
export interface TransferRecords {
  readonly fact: FactRecord;
  readonly key: KeyRecord;
  readonly 'retired-name': RetiredNameRecord;
  readonly user: UserRecord;
  readonly token: ApiTokenRecord;
  readonly 'refresh-token': RefreshTokenRecord;
  readonly 'spent-refresh-token': SpentRefreshTokenRecord;
  readonly audit: AuditRecord;
}

export type TransferKind = keyof TransferRecords;

export type TransferEntry = {
  [K in TransferKind]: { readonly kind: K; readonly record: TransferRecords[K] };
}[TransferKind];

/** A record that is there and cannot be read; `key` says which. */
export interface UnreadableEntry {
  readonly kind: TransferKind;
  readonly unreadable: string;
}

/**
 * What became of an entry. The first three are how it should be; after the others nothing was changed.
 * `different`: something else is there, and `replace` was not said. `name-retired`: likewise, a deleted user's name.
 * `name-taken`, `id-taken`, `email-taken`: another record holds it. `last-admin`: no active admin would be left.
 * `parent-gone`: the token that made it is not there. `unreadable`: what is there cannot be read.
 */
export type TransferOutcome =
  | 'created'
  | 'replaced'
  | 'unchanged'
  | 'different'
  | 'name-retired'
  | 'name-taken'
  | 'id-taken'
  | 'email-taken'
  | 'last-admin'
  | 'parent-gone'
  | 'unreadable';

/** Everything durable, out and in, whatever keeps it. */
export interface TransferStore {
  /**
   * Every record, a little at a time, in an order that depends on the records alone: facts by name, keys newest first,
   * retired names, users by name key, tokens by id and after them those that tokens made, by time of creation and id, then
   * refresh tokens by session and hash, spent ones by hash, and the audit log by id. What is written meanwhile may be in it or not.
   */
  entries(): AsyncIterable<TransferEntry | UnreadableEntry>;
  /** How many records of each kind there are, about. */
  count(): Promise<Readonly<Record<TransferKind, number>>>;
  /**
   * Adds them, in order; an outcome for each. What is there and the same is `unchanged`. With `replace` what differs is
   * overwritten and retired names are given again, but: no epoch is lowered, an ended session stays ended, what a user
   * held here ends where role, state or password change, no user is removed, and an active admin is left. Keys that are
   * not there come behind those that are. An imported active admin is one.
   */
  put(entries: readonly TransferEntry[], options?: { replace?: boolean }): Promise<readonly TransferOutcome[]>;
}

/** All the stores of an installation; which engine holds what is its composition's business. */
export interface Stores {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: ApiTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly keys: KeyStore;
  readonly facts: FactStore;
  readonly attempts: AttemptStore;
  readonly audit: AuditStore;
  readonly transfer: TransferStore;
  /** One entry a store; never rejects. `problem` names the reason, without address or password. */
  health(): Promise<readonly { store: string; ok: boolean; problem?: string }[]>;
  /** Calls back when somebody outside this process may have written (within 250 ms); gives the way to stop. */
  onForeignChange(listener: () => void): () => void;
  /** `users: sqlite (./.gatewarden/gatewarden.db)` and so on, for the start-up line and `check`. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}
