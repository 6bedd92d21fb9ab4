import { randomBase62 } from '../crypto/random.ts';
import { type Refusal, refused } from '../errors.ts';
import { addressKey } from '../net/address-key.ts';
import type { AttemptStore } from '../stores/attempts.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
/** How many people sign themselves up from one address within an hour. */
const mostSignUps = 30;
/**
 * Lifetime of a place whose process died; longer than any wait in the hashing queue. Other places end with their attempt.
 */
const placeMs = 2 * 60 * 1000;
/** `retryAfter` in seconds when only the attempts in progress use up a limit. */
const briefly = 2;

/** An attempt within the limits. It holds its places until one of its three functions is called. */
export interface Attempt {
  readonly ok: true;
  /** Whether the user has signed in from that address before. */
  readonly known: boolean;
  /** The secret was right: it is not counted, and the counter of user and address, or of the session, is reset. */
  succeeded(): Promise<void>;
  /** The secret was wrong: the failure is counted. */
  failed(): Promise<void>;
  /** Nothing was compared: nothing is counted. */
  withdrawn(): Promise<void>;
}

/** An attempt beyond the limits. */
export type Refused = Readonly<{ ok: false; refusal: Refusal }>;

/**
 * Limits failed attempts wherever a secret is verified. An attempt in progress holds a place, which counts with the failures,
 * so that no more attempts run at once than may fail. Refuses with `rate_limited` and `retryAfter` in seconds: the rest of
 * the window when the failures alone reach a limit, else two.
 */
export interface AttemptLimits {
  /**
   * Begins a sign-in. `who` is the same for every spelling of a name: a user's id, or for an unknown name a digest of what
   * was typed.
   */
  signIn(who: string, address: string): Promise<Attempt | Refused>;
  /**
   * Begins a check of the current password in a signed-in session. Failures count against the session and the user's daily
   * limit. Failed sign-ins by others do not block it.
   */
  confirm(who: string, session: string): Promise<Attempt | Refused>;
  /** Begins a check of an invitation's code. A wrong one counts like a wrong password from the address, within the day. */
  invitation(address: string): Promise<Attempt | Refused>;
  /** Counts a sign-up from an address, on a counter of its own, and refuses beyond 30 in an hour. */
  signUp(address: string): Promise<Refused | undefined>;
  /**
   * Begins a look-up of a device's user code by a user who is signed in. Wrong codes count for the user, for the address, and for
   * both together, on counters of their own: they block nobody's sign-in.
   */
  userCode(who: string, address: string): Promise<Attempt | Refused>;
  /** Counts a wrong setup token from an address, on a counter of its own, and refuses beyond the limit. */
  wrongSetupToken(address: string): Promise<Refused | undefined>;
  /** Notes that `who` has signed in from an address: failures by others then no longer block them there. */
  remember(who: string, address: string, at: number): Promise<void>;
}

/** `most` is absent for a counter that does not limit this attempt, only others. */
type Limit = Readonly<{ key: string; window: number; most?: number; clearedBySuccess?: true }>;

const limitedFor = (resetMs: number) => refused('rate_limited', { retryAfter: Math.max(1, Math.ceil(resetMs / 1000)) });

/** Takes a place in each limit, the widest first, so that a blocked address cannot create counters with invented names. */
function placesIn(store: AttemptStore, holder: string) {
  /**
   * Returns undefined when the place is taken. Counts before it writes, so that a flood of refused attempts writes
   * nothing.
   */
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

/** The limits of an installation: `loginWindow` in milliseconds, the others are numbers of failures. */
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
      // Failures by others do not block a user who has signed in from there; that user's failures do count for others.
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
    invitation: (address) => begin([{ key: `address:${addressKey(address)}`, ...manyOfAddress }], false),
    async signUp(address) {
      const key = `signing-up:${addressKey(address)}`;
      // Counts before it writes, so that a flood of refused sign-ups writes nothing.
      const before = await store.count(key, hour);
      if (before.count >= mostSignUps) return limitedFor(before.resetMs);
      const { count, resetMs } = await store.hit(key, hour);
      return count > mostSignUps ? limitedFor(resetMs) : undefined;
    },
    userCode(who, address) {
      const from = addressKey(address);
      const ofAddress: Limit = { key: `code-address:${from}`, ...manyOfAddress };
      const ofPair: Limit = { key: `code-pair:${who}:${from}`, ...few, clearedBySuccess: true };
      return begin([ofAddress, { key: `code-user:${who}`, ...manyOfUser }, ofPair], true);
    },
    async wrongSetupToken(address) {
      const { count, resetMs } = await store.hit(`setup:${addressKey(address)}`, few.window);
      return count > few.most ? limitedFor(resetMs) : undefined;
    },
    remember: (who, address, at) => store.rememberAddress(who, addressKey(address), at),
  };
}
