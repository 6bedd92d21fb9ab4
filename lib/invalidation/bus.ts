/**
 * What is to be read from the store again: one session or token by its public id, all of a user, or everything (`all`, with
 * the id ''). `version` is the version of the user's or the token's record after the change: a record that was read with a
 * lower one is out of date.
 */
export type Invalidation = Readonly<{ kind: 'session' | 'token' | 'user' | 'all'; id: string; version?: number }>;

/**
 * Notifies caches and open connections, here and on every other instance, of changes in the store. Publish after the store
 * has acknowledged the change and before answering the caller.
 */
export interface InvalidationBus {
  /**
   * Calls the listeners of this process at once, then tells every other instance. Resolves when the telling was executed:
   * from then on an instance that has not heard of it distrusts its cache within a second. Rejects with `NotToldError` when
   * that could not be done in about 1.5 s; telling goes on in the background until it succeeds or the bus is closed.
   */
  publish(messages: Invalidation | readonly Invalidation[]): Promise<void>;
  /** Returns an unsubscribe function. Listeners are called synchronously for messages of this process; they must not throw. */
  subscribe(listener: (message: Invalidation) => void): () => void;
  /**
   * False while messages of other instances may be missed; caches must then be bypassed. Computed at each read, which may
   * call the listeners with messages that have just been found: read it before what is remembered. Before it becomes true
   * again, listeners are called with `all`.
   */
  readonly healthy: boolean;
}

/** The messages of a call of `publish`, as a list. */
export const listOf = (messages: Invalidation | readonly Invalidation[]): readonly Invalidation[] =>
  'kind' in messages ? [messages] : messages;
