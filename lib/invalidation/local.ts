import { type Invalidation, type InvalidationBus, listOf } from './bus.ts';

/** The bus of a single process. */
export function localBus(): InvalidationBus {
  const listeners = new Set<(message: Invalidation) => void>();
  return {
    healthy: true,
    async publish(messages) {
      for (const message of listOf(messages)) for (const listener of listeners) listener(message);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
