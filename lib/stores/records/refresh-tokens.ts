export interface RefreshTokenRecord {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  /** The session of the sign-in; every rotation keeps it. */
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId?: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface RefreshTokenStore {
  create(token: RefreshTokenRecord): Promise<void>;
  /**
   * Marks `hash` as spent and adds `next`, atomically: of 100 concurrent calls one is `rotated`. `usedAt` is when a reused
   * token was spent.
   */
  rotate(
    hash: string,
    next: RefreshTokenRecord,
    now: number,
  ): Promise<{ kind: 'rotated' } | { kind: 'reused'; sessionId: string; usedAt: number } | { kind: 'not-found' }>;
  /** Undefined when it never existed, is spent, or has reached `expiresAt`. */
  find(hash: string, now: number): Promise<RefreshTokenRecord | undefined>;
  endFamily(sessionId: string): Promise<void>;
  sweep(now: number, limit: number): Promise<number>;
}

/** A spent refresh token, kept to detect that it is used again. */
export interface SpentRefreshTokenRecord {
  readonly hash: string;
  readonly sessionId: string;
  readonly usedAt: number;
  readonly expiresAt: number;
}
