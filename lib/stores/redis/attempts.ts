import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { AttemptStore } from '../attempts.ts';
import { type Commands, type Script, script } from './commands.ts';
import * as scripts from './scripts.ts';

const addressesKept = 20;
/** From the last sign-in that was remembered. */
const addressesKeptMs = 400 * 86_400_000;

/** A reply of two whole numbers. */
function pairOf(reply: unknown): [number, number] {
  const [first, second] = Array.isArray(reply) ? reply.map(Number) : [];
  return [first ?? 0, second ?? 0];
}

const wholeSeconds = (windowMs: number) => Math.max(1, Math.ceil(windowMs / 1000));

/** Just as much of the driver's interface as the limiter uses: its script is sent once, not with every attempt. */
function limiterClient(commands: Commands) {
  const known = new Map<string, Script>();
  return {
    eval(text: string, given: Readonly<{ keys: readonly [string]; arguments: readonly string[] }>) {
      const one = known.get(text) ?? script(text);
      known.set(text, one);
      return commands.run(one, given.keys[0], ...given.arguments);
    },
    del: (key: string) => commands.send(key, 'DEL', key),
  };
}

/** One limiter per length of window. Counting is its part; what a count means is decided by who asks. */
function limiters(commands: Commands, prefix: string) {
  const storeClient = limiterClient(commands);
  const known = new Map<number, RateLimiterRedis>();
  return (windowMs: number): RateLimiterRedis => {
    const duration = wholeSeconds(windowMs);
    const limiter =
      known.get(duration) ??
      new RateLimiterRedis({
        storeClient,
        useRedisPackage: true,
        keyPrefix: `${prefix}attempts:${duration}`,
        points: Number.MAX_SAFE_INTEGER,
        duration,
      });
    known.set(duration, limiter);
    return limiter;
  };
}

/** Windows are whole seconds, rounded up. Every key expires: a flood of invented names is gone with its window. */
export function attemptStore(commands: Commands, prefix: string): AttemptStore {
  const limiterFor = limiters(commands, prefix);
  const heldKey = (key: string) => `${prefix}held:${key}`;
  const addressesKey = (userKey: string) => `${prefix}addresses:${userKey}`;
  return {
    async hit(key, windowMs) {
      const counted = await limiterFor(windowMs).penalty(key);
      return { count: counted.consumedPoints, resetMs: counted.msBeforeNext };
    },
    async count(key, windowMs) {
      const [count, resetMs] = pairOf(await commands.run(scripts.countOf, limiterFor(windowMs).getKey(key)));
      return { count, resetMs };
    },
    async clear(key, windowMs) {
      await limiterFor(windowMs).delete(key);
    },
    async hold(key, holder, most, forMs) {
      return Number(await commands.run(scripts.hold, heldKey(key), holder, most, forMs));
    },
    async letGo(key, holder) {
      await commands.send(heldKey(key), 'ZREM', heldKey(key), holder);
    },
    async rememberAddress(userKey, address, at) {
      await commands.run(scripts.rememberAddress, addressesKey(userKey), address, at, addressesKept, addressesKeptMs);
    },
    async knowsAddress(userKey, address) {
      const key = addressesKey(userKey);
      return (await commands.send(key, 'ZSCORE', key, address)) !== null;
    },
  };
}
