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
