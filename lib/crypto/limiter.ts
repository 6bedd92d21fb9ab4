/** Runs a task now or in its turn; undefined, at once, when the queue is full. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T> | undefined;

/** At most `concurrency` tasks run at a time, and `queue` wait, first come first served. */
export function limiter(concurrency: number, queue: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function run<T>(task: () => Promise<T>): Promise<T> {
    if (running < concurrency) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // A waiting task takes over the place of the one that ended, so that nobody slips in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return (task) => (running >= concurrency && waiting.length >= queue ? undefined : run(task));
}
