/**
 * How a message follows the ones before it: it continues the chain, it does not, or it may have been sent before the chain
 * was begun.
 */
export type Order = 'next' | 'gap' | 'early';

/** How long an id is remembered, in milliseconds; longer than any heartbeat that asks for it is waited for. */
const keptMs = 2_000;

/**
 * The tellings as the subscription received them. Each names its predecessor by a random id, so one that was missed, a master
 * without the newest ones, and restored data do not fit. Times are of a monotonic clock, in milliseconds.
 */
export function chain() {
  /** The unbroken chain, oldest first, with the time of receipt. */
  const received = new Map<string, number>();
  let newest: string | undefined;
  /** Whether `newest`, or what follows it, came through the subscription. */
  let joined = false;

  function append(id: string, now: number): void {
    for (const [old, at] of received) {
      if (now - at <= keptMs) break;
      received.delete(old);
    }
    received.set(id, now);
    newest = id;
  }

  function restart(id: string, now: number): void {
    received.clear();
    append(id, now);
  }

  return {
    /** Whether everything up to the telling was received. */
    has: (id: string): boolean => received.has(id),
    /** Begins with the telling that the master called its newest, unless that is part of the chain already. */
    begin(id: string, now: number): void {
      if (received.has(id)) return;
      restart(id, now);
      joined = false;
    },
    receive(id: string, after: string, now: number): Order {
      const known = received.has(id);
      const fits = known || (after === newest && newest !== undefined);
      if (!fits && !joined) return 'early';
      joined = true;
      if (!fits) restart(id, now);
      else if (!known) append(id, now);
      return fits ? 'next' : 'gap';
    },
    /** Forgets everything: another server may answer from now on. */
    reset(): void {
      received.clear();
      newest = undefined;
      joined = false;
    },
  };
}
