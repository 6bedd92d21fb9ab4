/** Failures counted within a window, and what is left of it in milliseconds; both 0 where none is counted. */
export type AttemptCount = Readonly<{ count: number; resetMs: number }>;

/**
 * Counts failed attempts, and holds places for those that are being checked. An attempt that may go on holds a place; when it
 * fails it is counted by `hit` before its place is given up by `letGo`, so that at every moment it is in one of the two.
 */
export interface AttemptStore {
  /**
   * Counts one failure. The window begins with the first; `count` includes this one; `resetMs` is what is left of the window.
   * Windows of another length count apart; stores may round them up to whole seconds.
   */
  hit(key: string, windowMs: number): Promise<AttemptCount>;
  /** What `hit` has counted, without counting. */
  count(key: string, windowMs: number): Promise<AttemptCount>;
  clear(key: string, windowMs: number): Promise<void>;
  /**
   * Holds a place of the key for `holder`, unless `most` are held already. Returns how many are held with this one, 0 when it
   * got none. A place that is not released is free again after `forMs`: its process may have died.
   */
  hold(key: string, holder: string, most: number, forMs: number): Promise<number>;
  /** Gives a place up. Nothing happens where none is held. */
  letGo(key: string, holder: string): Promise<void>;
  /** Addresses from which a user has signed in: at most the 20 latest are kept. */
  rememberAddress(userKey: string, address: string, at: number): Promise<void>;
  knowsAddress(userKey: string, address: string): Promise<boolean>;
}
