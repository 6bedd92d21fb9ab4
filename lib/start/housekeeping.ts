import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { allKinds } from '../stores/records/kinds/index.ts';
import type { Stores } from '../stores/stores.ts';
import type { SigningKeys } from '../tokens/keys.ts';

const minute = 60_000;
/** Records that one sweep deletes at most: few enough that no request waits for it. */
const batchSize = 500;
/** A signing key is replaced after this many milliseconds. It goes on verifying until everything it signed has expired. */
const keyAge = 90 * 24 * 60 * minute;

/** A store that deletes its expired records. */
type Sweepable = Pick<Stores['sessions'], 'sweep'>;

type Dependencies = Readonly<{
  stores: Readonly<Record<'sessions' | 'audit', Sweepable>> &
    Readonly<{ records: Pick<Stores['records'], 'sweep'> }> &
    Pick<Stores, 'sweep'>;
  /** How long audit records are kept, in milliseconds. */
  auditRetention: number;
  keys: Pick<SigningKeys, 'rotateAfter'>;
  clock: () => number;
  log: Log;
}>;

/** Deletes at most `limit` records that are not needed any more; returns how many. */
type Sweep = (limit: number) => Promise<number>;

/** What is swept, by the name that a failure is logged with. */
function sweepsOf({ stores, auditRetention, clock }: Dependencies): [what: string, sweep: Sweep][] {
  const { records, sessions, audit } = stores;
  const expiring = allKinds.filter((kind) => kind.expiry !== undefined);
  return [
    ['session', (limit) => sessions.sweep(clock(), limit)],
    ...expiring.map((kind): [string, Sweep] => [kind.name, (limit) => records.sweep(kind, limit)]),
    ['audit', (limit) => audit.sweep(clock() - auditRetention, limit)],
    ['told', async (limit) => (await stores.sweep?.(limit)) ?? 0],
  ];
}

/**
 * Every minute: deletes expired records in small batches, replaces an old signing key. A round does not begin before the one
 * before has ended. Returns a function that stops this.
 */
export function housekeeping(dependencies: Dependencies): () => void {
  const { keys, log } = dependencies;
  const sweeps = sweepsOf(dependencies);
  let running = false;
  let stopped = false;

  /** An embedded store answers synchronously: between batches the event loop gets a turn. */
  async function sweepWhole(sweep: Sweep): Promise<void> {
    while (!stopped && (await sweep(batchSize)) >= batchSize) await turn();
  }

  async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    if (stopped) return;
    await work().catch((error: unknown) =>
      log.warn({ err: error, what }, 'housekeeping failed: tried again in a minute'),
    );
    await turn();
  }

  async function round(): Promise<void> {
    if (running) return;
    running = true;
    for (const [what, sweep] of sweeps) await attempt(what, () => sweepWhole(sweep));
    await attempt('signing-key', () => keys.rotateAfter(keyAge));
    running = false;
  }

  const timer = setInterval(() => void round(), minute).unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
