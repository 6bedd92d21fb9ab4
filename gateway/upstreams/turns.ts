/** A request that waits for its turn at the upstream. */
export interface Waiting {
  /** The client's address, which has a share of the turns only. */
  readonly address: string;
  /** Called once, when its turn begins. */
  begin(): void;
  /** Called when it was removed from the queue, because the target is unhealthy: joins the queue of another one, or the same. */
  move(): void;
}

export interface Turns {
  /** Begins at once, or joins the queue. False when the queue is full. */
  take(one: Waiting): boolean;
  /** Removes a request from the queue; does nothing when it is not queued. */
  leave(one: Waiting): void;
  /** Makes everyone in the queue move. */
  clear(): void;
  /** Ends a turn of this address, and begins the next in the queue. */
  end(address: string): void;
}

/** The share of the turns and of the queue that one address gets. */
const share = 4;

/**
 * Limits the simultaneous requests to one upstream (`atOnce`) and the queued ones (`places`). First come, first served,
 * within the shares.
 */
export function turns({ atOnce, places }: Readonly<{ atOnce: number; places: number }>): Turns {
  const running = new Map<string, number>();
  const waiting = new Map<string, number>();
  const queue = new Set<Waiting>();
  const mostRunning = Math.ceil(atOnce / share);
  const mostWaiting = Math.ceil(places / share);
  let count = 0;

  function begin(one: Waiting): void {
    count += 1;
    add(running, one.address, 1);
    one.begin();
  }

  const mayBegin = (address: string): boolean => count < atOnce && (running.get(address) ?? 0) < mostRunning;

  function leave(one: Waiting): void {
    if (queue.delete(one)) add(waiting, one.address, -1);
  }

  return {
    leave,
    clear() {
      const moving = [...queue];
      for (const one of moving) leave(one);
      for (const one of moving) one.move();
    },
    take(one) {
      if (mayBegin(one.address)) {
        begin(one);
        return true;
      }
      if (queue.size >= places || (waiting.get(one.address) ?? 0) >= mostWaiting) return false;
      queue.add(one);
      add(waiting, one.address, 1);
      return true;
    },
    end(address) {
      count -= 1;
      add(running, address, -1);
      if (queue.size === 0) return;
      for (const one of queue) {
        if (!mayBegin(one.address)) continue;
        leave(one);
        begin(one);
        return;
      }
    },
  };
}

function add(counts: Map<string, number>, address: string, change: number): void {
  const now = (counts.get(address) ?? 0) + change;
  if (now === 0) counts.delete(address);
  else counts.set(address, now);
}
