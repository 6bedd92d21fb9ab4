import { LRUCache } from 'lru-cache';
import type { Invalidation, InvalidationBus } from '../../invalidation/bus.ts';
import type { Principal } from '../../types.ts';

/** What is known of a credential: enough to answer without asking a store. */
export interface CachedCredential {
  readonly principal: Principal;
  /** From then on it is not to be believed (milliseconds since the epoch). */
  until: number;
  /** From then on its last use is to be written. */
  touchAt: number;
}

export interface CredentialCache {
  /**
   * What is known under a key, if it is of that kind: keys of one kind are chosen by clients, and may be those that another
   * kind is kept under.
   */
  get(via: Principal['via'], key: string, now: number): CachedCredential | undefined;
  /**
   * Asks `load`, and keeps what it gives unless something was invalidated meanwhile: the answer may be older than that.
   * `undefined` is passed on and not kept.
   */
  fill(key: string, load: () => Promise<CachedCredential | undefined>): Promise<CachedCredential | undefined>;
  drop(key: string): void;
  close(): void;
}

type Options = Readonly<{ bus: InvalidationBus; clock: () => number; max?: number; lifetime?: number }>;

/** The keys under which a credential is dropped: its session, its token, its owner. */
function marks({ principal }: CachedCredential): string[] {
  const { id, sessionId, tokenId } = principal;
  return [`user:${id}`, ...(sessionId ? [`session:${sessionId}`] : []), ...(tokenId ? [`token:${tokenId}`] : [])];
}

/** What the request path remembers: by credential, at most `lifetime` long (from when it was asked for), dropped when the bus says so. */
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
      const entry = entries.get(key);
      if (entry === undefined || entry.principal.via !== via || !bus.healthy) return undefined;
      // Younger than nothing: the clock was put back, and nobody knows how old it is.
      const age = now - entry.askedAt;
      return age >= 0 && age < lifetime && now < entry.until ? entry : undefined;
    },
    async fill(key, load) {
      const before = invalidations;
      const askedAt = clock();
      const known = await load();
      if (known !== undefined && before === invalidations && bus.healthy) keep(key, known, askedAt);
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
