/** Somebody who waits for a turn at the upstream. */
export interface Waiting {
  /** Of the client: one address has a share only. */
  readonly address: string;
  /** Called once, when it is their turn. */
  begin(): void;
}

export interface Turns {
  /** Begins at once, or queues. False: the queue is full, too. */
  take(one: Waiting): boolean;
  /** Takes somebody out of the queue; nothing where they are not in it. */
  leave(one: Waiting): void;
  /** Ends the turn of this address's, and begins that of whoever is next. */
  end(address: string): void;
}

/** One address gets this part of the turns, and of the places in the queue. */
const share = 4;

/** So many requests to one upstream at once (`atOnce`), and so many that wait (`places`). First come, first served, within the shares. */
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
