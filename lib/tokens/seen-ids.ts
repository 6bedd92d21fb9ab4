/** Remembers the ids of assertions that were used. */
export interface SeenIds {
  /** Remembers an id. `seen`: it was used before; `full`: too many are remembered to tell. */
  use(id: string): 'first' | 'seen' | 'full';
}

type Options = Readonly<{
  /** How long an id is remembered at least, in milliseconds. */
  lifetime: number;
  /** The most ids in one lifetime. */
  most: number;
  /** A monotonic clock in milliseconds. */
  now?: (() => number) | undefined;
}>;

/**
 * Creates a memory of ids in two sets, the older of which is dropped once per lifetime: an id is remembered for one lifetime at
 * least and two at most, without a timer or a time for each.
 */
export function seenIds({ lifetime, most, now = () => performance.now() }: Options): SeenIds {
  let recent = new Set<string>();
  let older = new Set<string>();
  let since = now();

  function turn(): void {
    const age = now() - since;
    if (age < lifetime) return;
    older = age < 2 * lifetime ? recent : new Set();
    recent = new Set();
    since += age;
  }

  return {
    use(id) {
      turn();
      if (recent.has(id) || older.has(id)) return 'seen';
      if (recent.size >= most) return 'full';
      recent.add(id);
      return 'first';
    },
  };
}
