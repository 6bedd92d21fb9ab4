import type { Invalidation } from '../../invalidation/bus.ts';

/**
 * A record that a credential depends on. `version`: the one that was read, 0 when there was no such record; absent when only
 * another store was asked.
 */
export type Mark = Readonly<{ kind: Exclude<Invalidation['kind'], 'all'>; id: string; version?: number }>;

/** The messages of the bus, as far as a look-up or a cached credential may be older than they are. */
export interface Told {
  /** How many messages were received. A look-up that begins now is newer than all of them. */
  readonly count: number;
  receive(message: Invalidation): void;
  /** Whether one of these records was named after message number `since`; true also when that is no longer known. */
  namedSince(keys: readonly string[], since: number): boolean;
  /** Whether one of these records was read in an older version than the newest that was named; true when that is not known. */
  isOutdated(marks: readonly Mark[]): boolean;
}

type Options = Readonly<{
  monotonic: () => number;
  /** For how many milliseconds a message is remembered: longer than anything that is older than it is believed. */
  remembered: number;
  /** How many records are remembered at most. */
  most?: number;
}>;

type Named = Readonly<{ number: number; version: number; at: number }>;

/** The key of a record in messages and marks. */
export const keyOf = ({ kind, id }: Pick<Invalidation, 'kind' | 'id'>): string => `${kind}:${id}`;

/**
 * Creates the memory of messages. When there are more than `most`, everything read before the oldest ones counts as named,
 * and every version as outdated for as long as they would have been remembered.
 */
export function toldMessages({ monotonic, remembered, most = 100_000 }: Options): Told {
  const newest = new Map<string, Named>();
  let count = 0;
  /** Everything that was read before this message counts as named. */
  let floor = 0;
  let blindUntil = Number.NEGATIVE_INFINITY;

  function forgetOldest(now: number): void {
    for (const [key, { number, at }] of newest) {
      const isOver = now - at > remembered;
      if (!isOver && newest.size <= most) return;
      newest.delete(key);
      if (isOver) continue;
      floor = Math.max(floor, number);
      blindUntil = Math.max(blindUntil, at + remembered);
    }
  }

  function name(key: string, version: number): void {
    const now = monotonic();
    const before = newest.get(key);
    // Added again, so that the map stays in the order of time.
    newest.delete(key);
    newest.set(key, { number: count, version: Math.max(before?.version ?? 0, version), at: now });
    forgetOldest(now);
  }

  function isOlder({ kind, id, version }: Mark): boolean {
    if (version === undefined) return false;
    const named = newest.get(keyOf({ kind, id }));
    // A user or a token that is not there was removed, which no later version undoes.
    if (named === undefined || (version === 0 && kind !== 'session')) return false;
    return version < named.version;
  }

  return {
    get count() {
      return count;
    },
    receive(message) {
      count += 1;
      if (message.kind === 'all') floor = count;
      else name(keyOf(message), message.version ?? 0);
    },
    namedSince(keys, since) {
      if (since < floor) return true;
      for (const key of keys) {
        const named = newest.get(key);
        if (named !== undefined && named.number > since) return true;
      }
      return false;
    },
    isOutdated: (marks) => monotonic() < blindUntil || marks.some(isOlder),
  };
}
