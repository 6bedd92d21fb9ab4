import { type Refusal, refused } from '../errors.ts';
import { addressKey } from '../net/address-key.ts';
import type { AttemptStore } from '../stores/attempts.ts';

const day = 24 * 60 * 60 * 1000;

type Settings = Readonly<{ loginMaxFailures: number; loginWindow: number; loginMaxFailuresAddress: number }>;
type Limit = Readonly<{ key: string; window: number; most: number }>;
type Counted = Readonly<{ count: number; resetMs: number }>;

/** What is counted for a client that signs in from an address. */
export interface ClientAttempt {
  /** Set when a limit was reached already: compare nothing. */
  readonly refusal: Refusal | undefined;
  /** The secret was right: it is not counted, and the counter of client and address is reset. `at`: the store's clock. */
  succeeded(at: number): Promise<void>;
  /** The secret was wrong: it is counted; a refusal when that is beyond a limit, as it is among many at once. */
  failed(): Promise<Refusal | undefined>;
}

const limited = ({ resetMs }: Counted): Refusal =>
  refused('rate_limited', { retryAfter: Math.max(1, Math.ceil(resetMs / 1000)) }).refusal;

/**
 * Limits wrong client secrets with the counters of sign-ins: for a client and an address together, and for an address in a day,
 * unless the client has signed in from there. Comparing a secret costs nothing and takes no turn, so an attempt holds no place
 * while it lasts: right secrets at once do not wait for each other.
 */
export function clientAttempts(store: AttemptStore, settings: Settings) {
  /** `who` is the same for every spelling of a client id: the id of its record, or a digest of what was typed. */
  return async function attempt(who: string, address: string): Promise<ClientAttempt> {
    const from = addressKey(address);
    const ofAddress: Limit = { key: `address:${from}`, window: day, most: settings.loginMaxFailuresAddress };
    const pairLimit = { window: settings.loginWindow, most: settings.loginMaxFailures };
    const ofPair: Limit = { key: `pair:${who}:${from}`, ...pairLimit };
    const counted = ({ key, window }: Limit) => store.count(key, window);
    const [known, total, pair] = await Promise.all([
      store.knowsAddress(who, from),
      counted(ofAddress),
      counted(ofPair),
    ]);

    /** `beyond`: 0 before this attempt is counted, 1 after it. */
    function refusalOf(ofThatAddress: Counted, ofThatPair: Counted, beyond: 0 | 1): Refusal | undefined {
      if (!known && ofThatAddress.count >= ofAddress.most + beyond) return limited(ofThatAddress);
      return ofThatPair.count >= ofPair.most + beyond ? limited(ofThatPair) : undefined;
    }

    return {
      refusal: refusalOf(total, pair, 0),
      async succeeded(at) {
        if (pair.count > 0) await store.clear(ofPair.key, ofPair.window);
        if (!known) await store.rememberAddress(who, from, at);
      },
      async failed() {
        const now = await store.hit(ofAddress.key, ofAddress.window);
        return refusalOf(now, await store.hit(ofPair.key, ofPair.window), 1);
      },
    };
  };
}
