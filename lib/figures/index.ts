import type { Log } from '../log.ts';
import type { Figures } from '../services.ts';
import type { Records } from '../stores/records/records.ts';
import { type Counters, counters } from './counters.ts';
import { historyOf } from './history.ts';
import { grains } from './periods.ts';
import { storeIn } from './stored.ts';
import { isNothing, nothing, sumOf, type Totals } from './totals.ts';

/** Milliseconds between two times of storing what was counted. */
const interval = 30_000;

/** Sessions are counted at each tenth storing: the store is asked for their number, which may cost it something. */
const sampledEvery = 10;

/** Milliseconds that the last storing has before the store is closed. */
const closeDeadline = 2000;

type Dependencies = Readonly<{
  records: Pick<Records, 'change' | 'list'>;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** How long figures are kept, in milliseconds. */
  retention: number;
  /** How many sessions are live. */
  countSessions: () => Promise<number>;
  log: Log;
}>;

/** Counts, and stores what was counted. */
export interface FigureKeeper extends Pick<Counters, 'decided' | 'refused' | 'happened'> {
  readonly figures: Figures;
  /** From now on what is counted is stored every half minute. */
  start(): void;
  /** Stores what was counted, and what the store did not take the last time. Never rejects. */
  flush(): Promise<void>;
  /** Stores for the last time, for two seconds at most. Call it before the store is closed. */
  close(): Promise<void>;
}

export function figureKeeper(dependencies: Dependencies): FigureKeeper {
  const { records, clock, log } = dependencies;
  const counted = counters();
  /** What each grain still has to be given. */
  const pending = new Map<string, Totals>();
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  let closed = false;

  const unstored = (letter: string): Totals => pending.get(letter) ?? nothing;

  async function store(sampled?: number): Promise<void> {
    const taken = { ...counted.take(), sessions: sampled };
    for (const { letter } of grains) pending.set(letter, sumOf([unstored(letter), taken]));
    for (const grain of grains) {
      const totals = unstored(grain.letter);
      if (isNothing(totals)) continue;
      await storeIn(grain, totals, { ...dependencies, now: clock() });
      pending.delete(grain.letter);
    }
  }

  async function attempt(sampled?: number): Promise<void> {
    try {
      await store(sampled);
    } catch (error) {
      log.warn({ err: error }, 'figures could not be stored: they are tried again');
    }
    running = undefined;
  }

  function flush(sampled?: number): Promise<void> {
    running ??= attempt(sampled);
    return running;
  }

  /** The number of sessions, when it is due and can be counted. */
  async function sample(): Promise<number | undefined> {
    const isDue = round % sampledEvery === 0;
    round += 1;
    try {
      return isDue ? await dependencies.countSessions() : undefined;
    } catch (error) {
      log.warn({ err: error }, 'the sessions could not be counted');
      return undefined;
    }
  }

  async function tick(): Promise<void> {
    const sampled = await sample();
    if (!closed) await flush(sampled);
  }

  return {
    decided: counted.decided,
    refused: counted.refused,
    happened: counted.happened,
    figures: {
      over: (span) => historyOf(records, span, clock(), (letter) => sumOf([unstored(letter), counted.peek()])),
    },
    start() {
      timer ??= setInterval(() => void tick(), interval).unref();
    },
    flush: () => flush(),
    async close() {
      closed = true;
      clearInterval(timer);
      const late = Promise.withResolvers<void>();
      const deadline = setTimeout(late.resolve, closeDeadline);
      await Promise.race([Promise.resolve(running).then(() => flush()), late.promise]);
      clearTimeout(deadline);
    },
  };
}
