/** What is to be read from the store again: one session or token by its public id, all of a user, or everything. */
export type Invalidation = Readonly<{ kind: 'session' | 'token' | 'user' | 'all'; id: string }>;

/**
 * Notifies caches and open connections, here and on every other instance, of a change in the store. Publish after the store
 * has acknowledged the change and before answering the caller.
 */
export interface InvalidationBus {
  publish(message: Invalidation): Promise<void>;
  /** Returns an unsubscribe function. Listeners are called synchronously for messages of this process; they must not throw. */
  subscribe(listener: (message: Invalidation) => void): () => void;
  /** False while messages of other instances may be missed; caches must then be bypassed. */
  readonly healthy: boolean;
}
