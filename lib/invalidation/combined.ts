import type { InvalidationBus } from './bus.ts';

/**
 * A bus that hears two channels and publishes on the first: the second tells by itself what it has to. Healthy while both are.
 */
export function combinedBus(first: InvalidationBus, second: InvalidationBus): InvalidationBus {
  return {
    get healthy() {
      // Both are read: reading may call listeners with what was missed.
      const ofSecond = second.healthy;
      return first.healthy && ofSecond;
    },
    publish: (messages) => first.publish(messages),
    subscribe(listener) {
      const stopFirst = first.subscribe(listener);
      const stopSecond = second.subscribe(listener);
      return () => {
        stopFirst();
        stopSecond();
      };
    },
  };
}
