/** How a note's number follows the last one of its sender; `first` when that is not known. */
export type Order = 'next' | 'old' | 'gap' | 'first';

/** A silent instance may be cut off and change what is cached here. After `endedMs` it counts as ended. */
const times = { silentMs: 1_000, endedMs: 10_000 };

const orderOf = (number: number, last: number): Order =>
  number <= last ? 'old' : number === last + 1 ? 'next' : 'gap';

/** The other instances that were heard. Times are of a monotonic clock, in milliseconds. */
export function neighbours() {
  const known = new Map<string, { last: number | undefined; heardAt: number; silent: boolean }>();

  return {
    heard(from: string, number: number, now: number): { order: Order; returned: boolean } {
      const before = known.get(from);
      if (before === undefined) {
        known.set(from, { last: number, heardAt: now, silent: false });
        return { order: number === 1 ? 'next' : 'first', returned: false };
      }
      const last = before.last ?? 0;
      known.set(from, { last: Math.max(number, last), heardAt: now, silent: false });
      return { order: before.last === undefined ? 'first' : orderOf(number, last), returned: before.silent };
    },
    gone(from: string): void {
      known.delete(from);
    },
    /** Marks silent instances; returns how many have become silent, and how many count as ended now. */
    look(now: number): { fell: number; ended: number } {
      let fell = 0;
      let ended = 0;
      for (const [from, one] of known) {
        const silence = now - one.heardAt;
        if (silence > times.endedMs) {
          known.delete(from);
          ended += 1;
        } else if (silence > times.silentMs && !one.silent) {
          one.silent = true;
          fell += 1;
        }
      }
      return { fell, ended };
    },
    /** Forgets silences and numbers so far: this instance itself could not receive anything. */
    excuse(now: number): void {
      for (const from of known.keys()) known.set(from, { last: undefined, heardAt: now, silent: false });
    },
    get anySilent(): boolean {
      return [...known.values()].some((one) => one.silent);
    },
  };
}
