import { type Invalidation, type InvalidationBus, listOf } from '../../invalidation/bus.ts';
import { type Connection, isOutage } from './connection.ts';
import { everything, toldReader } from './told-rows.ts';

export interface ToldBus extends InvalidationBus {
  close(): void;
}

/** Milliseconds. `lookEvery`: a check for news costs microseconds, and reads of caches may come by the ten thousand a second. */
const rhythm = { lookEvery: 5, pollEvery: 250 };

/**
 * The bus of the processes that share a database file. What others have changed stands in rows of the file, so `publish` only
 * calls the listeners of this process. Reading `healthy` looks for rows of others and calls the listeners with them first; for
 * those that read no cache, a timer looks every 250 ms while there is a listener. False while the file cannot be read.
 * @param clock monotonic, in milliseconds
 */
export function toldBus(db: Connection, writer: string, clock: () => number = () => performance.now()): ToldBus {
  const listeners = new Set<(message: Invalidation) => void>();
  const dataVersion = db.statement('PRAGMA data_version');
  const readSince = toldReader(db, writer);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let healthy = false;
  /** The file's version when it was read last, and the last row read; `undefined`: rows may have been missed. */
  let version: unknown;
  let seen: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  function call(messages: readonly Invalidation[]): void {
    for (const message of messages) for (const listener of listeners) listener(message);
  }

  /** The version is read first: what is written in between is found at the next look. */
  function read(evenOwn: boolean): void {
    const found = dataVersion.get()?.data_version;
    if (found === version && !evenOwn) return;
    const { messages, latest } = readSince(seen);
    version = found;
    seen = latest;
    healthy = true;
    call(messages);
  }

  /** Open connections are decided on again at once: where no store answers, they end. */
  function lose(): void {
    const was = healthy;
    healthy = false;
    version = undefined;
    seen = undefined;
    if (was) call([everything]);
  }

  function look(evenOwn = false): void {
    lookedAt = clock();
    try {
      read(evenOwn);
    } catch (error) {
      if (!isOutage(error)) throw error;
      lose();
    }
  }

  /** Own rows are passed over here, so that a reader which hears of nobody for long does not fall behind by them. */
  const poll = () => look(true);

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  look();
  return {
    get healthy() {
      if (clock() - lookedAt >= rhythm.lookEvery) look();
      return healthy;
    },
    async publish(messages) {
      call(listOf(messages));
    },
    subscribe(listener) {
      const own = (message: Invalidation) => listener(message);
      listeners.add(own);
      timer ??= setInterval(poll, rhythm.pollEvery).unref();
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) stop();
      };
    },
    close: stop,
  };
}
