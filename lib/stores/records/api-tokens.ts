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
  /** The token that created this one; removing that one removes this one too. */
  readonly parentId?: string | undefined;
  readonly createdAt: number;
  readonly lastUsedAt?: number | undefined;
  readonly expiresAt?: number | undefined;
}

export interface ApiTokenStore {
  create(token: ApiTokenRecord): Promise<'created' | 'name-taken' | 'parent-gone'>;
  /** Returns expired tokens too, so that the caller can tell `token_expired` from `invalid_token`. */
  byHash(hash: string): Promise<ApiTokenRecord | undefined>;
  /** By name, ascending, case-sensitive. */
  listOf(userId: string): Promise<readonly ApiTokenRecord[]>;
  /** Removes the token and all tokens created with it; returns the removed ids, none when there is no such name. */
  remove(userId: string, name: string): Promise<readonly string[]>;
  /** Removes all tokens of the user; returns their ids. */
  removeAllOf(userId: string): Promise<readonly string[]>;
  touch(id: string, at: number): Promise<void>;
}
