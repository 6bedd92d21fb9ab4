import { LRUCache } from 'lru-cache';
import type { Invalidation, InvalidationBus } from '../../invalidation/bus.ts';
import type { Principal } from '../../types.ts';

/** An authenticated credential: enough to decide on a request without reading a store. */
export interface CachedCredential {
  readonly principal: Principal;
  /** When the entry becomes invalid, in milliseconds since the epoch. */
  until: number;
  /** When the last use must be written next, in milliseconds since the epoch. */
  touchAt: number;
}

/** Caches authenticated credentials until they are invalidated or too old. */
export interface CredentialCache {
  /**
   * Returns the entry of a key if it is of that kind. Clients choose the keys of one kind, and may choose one that another
   * kind uses.
   */
  get(via: Principal['via'], key: string, now: number): CachedCredential | undefined;
  /**
   * Calls `load` and caches its result, unless something was invalidated meanwhile, for the result may be older than the
   * invalidation. `undefined` is returned and not cached.
   */
  fill(key: string, load: () => Promise<CachedCredential | undefined>): Promise<CachedCredential | undefined>;
  drop(key: string): void;
  close(): void;
}

type Options = Readonly<{ bus: InvalidationBus; clock: () => number; max?: number; lifetime?: number }>;

/** The keys by which an entry is invalidated: its session, its token, its owner. */
function marks({ principal }: CachedCredential): string[] {
  const { id, sessionId, tokenId } = principal;
  return [`user:${id}`, ...(sessionId ? [`session:${sessionId}`] : []), ...(tokenId ? [`token:${tokenId}`] : [])];
}

/**
 * Creates the cache. An entry lives for at most `lifetime` milliseconds from the start of its look-up; the bus
 * invalidates it.
 */
export function credentialCache({ bus, clock, max = 20_000, lifetime = 60_000 }: Options): CredentialCache {
  const keysByMark = new Map<string, Set<string>>();
  let invalidations = 0;

  const entries = new LRUCache<string, CachedCredential & { askedAt: number }>({
    max,
    dispose: (entry, key) => {
      for (const mark of marks(entry)) unmark(mark, key);
    },
  });

  function unmark(mark: string, key: string): void {
    const keys = keysByMark.get(mark);
    keys?.delete(key);
    if (keys?.size === 0) keysByMark.delete(mark);
  }

  function keep(key: string, known: CachedCredential, askedAt: number): void {
    entries.set(key, Object.assign(known, { askedAt }));
    for (const mark of marks(known)) {
      const keys = keysByMark.get(mark);
      if (keys) keys.add(key);
      else keysByMark.set(mark, new Set([key]));
    }
  }

  const unsubscribe = bus.subscribe(function forget(message: Invalidation) {
    invalidations += 1;
    if (message.kind === 'all') return entries.clear();
    for (const key of [...(keysByMark.get(`${message.kind}:${message.id}`) ?? [])]) entries.delete(key);
  });

  return {
    get(via, key, now) {
      // Read first: it may deliver invalidations that have just been found.
      if (!bus.healthy) return undefined;
      const entry = entries.get(key);
      if (entry === undefined || entry.principal.via !== via) return undefined;
      // Negative age: the clock was set back, so the entry cannot be trusted.
      const age = now - entry.askedAt;
      return age >= 0 && age < lifetime && now < entry.until ? entry : undefined;
    },
    async fill(key, load) {
      const before = invalidations;
      const askedAt = clock();
      const known = await load();
      if (known !== undefined && bus.healthy && before === invalidations) keep(key, known, askedAt);
      return known;
    },
    drop(key) {
      entries.delete(key);
    },
    close() {
      unsubscribe();
      entries.clear();
    },
  };
}
