/** Runs a task now or in its turn; undefined, at once, when there is no room for it in the queue. */
export type Limiter = <T>(task: () => Promise<T>, options?: { readonly stranger?: boolean }) => Promise<T> | undefined;

/**
 * At most `concurrency` tasks run at a time, and `queue` wait. The last `kept` places of the queue are not for strangers, and
 * while both wait they take turns: a flood of strangers neither fills the queue nor makes the others wait behind it.
 */
export function limiter(concurrency: number, queue: number, kept = 0): Limiter {
  const waiting = { known: [] as (() => void)[], strangers: [] as (() => void)[] };
  let running = 0;
  let strangersTurn = false;

  function next(): (() => void) | undefined {
    const [first, second] = strangersTurn ? [waiting.strangers, waiting.known] : [waiting.known, waiting.strangers];
    strangersTurn = !strangersTurn;
    return first.shift() ?? second.shift();
  }

  function hasRoom(stranger: boolean): boolean {
    if (running < concurrency) return true;
    const all = waiting.known.length + waiting.strangers.length;
    return all < queue && (!stranger || waiting.strangers.length < queue - kept);
  }

  async function run<T>(task: () => Promise<T>, lane: (() => void)[]): Promise<T> {
    if (running < concurrency) running += 1;
    else await new Promise<void>((resolve) => lane.push(resolve));
    try {
      return await task();
    } finally {
      // A waiting task takes over the place of the one that ended, so that nobody slips in between.
      const successor = next();
      if (successor) successor();
      else running -= 1;
    }
  }

  return (task, { stranger = false } = {}) =>
    hasRoom(stranger) ? run(task, stranger ? waiting.strangers : waiting.known) : undefined;
}
