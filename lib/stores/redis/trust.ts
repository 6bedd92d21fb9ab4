import { chain } from './chain.ts';

/** Two clocks in milliseconds: a monotonic one may stand still while the machine sleeps, the wall clock may be set. */
export interface Clocks {
  monotonic(): number;
  wall(): number;
}

export const systemClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** A point in time by both clocks. */
export type Moment = Readonly<{ monotonic: number; wall: number }>;

/** A heartbeat older than this proves nothing, in milliseconds. */
const lostAfterMs = 750;

/** A wall clock that was set back by more than this cannot tell how much time has passed, in milliseconds. */
const setBackMs = 250;

type Answer = Readonly<{ sent: Moment; newest: string; answeredAt: number }>;

type Options = Readonly<{
  clocks: Clocks;
  /** Called before anything is trusted again: everything that is cached must be discarded. */
  discardAll: () => void;
}>;

/**
 * Whether every telling that Redis executed was received, as of less than 750 ms ago by either clock. A heartbeat proves it:
 * it is answered with the newest telling, and the chain was received up to that one. The time that counts is when the
 * heartbeat was sent. Trust that was lost returns with the first heartbeat that is sent afterwards and proves, after
 * `discardAll`.
 */
export function channelTrust({ clocks, discardAll }: Options) {
  const tellings = chain();
  /** Heartbeats whose newest telling has not been received yet, oldest first. */
  let waiting: Answer[] = [];
  let provenAt: Moment | undefined;
  let lostAt = Number.NEGATIVE_INFINITY;
  let reason = 'it has not been heard yet';

  function isOver({ monotonic, wall }: Moment): boolean {
    const passed = clocks.wall() - wall;
    return passed > lostAfterMs || passed < -setBackMs || clocks.monotonic() - monotonic > lostAfterMs;
  }

  function lose(why: string): void {
    lostAt = clocks.monotonic();
    if (provenAt === undefined) return;
    provenAt = undefined;
    waiting = [];
    reason = why;
  }

  function holds(): boolean {
    if (provenAt !== undefined && isOver(provenAt)) lose('no heartbeat was answered in time');
    return provenAt !== undefined;
  }

  function prove(sent: Moment): void {
    if (isOver(sent)) return;
    if (!holds()) discardAll();
    if (provenAt === undefined || sent.monotonic > provenAt.monotonic) provenAt = sent;
  }

  /** Returns false when a telling that was awaited has not come by the next heartbeat. */
  function wait(answer: Answer): boolean {
    if (waiting.some(({ answeredAt }) => answeredAt <= answer.sent.monotonic)) return false;
    waiting.push(answer);
    return true;
  }

  return {
    get holds() {
      return holds();
    },
    /** Why it does not hold. */
    get reason() {
      return reason;
    },
    /** The time at which a heartbeat is sent now. */
    sending(): Moment {
      // Seen now, a lapse is over with the answer to this heartbeat.
      holds();
      return { monotonic: clocks.monotonic(), wall: clocks.wall() };
    },
    /** A heartbeat was answered. Returns false when it shows that tellings were missed. */
    answered(sent: Moment, newest: string): boolean {
      if (!holds() && sent.monotonic < lostAt) return true;
      const missing = holds() && !tellings.has(newest);
      if (missing && wait({ sent, newest, answeredAt: clocks.monotonic() })) return true;
      if (missing) lose('messages were missed');
      tellings.begin(newest, clocks.monotonic());
      prove(sent);
      return !missing;
    },
    /** A telling was received. */
    received(id: string, after: string): void {
      const order = tellings.receive(id, after, clocks.monotonic());
      if (order === 'gap' && holds()) lose('messages were missed');
      const proving = waiting.filter(({ newest }) => tellings.has(newest));
      waiting = waiting.filter((answer) => !proving.includes(answer));
      for (const { sent } of proving) prove(sent);
    },
    /** Another server may answer from now on, and its newest telling may be an old one. */
    restart(why: string): void {
      tellings.reset();
      lose(why);
    },
    /** It never holds again. */
    end(why: string): void {
      lose(why);
      reason = why;
    },
  };
}
