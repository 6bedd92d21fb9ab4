import type { MaybePromise } from '../and-then.ts';
import type { Invalidation, InvalidationBus } from '../invalidation/bus.ts';
import type { Principal } from '../types.ts';
import { isCombined } from './authenticate/principal.ts';
import type { Decision } from './decide.ts';

type Open = Readonly<{ decide: () => MaybePromise<Decision>; principal: Principal; end: () => void }>;

type Dependencies = Readonly<{
  bus: InvalidationBus;
  clock: () => number;
  /** How often each is decided again without an invalidation while the channel is healthy, in milliseconds. Default 30,000. */
  interval?: number;
}>;

/** How often each is decided again while invalidations may be missed, and how often expiry is checked; milliseconds. */
const hurried = 400;

/** So many are decided at a time, so that the stores can answer other requests too. */
const atOnce = 50;

/** Requests that outlive their decision: sockets, event streams, long uploads and answers. */
export interface Connections {
  /**
   * Calls `onEnd` once, as soon as `decide` would no longer allow the request as the same principal: signed out, revoked,
   * changed, expired, or the store could not be asked after an invalidation. Returns an unsubscribe function.
   */
  watch(decide: () => MaybePromise<Decision>, principal: Principal, onEnd: () => void): () => void;
  close(): void;
}

const touches = ({ kind, id }: Invalidation, principal: Principal): boolean =>
  kind === 'all' ||
  (kind !== 'user' && isCombined(principal)) ||
  (kind === 'user' && id === principal.id) ||
  (kind === 'session' && id === principal.sessionId) ||
  (kind === 'token' && id === principal.tokenId);

/** The upstream was told the role of the request's start and learns of no other. */
const isSame = (now: Principal, then: Principal): boolean => now.id === then.id && now.role === then.role;

/** Tracks open connections: each is decided again when an invalidation names its principal, and at intervals. */
export function openConnections({ bus, clock, interval = 30_000 }: Dependencies): Connections {
  const open = new Set<Open>();
  let checkedAt = clock();
  let inRound = false;
  let timer: NodeJS.Timeout | undefined;

  const finish = (one: Open): void => {
    if (open.delete(one)) one.end();
  };

  async function decideAgain(one: Open, onOutage: 'end' | 'wait'): Promise<void> {
    try {
      const decision = await one.decide();
      if (!decision.allow || !isSame(decision.principal, one.principal)) finish(one);
    } catch {
      if (onOutage === 'end') finish(one);
    }
  }

  async function decideThese(these: readonly Open[], onOutage: 'end' | 'wait'): Promise<void> {
    for (let at = 0; at < these.length; at += atOnce) {
      const some = these.slice(at, at + atOnce).filter((one) => open.has(one));
      await Promise.all(some.map((one) => decideAgain(one, onOutage)));
    }
  }

  /** Slow stores are not asked again before they have answered. */
  async function round(): Promise<void> {
    if (inRound) return;
    inRound = true;
    await decideThese([...open], 'wait');
    inRound = false;
  }

  function tick(): void {
    const now = clock();
    for (const one of [...open]) if ((one.principal.expiresAt ?? now + 1) <= now) finish(one);
    // Negative: the clock was set back, so nothing is known of the age. A timer may fire a little early.
    const since = now - checkedAt;
    if (since >= 0 && since < (bus.healthy ? interval : hurried) - 20) return;
    checkedAt = now;
    void round();
  }

  const unsubscribe = bus.subscribe(function onInvalidation(message) {
    const touched = [...open].filter((one) => touches(message, one.principal));
    void decideThese(touched, 'end');
  });

  return {
    watch(decide, principal, onEnd) {
      if (principal.kind === 'anonymous') return () => undefined;
      const one = { decide, principal, end: onEnd };
      open.add(one);
      timer ??= setInterval(tick, Math.min(interval, hurried)).unref();
      // Invalidations published since the decision were missed: decide again. What was decided on is in the cache still,
      // unless one of them has dropped it: then a store that cannot answer ends the connection.
      void decideAgain(one, 'end');
      return () => open.delete(one);
    },
    close() {
      unsubscribe();
      clearInterval(timer);
      open.clear();
    },
  };
}
