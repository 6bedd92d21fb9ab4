import type { Invalidation, InvalidationBus } from '../invalidation/bus.ts';
import type { Principal } from '../types.ts';
import type { Decision } from './decide.ts';
import type { RequestHead } from './extract/head.ts';

type Open = Readonly<{ req: RequestHead; principal: Principal; end: () => void }>;

type Dependencies = Readonly<{
  bus: InvalidationBus;
  decide: (req: RequestHead) => Promise<Decision>;
  clock: () => number;
  /** How often each open request is judged again without a message while messages are heard, in milliseconds. */
  interval?: number;
}>;

/** While messages may be missed each is judged so often; and so often is looked whether it is time. */
const hurried = 400;

/** So many are judged at once: the stores have requests to answer, too. */
const atOnce = 50;

export interface Watch {
  /**
   * Calls `onEnd` once, as soon as the request would no longer be allowed as the same principal: signed out, revoked,
   * changed, expired, or the store that knows could not be asked after a message. Gives the way to stop.
   */
  watch(req: RequestHead, principal: Principal, onEnd: () => void): () => void;
  close(): void;
}

const touches = ({ kind, id }: Invalidation, principal: Principal): boolean =>
  kind === 'all' ||
  (kind === 'user' && id === principal.id) ||
  (kind === 'session' && id === principal.sessionId) ||
  (kind === 'token' && id === principal.tokenId);

/** An upstream was told a role when the request came: it is not told of another one. */
const isSame = (now: Principal, then: Principal): boolean => now.id === then.id && now.role === then.role;

/** Open sockets and streams: each is judged again when a message names its principal, and now and then without one: often while messages are missed. */
export function openConnections({ bus, decide, clock, interval = 30_000 }: Dependencies): Watch {
  const open = new Set<Open>();
  let checkedAt = clock();
  let inRound = false;
  let timer: NodeJS.Timeout | undefined;

  const finish = (one: Open): void => {
    if (open.delete(one)) one.end();
  };

  async function decideAgain(one: Open, onOutage: 'end' | 'wait'): Promise<void> {
    try {
      const decision = await decide(one.req);
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
    // Below zero when the clock was put back: nobody knows how long ago it was. A timer may come a little early.
    const since = now - checkedAt;
    if (since >= 0 && since < (bus.healthy ? interval : hurried) - 20) return;
    checkedAt = now;
    void round();
  }

  const unsubscribe = bus.subscribe(function judgeAgain(message) {
    const touched = [...open].filter((one) => touches(message, one.principal));
    void decideThese(touched, 'end');
  });

  return {
    watch(req, principal, onEnd) {
      if (principal.kind === 'anonymous') return () => undefined;
      const one = { req, principal, end: onEnd };
      open.add(one);
      timer ??= setInterval(tick, Math.min(interval, hurried)).unref();
      // What was said between the decision and now was not heard.
      void decideAgain(one, 'wait');
      return () => open.delete(one);
    },
    close() {
      unsubscribe();
      clearInterval(timer);
      open.clear();
    },
  };
}
