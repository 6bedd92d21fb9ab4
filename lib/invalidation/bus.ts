/** What may no longer be believed: one session or token by its public id, all of a user, or everything. */
export type Invalidation = Readonly<{ kind: 'session' | 'token' | 'user' | 'all'; id: string }>;

/**
 * Tells caches and open sockets, here and on every other instance, what has just been changed in the store.
 * Publish after the store has acknowledged, before the caller is answered.
 */
export interface InvalidationBus {
  publish(message: Invalidation): Promise<void>;
  /** Gives the way to stop. Listeners are called synchronously for what this process publishes, and must not throw. */
  subscribe(listener: (message: Invalidation) => void): () => void;
  /** False while messages of others may be missed: caches must then be bypassed. */
  readonly healthy: boolean;
}
