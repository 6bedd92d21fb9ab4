import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Stores } from '../stores/stores.ts';
import type { SigningKeys } from '../tokens/keys.ts';

const minute = 60_000;
/** So few at a time that no request waits for it. */
const atOnce = 1000;
/** A signing key is replaced after this long; it goes on verifying until nothing that it signed can be good. */
const keyAge = 90 * 24 * 60 * minute;

/** All kinds of store have this verb. */
type Swept = Pick<Stores['sessions'], 'sweep'>;

type Dependencies = Readonly<{
  stores: Readonly<Record<'sessions' | 'refreshTokens' | 'audit', Swept>>;
  /** How long audit records are kept, in milliseconds. */
  auditRetention: number;
  keys: Pick<SigningKeys, 'rotateAfter'>;
  clock: () => number;
  log: Log;
}>;

/** Every minute: deletes expired records in small batches, replaces an old signing key. Returns a function that stops it. */
export function housekeeping({ stores, auditRetention, keys, clock, log }: Dependencies): () => void {
  /** A store in this process answers without letting anybody else have a turn. */
  async function sweep(store: Swept, now = clock()): Promise<void> {
    while ((await store.sweep(now, atOnce)) === atOnce) await turn();
  }

  async function keepHouse(): Promise<void> {
    try {
      await sweep(stores.sessions);
      await sweep(stores.refreshTokens);
      await sweep(stores.audit, clock() - auditRetention);
      await keys.rotateAfter(keyAge);
    } catch (error) {
      log.warn({ err: error }, 'what is past its time could not be put away');
    }
  }
  const timer = setInterval(() => void keepHouse(), minute).unref();
  return () => clearInterval(timer);
}
