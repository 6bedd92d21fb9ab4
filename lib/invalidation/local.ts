import type { Invalidation, InvalidationBus } from './bus.ts';

/** The bus of a single process. */
export function localBus(): InvalidationBus {
  const listeners = new Set<(message: Invalidation) => void>();
  return {
    healthy: true,
    async publish(message) {
      for (const listener of listeners) listener(message);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
