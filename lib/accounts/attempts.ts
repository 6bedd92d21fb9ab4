import { randomBase62 } from '../crypto/random.ts';
import { type Refusal, refused } from '../errors.ts';
import { addressKey } from '../net/address-key.ts';
import type { AttemptStore } from '../stores/attempts.ts';

const day = 24 * 60 * 60 * 1000;
/** Longer than the longest queue takes: a place is given up when its attempt ends, unless its process died before. */
const placeMs = 2 * 60 * 1000;
/** Seconds after which a place is likely to be free again. */
const briefly = 2;

/** One attempt that may go on, and holds its places until it ends in one of three ways. */
export interface Attempt {
  readonly ok: true;
  /** Who tries has signed in from that address before. */
  readonly known: boolean;
  /** It was right: it counts nowhere, and the counter of user and address, or of the session, begins anew. */
  succeeded(): Promise<void>;
  /** It was wrong: it counts. */
  failed(): Promise<void>;
  /** Nothing was compared: it counts nowhere. */
  withdrawn(): Promise<void>;
}

/** An attempt that may not go on. */
export type Refused = Readonly<{ ok: false; refusal: Refusal }>;

/**
 * Limits failed attempts, for every door that takes a secret. An attempt that is being checked holds a place beside the
 * failures, so that no more are compared at once than may fail. Refuses with `rate_limited` and `retryAfter` in seconds: what
 * is left of the window when the failures have used up a limit, two when others are still being checked.
 */
export interface AttemptLimits {
  /**
   * A sign-in. `who` is the key of whom it is about, the same for every spelling of a name: a user's id, or a digest of what
   * was typed.
   */
  signIn(who: string, address: string): Promise<Attempt | Refused>;
  /**
   * The current password in a session that is signed in. Failures count for that session and for the user's day; those of
   * strangers at the sign-in do not hold it up.
   */
  confirm(who: string, session: string): Promise<Attempt | Refused>;
  /** Counts a wrong setup token from an address, apart from all else; refuses beyond the limit. A right one needs no leave. */
  wrongSetupToken(address: string): Promise<Refused | undefined>;
  /** `who` has signed in from there: the limits that others use up there do not hold them up. */
  remember(who: string, address: string, at: number): Promise<void>;
}

/** `most` is absent for a counter that only counts: somebody else is limited by it. */
type Limit = Readonly<{ key: string; window: number; most?: number; clearedBySuccess?: true }>;

const limitedFor = (resetMs: number) => refused('rate_limited', { retryAfter: Math.max(1, Math.ceil(resetMs / 1000)) });

/** Takes a place in each limit, the widest first: once an address is refused, inventing names from it makes no counters. */
function placesIn(store: AttemptStore, holder: string) {
  /** Undefined when it got a place. It asks twice: a flood of refused attempts writes nothing. */
  async function take({ key, window, most }: Limit & { most: number }): Promise<Refused | undefined> {
    const before = await store.count(key, window);
    if (before.count >= most) return limitedFor(before.resetMs);
    const place = await store.hold(key, holder, most, placeMs);
    if (place === 0) return refused('rate_limited', { retryAfter: briefly });
    const { count, resetMs } = await store.count(key, window);
    if (count + place <= most) return undefined;
    await store.letGo(key, holder);
    return count >= most ? limitedFor(resetMs) : refused('rate_limited', { retryAfter: briefly });
  }

  async function letGo(limits: readonly Limit[]): Promise<void> {
    for (const { key, most } of limits) if (most !== undefined) await store.letGo(key, holder);
  }

  return {
    letGo,
    async take(limits: readonly Limit[]): Promise<Refused | undefined> {
      for (const [at, { most, ...limit }] of limits.entries()) {
        const refusal = most === undefined ? undefined : await take({ ...limit, most });
        if (refusal === undefined) continue;
        await letGo(limits.slice(0, at));
        return refusal;
      }
      return undefined;
    },
  };
}

export function attemptLimits(
  store: AttemptStore,
  settings: Readonly<{
    loginMaxFailures: number;
    loginWindow: number;
    loginMaxFailuresAddress: number;
    loginMaxFailuresUser: number;
  }>,
): AttemptLimits {
  const few = { most: settings.loginMaxFailures, window: settings.loginWindow };
  const manyOfUser = { most: settings.loginMaxFailuresUser, window: day };
  const manyOfAddress = { most: settings.loginMaxFailuresAddress, window: day };

  async function begin(limits: readonly Limit[], known: boolean): Promise<Attempt | Refused> {
    const places = placesIn(store, randomBase62(12));
    const refusal = await places.take(limits);
    if (refusal !== undefined) return refusal;
    return {
      ok: true,
      known,
      async succeeded() {
        for (const { key, window, clearedBySuccess } of limits) if (clearedBySuccess) await store.clear(key, window);
        await places.letGo(limits);
      },
      async failed() {
        for (const { key, window } of limits) await store.hit(key, window);
        await places.letGo(limits);
      },
      withdrawn: () => places.letGo(limits),
    };
  }

  return {
    async signIn(who, address) {
      const from = addressKey(address);
      const known = await store.knowsAddress(who, from);
      const ofAddress: Limit = { key: `address:${from}`, ...manyOfAddress };
      const ofPair: Limit = { key: `pair:${who}:${from}`, ...few, clearedBySuccess: true };
      // What others use up does not hold up who has signed in from there before; their own failures count for the others.
      const wide = known ? [{ key: ofAddress.key, window: day }] : [ofAddress, { key: `user:${who}`, ...manyOfUser }];
      return begin([...wide, ofPair], known);
    },
    confirm: (who, session) =>
      begin(
        [
          { key: `confirming:${who}`, ...manyOfUser },
          { key: `user:${who}`, window: day },
          { key: `session:${session}`, ...few, clearedBySuccess: true },
        ],
        true,
      ),
    async wrongSetupToken(address) {
      const { count, resetMs } = await store.hit(`setup:${addressKey(address)}`, few.window);
      return count > few.most ? limitedFor(resetMs) : undefined;
    },
    remember: (who, address, at) => store.rememberAddress(who, addressKey(address), at),
  };
}
