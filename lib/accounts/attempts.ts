import ipaddr from 'ipaddr.js';
import { type Refusal, refused } from '../errors.ts';
import type { AttemptStore } from '../stores/attempts.ts';

const day = 24 * 60 * 60 * 1000;

/** One attempt that was counted and may go on. Settle it in one of the two ways, or leave it: then it was a failure. */
export interface Attempt {
  readonly ok: true;
  /** It was right: the counter of user and address begins anew, the others take this attempt back. */
  succeeded(): Promise<void>;
  /** Nothing was compared (the hashing queue was full): it counts nowhere. */
  withdrawn(): Promise<void>;
}

/** Counts attempts before anything is compared, for every door that takes a secret from a stranger. */
export interface AttemptLimits {
  /**
   * Counts one. `who` is the key of whom it is about, the same for every spelling of a name: a user's id, or a digest of
   * what was typed. Refuses with `rate_limited` and `retryAfter` in seconds.
   * `everywhere: false` leaves out the limit over all addresses, for a door that nobody may close for its owner.
   */
  begin(
    who: string,
    address: string,
    options?: { everywhere?: boolean },
  ): Promise<Attempt | Readonly<{ ok: false; refusal: Refusal }>>;
  /** `who` has signed in from there: the limits that others use up there do not hold them up. */
  remember(who: string, address: string, at: number): Promise<void>;
}

/** By what an address is counted: itself, IPv4-mapped unwrapped, and for IPv6 its /64, as one household has a whole one. */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const [network] = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().split('%')[0]}/64`)
    .toString()
    .split('%');
  return `${network}/64`;
}

type Limit = Readonly<{ key: string; most: number; window: number; waived: boolean }>;

export function attemptLimits(
  store: AttemptStore,
  settings: Readonly<{
    loginMaxFailures: number;
    loginWindow: number;
    loginMaxFailuresAddress: number;
    loginMaxFailuresUser: number;
  }>,
): AttemptLimits {
  // The widest first: once an address is refused, inventing names from it makes no further counters.
  function limitsOf(who: string, from: string, known: boolean, everywhere: boolean): Limit[] {
    const all: (Limit | false)[] = [
      { key: `address:${from}`, most: settings.loginMaxFailuresAddress, window: day, waived: known },
      everywhere && !known && { key: `user:${who}`, most: settings.loginMaxFailuresUser, window: day, waived: false },
      { key: `pair:${who}:${from}`, most: settings.loginMaxFailures, window: settings.loginWindow, waived: false },
    ];
    return all.filter((limit) => limit !== false);
  }

  const takeBack = async (limits: readonly Limit[]) => {
    for (const { key, window } of limits) await store.refund(key, window);
  };

  async function count(limits: readonly Limit[]): Promise<number | undefined> {
    for (const [at, { key, most, window, waived }] of limits.entries()) {
      const { count, resetMs } = await store.hit(key, window);
      if (count <= most || waived) continue;
      // Nothing will be compared: who goes on trying one name uses up nobody else's attempts.
      await takeBack(limits.slice(0, at));
      return Math.max(1, Math.ceil(resetMs / 1000));
    }
    return undefined;
  }

  return {
    async begin(who, address, { everywhere = true } = {}) {
      const from = addressKey(address);
      const known = await store.knowsAddress(who, from);
      const limits = limitsOf(who, from, known, everywhere);
      const retryAfter = await count(limits);
      if (retryAfter !== undefined) return refused('rate_limited', { retryAfter });
      return {
        ok: true,
        async succeeded() {
          await takeBack(limits.slice(0, -1));
          await store.clear(`pair:${who}:${from}`, settings.loginWindow);
        },
        withdrawn: () => takeBack(limits),
      };
    },
    remember: (who, address, at) => store.rememberAddress(who, addressKey(address), at),
  };
}
