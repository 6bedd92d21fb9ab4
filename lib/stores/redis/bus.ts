import { randomUUID } from 'node:crypto';
import { type Invalidation, type InvalidationBus, listOf } from '../../invalidation/bus.ts';
import type { Log } from '../../log.ts';
import { reasonOf } from './link.ts';
import { teller } from './teller.ts';
import { channelTrust, type Moment, systemClocks } from './trust.ts';
import { read, type Telling } from './wire.ts';

/** The channel in Redis. Its calls reject when the master did not answer in time, or did not execute them. */
export interface Channel {
  /** Resolves when the master has noted the telling as its newest, and published it. */
  tell(telling: Telling): Promise<unknown>;
  /** Writes on the master; resolves with the id of its newest telling. */
  beat(): Promise<string>;
  /** Replaces a subscription that no longer receives anything. */
  renew(): void;
}

export interface RedisBus extends InvalidationBus {
  /** Called with every message of the subscription. */
  hear(text: string): void;
  /** Called when the connection for commands was lost or made again. */
  reconnected(): void;
  /** Sends a heartbeat now; resolves with the reason why the master did not execute it, `undefined` when it did. */
  beat(): Promise<string | undefined>;
  /** Why caches are not trusted; `undefined` while they are. */
  readonly problem: string | undefined;
  /** Why the latest heartbeat was not executed. */
  readonly failure: string | undefined;
  /** Resolves once the channel is trusted for the first time. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** In milliseconds. */
const beatEveryMs = 250;
const renewEveryMs = 5_000;

/** So many heartbeats in a row without trust are logged: a long turn of our own costs fewer. */
const beatsUntilLogged = 3;

/**
 * Invalidations between instances through Redis. A change is told by a script on the master, which writes before it
 * publishes, so that a replica and a full server refuse it. Every 250 ms a heartbeat, which writes too, asks for the newest
 * telling: caches are trusted while that was received (see `channelTrust`).
 */
export function redisBus(channel: Channel, log: Log, clocks = systemClocks): RedisBus {
  const own = randomUUID();
  const listeners = new Set<(message: Invalidation) => void>();
  const first = Promise.withResolvers<void>();
  const trust = channelTrust({ clocks, discardAll: () => callListeners({ kind: 'all', id: '' }) });
  const others = teller((says) => channel.tell({ id: randomUUID(), from: own, says }), log);
  let failure: string | undefined;
  /** How often in a row a telling was missed and nothing was heard. */
  let misses = 0;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let beatsWithoutTrust = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function callListeners(message: Invalidation): void {
    for (const listener of listeners) listener(message);
  }

  async function beat(): Promise<string | undefined> {
    const sent = trust.sending();
    try {
      const newest = await channel.beat();
      failure = undefined;
      if (!closed) answered(sent, newest);
      return undefined;
    } catch (error) {
      failure = reasonOf(error);
      return failure;
    }
  }

  function answered(sent: Moment, newest: string): void {
    if (!trust.answered(sent, newest)) missed(clocks.monotonic());
    if (trust.holds) first.resolve();
  }

  /** Once may be an interruption that the driver mends, or an emptied Redis. */
  function missed(now: number): void {
    misses += 1;
    if (misses < 2 || now - renewedAt < renewEveryMs) return;
    renewedAt = now;
    channel.renew();
  }

  const problem = () => (trust.holds ? undefined : (failure ?? trust.reason));

  function tick(): void {
    const reason = problem();
    const wasLogged = beatsWithoutTrust >= beatsUntilLogged;
    beatsWithoutTrust = reason === undefined ? 0 : beatsWithoutTrust + 1;
    const fields = { store: 'redis channel', problem: reason };
    if (beatsWithoutTrust === beatsUntilLogged) log.warn(fields, 'invalidations may be missed: caches are bypassed');
    if (wasLogged && reason === undefined)
      log.info({ store: fields.store }, 'invalidations are heard: caches are used');
    void beat();
  }

  return {
    get healthy() {
      return trust.holds;
    },
    get problem() {
      return problem();
    },
    get failure() {
      return failure;
    },
    subscribe(listener) {
      const one = (message: Invalidation) => listener(message);
      listeners.add(one);
      return () => listeners.delete(one);
    },
    publish(messages) {
      const list = listOf(messages);
      list.forEach(callListeners);
      return others.publish(list);
    },
    hear(text) {
      const telling = closed ? undefined : read(text);
      if (telling === undefined) return;
      misses = 0;
      if (telling.from !== own) telling.says.forEach(callListeners);
      trust.received(telling.id, telling.after);
    },
    reconnected: () => trust.restart('the connection was made again'),
    beat,
    start() {
      timer = setInterval(tick, beatEveryMs).unref();
      void beat();
      return first.promise;
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      trust.end('it is closed');
      failure = undefined;
      await others.close();
    },
  };
}
