import { setTimeout as wait } from 'node:timers/promises';

/** Resolves once it holds, looked at every few milliseconds; rejects after `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`it does not hold after ${ms} ms: ${holds}`);
    await wait(5);
  }
}
