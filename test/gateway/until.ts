import { setTimeout as wait } from 'node:timers/promises';

/** Tries until it does not throw; rejects with what it threw last after `ms` milliseconds. */
export async function until(check: () => unknown, ms = 20_000): Promise<void> {
  const deadline = performance.now() + ms;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await wait(50);
  }
}
