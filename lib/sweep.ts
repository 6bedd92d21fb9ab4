import type { Log } from './core.ts';
import type { Stores } from './stores/contracts.ts';

const minute = 60_000;
/** So few at a time that no request waits for it. */
const atOnce = 1000;

/** Deletes what is past its time, a little every minute. Gives the way to stop. */
export function sweeping(
  stores: Pick<Stores, 'sessions' | 'refreshTokens'>,
  clock: () => number,
  log: Log,
): () => void {
  async function sweep(): Promise<void> {
    try {
      const now = clock();
      while ((await stores.sessions.sweep(now, atOnce)) === atOnce);
      while ((await stores.refreshTokens.sweep(now, atOnce)) === atOnce);
    } catch (error) {
      log.warn({ err: error }, 'what is past its time could not be deleted');
    }
  }
  const timer = setInterval(() => void sweep(), minute).unref();
  return () => clearInterval(timer);
}
