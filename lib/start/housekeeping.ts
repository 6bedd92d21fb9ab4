import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Stores } from '../stores/stores.ts';
import type { SigningKeys } from '../tokens/keys.ts';

const minute = 60_000;
/** Records that one sweep deletes at most: few enough that no request waits for it. */
const batchSize = 1000;
/** A signing key is replaced after this many milliseconds. It goes on verifying until everything it signed has expired. */
const keyAge = 90 * 24 * 60 * minute;

/** A store that deletes its expired records. */
type Sweepable = Pick<Stores['sessions'], 'sweep'>;

type Dependencies = Readonly<{
  stores: Readonly<Record<'sessions' | 'refreshTokens' | 'audit', Sweepable>>;
  /** How long audit records are kept, in milliseconds. */
  auditRetention: number;
  keys: Pick<SigningKeys, 'rotateAfter'>;
  clock: () => number;
  log: Log;
}>;

/** Every minute: deletes expired records in small batches, replaces an old signing key. Returns a function that stops this. */
export function housekeeping({ stores, auditRetention, keys, clock, log }: Dependencies): () => void {
  /** An embedded store answers synchronously: between batches the event loop gets a turn. */
  async function sweep(store: Sweepable, now = clock()): Promise<void> {
    while ((await store.sweep(now, batchSize)) === batchSize) await turn();
  }

  async function sweepAll(): Promise<void> {
    try {
      await sweep(stores.sessions);
      await sweep(stores.refreshTokens);
      await sweep(stores.audit, clock() - auditRetention);
      await keys.rotateAfter(keyAge);
    } catch (error) {
      log.warn({ err: error }, 'expired records could not be deleted');
    }
  }
  const timer = setInterval(() => void sweepAll(), minute).unref();
  return () => clearInterval(timer);
}
