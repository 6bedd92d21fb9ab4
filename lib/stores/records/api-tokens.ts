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
