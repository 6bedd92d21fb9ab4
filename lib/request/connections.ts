import type { MaybePromise } from '../and-then.ts';
import type { Invalidation, InvalidationBus } from '../invalidation/bus.ts';
import type { Principal } from '../types.ts';
import { dependsOn, isCombined } from './authenticate/principal.ts';
import { keyOf } from './authenticate/told.ts';
import type { Decision } from './decide.ts';

type OpenConnection = Readonly<{ decide: () => MaybePromise<Decision>; principal: Principal; end: () => void }>;

type Dependencies = Readonly<{
  bus: InvalidationBus;
  /** The store's clock, by which credentials expire. */
  clock: () => number;
  /** Milliseconds between two decisions on a connection while the invalidation channel is healthy. Default: 15,000. */
  interval?: number;
  /** The clock by which these are counted. Default: `performance.now`. */
  monotonic?: () => number;
}>;

/** Milliseconds between two decisions while invalidations may be missed, and between two checks of expiry. */
const shortInterval = 400;

/** The most connections that are decided at a time, so that the stores can answer other requests too. */
const atOnce = 50;

/** Requests that outlive their decision: sockets, event streams, long uploads and answers. */
export interface Connections {
  /**
   * Calls `onEnd` once, as soon as `decide` would no longer allow the request as the same principal: signed out, revoked,
   * changed, expired, or a store that is unavailable after an invalidation. Returns an unsubscribe function.
   */
  watch(decide: () => MaybePromise<Decision>, principal: Principal, onEnd: () => void): () => void;
  /** Decides on all again, anonymous ones too, as when the rules have changed. What can no longer be decided on ends. */
  decideAll(): Promise<void>;
  close(): void;
}

/** Nothing but other rules ends a connection that was opened without a credential. */
const isAnonymous = ({ principal }: OpenConnection): boolean => principal.kind === 'anonymous';

/** A principal of two credentials depends on more than it has fields for. */
const touches = ({ kind, id }: Invalidation, key: string, principal: Principal): boolean =>
  kind === 'all' ||
  isCombined(principal) ||
  (kind === 'user' && id === principal.id) ||
  (kind === 'session' && id === principal.sessionId) ||
  (kind === 'token' && id === principal.tokenId) ||
  dependsOn(principal, key);

/** The upstream was sent the role at the start of the request, and is not notified of another one. */
const isSame = (now: Principal, then: Principal): boolean => now.id === then.id && now.role === then.role;

/** Tracks open connections: each is decided again when an invalidation names its principal, and at intervals. */
export function openConnections(dependencies: Dependencies): Connections {
  const { bus, clock, interval = 15_000, monotonic = () => performance.now() } = dependencies;
  const open = new Set<OpenConnection>();
  let checkedAt = monotonic();
  let inRound = false;
  let timer: NodeJS.Timeout | undefined;

  const finish = (one: OpenConnection): void => {
    if (open.delete(one)) one.end();
  };

  async function decideAgain(one: OpenConnection, onOutage: 'end' | 'wait'): Promise<void> {
    try {
      const decision = await one.decide();
      if (!decision.allow || !isSame(decision.principal, one.principal)) finish(one);
    } catch {
      if (onOutage === 'end') finish(one);
    }
  }

  async function decideThese(these: readonly OpenConnection[], onOutage: 'end' | 'wait'): Promise<void> {
    for (let at = 0; at < these.length; at += atOnce) {
      const some = these.slice(at, at + atOnce).filter((one) => open.has(one));
      await Promise.all(some.map((one) => decideAgain(one, onOutage)));
    }
  }

  /** A round does not start before the previous one has ended, however slow the stores are. */
  async function round(): Promise<void> {
    if (inRound) return;
    inRound = true;
    await decideThese(
      [...open].filter((one) => !isAnonymous(one)),
      'wait',
    );
    inRound = false;
  }

  function tick(): void {
    const now = clock();
    for (const one of [...open]) if ((one.principal.expiresAt ?? now + 1) <= now) finish(one);
    // A timer may fire up to 20 ms early.
    if (monotonic() - checkedAt < (bus.healthy ? interval : shortInterval) - 20) return;
    checkedAt = monotonic();
    void round();
  }

  const unsubscribe = bus.subscribe(function onInvalidation(message) {
    const key = keyOf(message);
    const touched = [...open].filter((one) => !isAnonymous(one) && touches(message, key, one.principal));
    void decideThese(touched, 'end');
  });

  return {
    watch(decide, principal, onEnd) {
      const one = { decide, principal, end: onEnd };
      open.add(one);
      timer ??= setInterval(tick, Math.min(interval, shortInterval)).unref();
      // Invalidations published since the decision were missed: decide again. The credential is still
      // cached, unless one of them has dropped it: then a store that cannot answer ends the connection.
      void decideAgain(one, isAnonymous(one) ? 'wait' : 'end');
      return () => open.delete(one);
    },
    decideAll: () => decideThese([...open], 'end'),
    close() {
      unsubscribe();
      clearInterval(timer);
      open.clear();
    },
  };
}
