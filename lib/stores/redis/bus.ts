import { randomUUID } from 'node:crypto';
import { NotToldError } from '../../errors.ts';
import { type Invalidation, type InvalidationBus, listOf } from '../../invalidation/bus.ts';
import type { Log } from '../../log.ts';
import { neighbours } from './neighbours.ts';
import { type Note, read, written } from './wire.ts';

/** The channel in Redis. */
export interface Channel {
  /** Rejects when Redis did not accept the message. */
  publish(text: string): Promise<unknown>;
  /** Replaces a subscription that no longer receives anything. */
  renew(): void;
}

export interface RedisBus extends InvalidationBus {
  /** Called with every message of the subscription. */
  hear(text: string): void;
  /** Why messages may be missed; `undefined` while the channel works. */
  readonly problem: string | undefined;
  /** Resolves once the first own beat has come back. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Times in milliseconds. A beat that was sent more than `lostAfter` ago proves nothing. */
export const rhythm = { beatEvery: 250, lostAfter: 750, settling: 1_500, renewAfter: 8_000 };

/**
 * Invalidations between instances through Redis pub/sub. Every instance sends a numbered beat every 250 ms and must receive
 * its own beats. When none came back for 750 ms, or a number of any instance is missing, `healthy` is false until a beat
 * comes back; then everything is invalidated here, since any message may have been missed. Another instance that falls silent
 * without a `bye` may be cut off and change what is cached here: caches are bypassed until it returns, or for ten seconds,
 * after which it counts as ended.
 */
export function redisBus(channel: Channel, log: Log, now: () => number = () => performance.now()): RedisBus {
  const own = randomUUID();
  const others = neighbours();
  const listeners = new Set<(message: Invalidation) => void>();
  const first = Promise.withResolvers<void>();
  let sent = 0;
  /** When the latest own beat that came back was sent. */
  let provenAt = now();
  let beatenAt = now();
  let lostAt = now();
  let foundAt = Number.NEGATIVE_INFINITY;
  let problem: string | undefined = 'it has not been heard yet';
  let healthy = false;
  /** An invalidation was not sent: the others must invalidate everything as soon as the channel works. */
  let owing = false;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function tell(message: Invalidation): void {
    for (const listener of listeners) listener(message);
  }
  const everything: Invalidation = { kind: 'all', id: '' };

  function weigh(): void {
    healthy = problem === undefined && !others.anySilent;
  }

  async function send(says: Note['says']): Promise<boolean> {
    sent += 1;
    try {
      await channel.publish(written({ from: own, number: sent, sentAt: now(), says }));
      return true;
    } catch {
      return false;
    }
  }

  function lost(why: string): void {
    healthy = false;
    if (problem !== undefined) return;
    problem = why;
    lostAt = now();
    log.warn({ store: 'redis channel', problem: why }, 'invalidations may be missed: caches are bypassed');
  }

  function found(): void {
    others.excuse(now());
    tell(everything);
    problem = undefined;
    foundAt = now();
    weigh();
    first.resolve();
    log.info({ store: 'redis channel' }, 'invalidations are heard: caches are used');
  }

  function heardOwn(note: Note): void {
    if (note.says !== 'beat' || now() - note.sentAt > rhythm.lostAfter) return;
    provenAt = Math.max(provenAt, note.sentAt);
    if (problem !== undefined) found();
    if (owing) void settleDebt();
  }

  async function settleDebt(): Promise<void> {
    owing = false;
    owing = !(await send(everything)) || owing;
  }

  function heardOther({ from, number, says }: Note): void {
    const { order, returned } = others.heard(from, number, now());
    if (says === 'bye') others.gone(from);
    // Messages sent while the channel was lost may still arrive incompletely.
    const settling = now() - foundAt < rhythm.settling;
    if (order === 'gap' && !settling) lost('messages were left out');
    else if (order === 'gap' || order === 'first' || returned) tell(everything);
    if (typeof says === 'object') tell(says);
    if (returned) weigh();
  }

  function look(): void {
    if (closed) return;
    if (now() - provenAt > rhythm.lostAfter) lost('the own beat does not come back');
    if (problem === undefined) lookAround();
    else if (now() - lostAt > rhythm.renewAfter) renew();
  }

  function lookAround(): void {
    const { fell, ended } = others.look(now());
    if (fell > 0) log.warn({ instances: fell }, 'another instance fell silent: caches are bypassed for a while');
    if (fell + ended > 0) tell(everything);
    weigh();
  }

  function renew(): void {
    lostAt = now();
    channel.renew();
  }

  function beat(): void {
    const slept = now() - beatenAt - rhythm.beatEvery;
    beatenAt += slept + rhythm.beatEvery;
    // While the event loop was blocked nothing was sent, so nothing can have come back.
    if (slept > rhythm.beatEvery) provenAt += slept;
    void send('beat');
    // After the event loop was blocked, messages that have arrived are handled first.
    setImmediate(look);
  }

  return {
    get healthy() {
      return healthy;
    },
    get problem() {
      return problem;
    },
    subscribe(listener) {
      const one = (message: Invalidation) => listener(message);
      listeners.add(one);
      return () => listeners.delete(one);
    },
    async publish(messages) {
      const list = listOf(messages);
      list.forEach(tell);
      if ((await Promise.all(list.map(send))).every(Boolean)) return;
      owing = true;
      log.warn({ store: 'redis channel' }, 'the others hear of an invalidation later');
      throw new NotToldError('redis channel');
    },
    hear(text) {
      const note = closed ? undefined : read(text);
      if (note === undefined) return;
      if (note.from === own) heardOwn(note);
      else heardOther(note);
    },
    start() {
      timer = setInterval(beat, rhythm.beatEvery).unref();
      beat();
      return first.promise;
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      const well = problem === undefined;
      healthy = false;
      problem = 'it is closed';
      if (well) await send('bye');
    },
  };
}
