import type { Invalidation, InvalidationBus } from '../../../lib/invalidation/bus.ts';
import { localBus } from '../../../lib/invalidation/local.ts';
import {
  type CachedCredential,
  credentialCache,
  type Found,
  type LookUp,
} from '../../../lib/request/authenticate/cache.ts';
import { principals } from '../../../lib/request/authenticate/principal.ts';
import type { Mark } from '../../../lib/request/authenticate/told.ts';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import { ada } from './installation.ts';

const roles = ladder();
const { ofUser } = principals(roles, scopeTable('', roles));

export const lifetime = 15_000;

/** The records that the look-ups of these tests read. */
export const marks: readonly Mark[] = [
  { kind: 'session', id: 's1', version: 0 },
  { kind: 'user', id: 'u_ada', version: 3 },
  { kind: 'user', id: 'u_minter', version: 2 },
  { kind: 'token', id: 't_maker', version: 1 },
];

/** What a look-up of Ada's session finds. */
export function found(read: readonly Mark[] = marks): LookUp {
  const principal = ofUser(ada(), { via: 'session', sessionId: 's1' });
  const credential: CachedCredential = {
    ...{ kind: 'principal', principal },
    ...{ until: Number.POSITIVE_INFINITY, touchAt: Number.POSITIVE_INFINITY },
  };
  return { found: credential, marks: read };
}

export const refusedLookUp: LookUp = { found: { kind: 'bad', code: 'token_revoked' }, marks };

/** A look-up that answers when the test says so, once for each time that it begins. */
export function deferred() {
  const begun: PromiseWithResolvers<LookUp>[] = [];
  const waiting: (() => void)[] = [];
  return {
    get times() {
      return begun.length;
    },
    lookUp(): Promise<LookUp> {
      const one = Promise.withResolvers<LookUp>();
      begun.push(one);
      waiting.shift()?.();
      return one.promise;
    },
    /** Resolves when it has begun for the `nth` time, counted from 1. */
    async begun(nth: number): Promise<PromiseWithResolvers<LookUp>> {
      while (begun.length < nth) await new Promise<void>((resolve) => waiting.push(resolve));
      return begun[nth - 1] as PromiseWithResolvers<LookUp>;
    },
  };
}

type Options = Readonly<{ lifetime?: number; entries?: number; bus?: InvalidationBus }>;

/** A cache with clocks that the test moves, on a bus whose health it sets. */
export function installed(options: Options = {}) {
  const clocks = { monotonic: 5_000, wall: 1_000_000 };
  const local = localBus();
  const channel = { ...local, healthy: true };
  const cache = credentialCache({
    bus: channel,
    lifetime,
    clocks: { monotonic: () => clocks.monotonic, wall: () => clocks.wall },
    ...options,
  });
  return {
    clocks,
    channel,
    cache,
    pass(ms: number) {
      clocks.monotonic += ms;
      clocks.wall += ms;
    },
    tell: (message: Invalidation): Promise<void> => local.publish(message),
    fill: (lookUp: () => Promise<LookUp>, key = 'key'): Promise<Found> => cache.fill('session', key, lookUp),
    isCached: (key = 'key'): boolean => cache.get('session', key, clocks.wall) !== undefined,
  };
}
