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
  ): Promise<{ kind: 'rotated' } | { kind: 'reused'; sessionId: string; usedAt: number } | { kind: 'not-found' }>;
  /** Undefined when it never existed, is spent, or has reached `expiresAt`. */
  find(hash: string, now: number): Promise<RefreshTokenRecord | undefined>;
  endFamily(sessionId: string): Promise<void>;
  sweep(now: number, limit: number): Promise<number>;
}

/** A refresh token that was spent: whoever presents it again has stolen it, or was stolen from. */
export interface SpentRefreshTokenRecord {
  readonly hash: string;
  readonly sessionId: string;
  readonly usedAt: number;
  readonly expiresAt: number;
}
