import { LRUCache } from 'lru-cache';
import { StoreUnavailableError } from '../../errors.ts';
import type { InvalidationBus } from '../../invalidation/bus.ts';
import type { Principal } from '../../types.ts';
import { dependOn } from './principal.ts';
import { keyOf, type Mark, toldMessages } from './told.ts';
import type { Verdict } from './verdict.ts';

/** An authenticated credential: enough to decide on a request without reading a store. It is the verdict, too. */
export interface CachedCredential {
  readonly kind: 'principal';
  readonly principal: Principal;
  /** When the credential ends, in milliseconds of the store's clock. */
  until: number;
  /** When the last use must be written next, in milliseconds of the store's clock. */
  touchAt: number;
}

/** A credential, or why there is none. */
export type Found = CachedCredential | Exclude<Verdict, Readonly<{ kind: 'principal' }>>;

/** What a look-up found, and the records that it read. */
export type LookUp = Readonly<{ found: Found; marks: readonly Mark[] }>;

/** Caches authenticated credentials until they are invalidated or too old. */
export interface CredentialCache {
  /**
   * Returns the credential of a key if it is of that kind. Clients choose the keys of one kind, and may choose one that
   * another kind uses. `now` is the store's clock.
   */
  get(via: Principal['via'], key: string, now: number): CachedCredential | undefined;
  /**
   * Looks a credential up, once for all who ask at the same time, and caches it. When a record that was read is named by a
   * message meanwhile, it is looked up again. Rejects with `StoreUnavailableError` when that happens too often, when the
   * look-up takes too long, and when a record was read in an older version than was told before.
   */
  fill(via: Principal['via'], key: string, lookUp: () => Promise<LookUp>): Promise<Found>;
  drop(key: string): void;
  close(): void;
}

/** Two clocks in milliseconds: a monotonic one may stand still while the machine sleeps, the wall clock may be set. */
export type Clocks = Readonly<{ monotonic: () => number; wall: () => number }>;

export const systemClocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

type Options = Readonly<{
  bus: InvalidationBus;
  clocks?: Clocks;
  /** How many credentials are cached at most. */
  entries?: number;
  /** For how long a credential is believed, in milliseconds from the start of its look-up. */
  lifetime?: number;
}>;

/** When a look-up began: by both clocks, and after how many messages. */
type Began = Readonly<{ monotonic: number; wall: number; messages: number }>;

type Entry = CachedCredential & {
  readonly began: Began;
  readonly keys: readonly string[];
  /** How many messages it was compared with. */
  compared: number;
};

/** The longest that a look-up may take, in milliseconds, when messages cannot tell that it is out of date. */
const longestLookUp = 900;

/** How often a credential is looked up before the answer is 503. */
const mostLookUps = 5;

/** Messages are remembered for longer than anything older than they are is believed. */
const margin = 5_000;

const unsettled = (reason: string) => new StoreUnavailableError('records', { cause: new Error(reason) });

/** Creates the cache. The bus invalidates its entries. */
export function credentialCache(options: Options): CredentialCache {
  const { bus, clocks = systemClocks, entries: max = 100_000, lifetime = 15_000 } = options;
  const { monotonic, wall } = clocks;
  const told = toldMessages({ monotonic, remembered: Math.max(lifetime, longestLookUp) + margin });
  const entries = new LRUCache<string, Entry>({ max });
  const running = new Map<string, Promise<Found>>();

  const unsubscribe = bus.subscribe(function invalidate(message) {
    told.receive(message);
    if (message.kind === 'all') entries.clear();
  });

  /** Younger by both clocks. A negative age: the wall clock was set back, and says nothing. */
  function isYounger(began: Began, limit: number): boolean {
    const age = wall() - began.wall;
    return age >= 0 && age < limit && monotonic() - began.monotonic < limit;
  }

  function isNamed(entry: Entry): boolean {
    if (entry.compared === told.count) return false;
    if (told.namedSince(entry.keys, entry.compared)) return true;
    entry.compared = told.count;
    return false;
  }

  const begin = (): Began => ({ monotonic: monotonic(), wall: wall(), messages: told.count });

  function keep(key: string, found: CachedCredential, began: Began, keys: readonly string[]): CachedCredential {
    const { principal, until, touchAt } = found;
    const entry: Entry = { kind: 'principal', principal, until, touchAt, began, keys, compared: began.messages };
    entries.set(key, entry);
    return entry;
  }

  /** Undefined when what was read may be out of date. */
  function settled(key: string, { found, marks }: LookUp, began: Began): Found | undefined {
    // Read first: it may receive messages.
    const { healthy } = bus;
    const keys = marks.map(keyOf);
    const limit = healthy ? Math.max(lifetime, longestLookUp) : longestLookUp;
    if (!isYounger(began, limit) || told.namedSince(keys, began.messages)) return undefined;
    if (told.isOutdated(marks)) throw unsettled('a record was read in an older version than was told');
    if (found.kind !== 'principal') return found;
    dependOn(found.principal, keys);
    return healthy && isYounger(began, lifetime) ? keep(key, found, began, keys) : found;
  }

  async function lookedUp(key: string, lookUp: () => Promise<LookUp>): Promise<Found> {
    for (let times = 0; times < mostLookUps; times += 1) {
      const began = begin();
      const found = settled(key, await lookUp(), began);
      if (found !== undefined) return found;
    }
    throw unsettled('the records changed during each look-up, or it took too long');
  }

  return {
    get(via, key, now) {
      const entry = entries.get(key);
      // `healthy` before the messages are compared: reading it may receive some.
      if (entry === undefined || !bus.healthy || entry.principal.via !== via) return undefined;
      return now < entry.until && isYounger(entry.began, lifetime) && !isNamed(entry) ? entry : undefined;
    },
    fill(via, key, lookUp) {
      const name = `${via} ${key}`;
      const shared = running.get(name);
      if (shared !== undefined) return shared;
      const own = lookedUp(key, lookUp).finally(() => running.delete(name));
      running.set(name, own);
      return own;
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
