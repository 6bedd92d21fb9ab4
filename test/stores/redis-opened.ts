import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { StoreUnavailableError } from '../../lib/errors.ts';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import type { Log } from '../../lib/log.ts';
import { openRedis, type RedisOptions, type RedisStores } from '../../lib/stores/redis/index.ts';

const nothing = () => undefined;
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A log that keeps what it is told: `warn: the connection is lost`. */
export function listening(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`);
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Stores for one test, under keys that nobody else has. */
export async function opened(
  t: TestContext,
  url: string,
  log: Log = silent,
  prefix = `${randomUUID()}:`,
  more: Pick<RedisOptions, 'clocks'> = {},
) {
  const stores = await openRedis({ url, log, prefix, ...more });
  t.after(() => stores.close());
  const heard: Invalidation[] = [];
  stores.bus.subscribe((message) => heard.push(message));
  return { ...stores, prefix, heard, bus: stores.bus };
}

/** Another client, to look and to damage. */
export async function rawClient(t: TestContext, url: string) {
  const client = createClient({ url }).on('error', nothing);
  await client.connect();
  t.after(() => client.destroy());
  return client;
}

export const isOutage = (error: unknown): boolean => error instanceof StoreUnavailableError && error.store === 'redis';

/** Resolves with how long it took until it holds, looked at every few milliseconds; rejects after `ms`. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<number> {
  const from = performance.now();
  while (!(await holds())) {
    if (performance.now() - from > ms) throw new Error(`it does not hold after ${ms} ms: ${holds}`);
    await wait(5);
  }
  return performance.now() - from;
}

/** How long a call that must fail takes to say so. */
export async function timeOf(call: () => Promise<unknown>): Promise<{ ms: number; outage: boolean }> {
  const from = performance.now();
  const outage = await call().then(() => false, isOutage);
  return { ms: performance.now() - from, outage };
}

export const works = (stores: Pick<RedisStores, 'sessions'>) => () =>
  stores.sessions.find('nobody', Date.now()).then(
    () => true,
    () => false,
  );
