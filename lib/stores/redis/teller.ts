import { setTimeout as wait } from 'node:timers/promises';
import { NotToldError } from '../../errors.ts';
import type { Invalidation } from '../../invalidation/bus.ts';
import type { Log } from '../../log.ts';

/** How long a caller waits until its messages are told, in milliseconds. */
const patienceMs = 1_500;

/** Pauses between attempts, in milliseconds. */
const pauses = { first: 25, longest: 250 };

/** Beyond so many messages, everything is invalidated instead. */
const most = 10_000;

const everything: Invalidation = { kind: 'all', id: '' };

/** Messages that are to be told: one for each kind and id, with the highest version. */
function outbox() {
  let messages = new Map<string, Invalidation>();

  function add(message: Invalidation): void {
    const key = `${message.kind}:${message.id}`;
    const before = messages.get(key)?.version ?? Number.NEGATIVE_INFINITY;
    if (!messages.has(key) || (message.version ?? Number.NEGATIVE_INFINITY) > before) messages.set(key, message);
    if (messages.size > most) messages = new Map([['all:', everything]]);
  }

  return {
    add,
    get isEmpty() {
      return messages.size === 0;
    },
    takeAll(): readonly Invalidation[] {
      const taken = [...messages.values()];
      messages = new Map();
      return taken;
    },
  };
}

type Caller = Readonly<{
  /** The number of the first attempt that tells its messages. */
  attempt: number;
  done(): void;
  giveUp(): void;
}>;

/**
 * Tells the other instances, one batch after another: what is published while a batch is under way is the next one. What
 * could not be told is tried again until it is, or until the teller is closed.
 */
export function teller(tell: (messages: readonly Invalidation[]) => Promise<unknown>, log: Log) {
  const owed = outbox();
  const callers = new Set<Caller>();
  const stop = new AbortController();
  let attempts = 0;
  let failure: unknown;
  let warned = false;
  let isRunning = false;
  let loop: Promise<void> | undefined;

  async function attempt(): Promise<boolean> {
    attempts += 1;
    const number = attempts;
    const batch = owed.takeAll();
    try {
      await tell(batch);
    } catch (error) {
      failure = error;
      batch.forEach(owed.add);
      return false;
    }
    for (const caller of callers) if (caller.attempt <= number) caller.done();
    return true;
  }

  async function tellAll(): Promise<void> {
    isRunning = true;
    let pause = pauses.first;
    while (!owed.isEmpty && !stop.signal.aborted) {
      if (await attempt()) continue;
      await wait(pause, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      pause = Math.min(2 * pause, pauses.longest);
    }
    if (warned && owed.isEmpty) log.info({ store: 'redis channel' }, 'the other instances know of every change again');
    warned = warned && !owed.isEmpty;
    isRunning = false;
  }

  function notTold(): NotToldError {
    if (!warned) log.warn({ store: 'redis channel' }, 'the other instances could not be told of a change yet');
    warned = true;
    return new NotToldError('redis channel', { cause: failure });
  }

  function callerOf({ resolve, reject }: PromiseWithResolvers<void>): Caller {
    // After the event loop was blocked the answer may have arrived unread.
    const timer = setTimeout(() => setImmediate(caller.giveUp), patienceMs);
    const settled = () => {
      clearTimeout(timer);
      return callers.delete(caller);
    };
    const caller: Caller = {
      attempt: attempts + 1,
      done: () => settled() && resolve(),
      giveUp: () => settled() && reject(notTold()),
    };
    return caller;
  }

  return {
    /** Resolves when the messages are told; rejects with `NotToldError` after `patienceMs`, and at once when closed. */
    async publish(messages: readonly Invalidation[]): Promise<void> {
      if (messages.length === 0) return;
      if (stop.signal.aborted) throw notTold();
      messages.forEach(owed.add);
      const outcome = Promise.withResolvers<void>();
      callers.add(callerOf(outcome));
      if (!isRunning) loop = tellAll();
      await outcome.promise;
    },
    /** Makes a last attempt for what is left. */
    async close(): Promise<void> {
      stop.abort();
      await loop;
      if (!owed.isEmpty) await attempt();
      for (const caller of callers) caller.giveUp();
    },
  };
}
