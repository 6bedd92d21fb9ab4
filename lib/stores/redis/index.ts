import type { InvalidationBus } from '../../invalidation/bus.ts';
import type { Log } from '../../log.ts';
import type { Stores } from '../stores.ts';
import { attemptStore } from './attempts.ts';
import { type RedisBus, redisBus } from './bus.ts';
import { type Commands, commandsOn } from './commands.ts';
import { type RedisStoreClass, redisStoreClass } from './express-store.ts';
import { type Link, linkTo, reasonOf } from './link.ts';
import { sessionStore } from './sessions.ts';
import { type Subscription, subscription } from './subscription.ts';
import { endpointsShown, parseRedisUrl, type Target } from './url.ts';

/** The stores in Redis, and the channel between instances. */
export interface RedisStores extends Pick<Stores, 'sessions' | 'attempts' | 'health' | 'describe' | 'close'> {
  readonly bus: InvalidationBus;
  /** connect-redis's store over the same sessions, for express-session. */
  readonly expressStore: RedisStoreClass;
}

export interface RedisOptions {
  /** See `parseRedisUrl` for its forms: one server, Sentinel, Cluster, each with or without TLS. */
  readonly url: string;
  /** Reports when the connection or the channel is lost and restored. */
  readonly log: Log;
  /** The prefix of every key and of the channel; default `gatewarden:`. */
  readonly prefix?: string;
  /** How long to wait for the server, in milliseconds; default 15,000. */
  readonly patience?: number;
}

/**
 * Connects to Redis (6.2 or later, or a compatible server) and resolves once it answers and its channel works. Rejects with
 * an `Error` that names host and reason, never a password, after `patience`, or at once when user or password are refused,
 * and with a `TypeError` for an invalid URL. Afterwards every verb resolves or rejects with
 * `StoreUnavailableError('redis')` within about a second; lost connections are restored in the background.
 */
export async function openRedis(options: RedisOptions): Promise<RedisStores> {
  const { url, log, prefix = 'gatewarden:', patience = 15_000 } = options;
  const target = parseRedisUrl(url);
  const place = endpointsShown(target);
  const link = linkTo(target, (up) => heard(up));
  const commands = commandsOn(link);
  // Channels are shared by all databases of a server; keys are not.
  const channel = `${prefix}invalidations:${target.database}`;
  const ears = subscription(target, channel, (text) => bus.hear(text));
  const bus = redisBus({ publish: (text) => commands.send(channel, 'PUBLISH', channel, text), renew: ears.renew }, log);
  const heard = connectionLog(log, link, commands);

  async function close(): Promise<void> {
    await bus.close();
    ears.close();
    link.close();
  }
  try {
    await within(patience, opened(link, ears, bus));
  } catch (error) {
    const reason = link.problem ?? ears.problem ?? reasonOf(error);
    await close();
    throw new Error(`redis at ${place} cannot be used: ${reason}`);
  }
  return {
    sessions: sessionStore(commands, prefix),
    attempts: attemptStore(commands, prefix),
    expressStore: redisStoreClass(commands, prefix),
    bus,
    health: healthOf(link, commands, bus, channel),
    describe: () => described(target, place),
    close: once(close),
  };
}

function described(target: Target, place: string): Readonly<Record<string, string>> {
  const shown = `redis (${place}${target.master === '' ? '' : ` ${target.master}`})`;
  return { sessions: shown, attempts: shown, invalidations: shown };
}

async function opened(link: Link, ears: Subscription, bus: RedisBus): Promise<void> {
  await link.connect();
  await ears.open();
  await bus.start();
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it did not answer within ${ms} ms`)), ms);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

/** Logs when the connection is lost and restored, once each, and lets commands through again. */
function connectionLog(log: Log, link: Link, commands: Commands): (up: boolean) => void {
  let was: boolean | undefined;
  return (up) => {
    if (up) commands.well();
    if (was === undefined && !up) return;
    if (was === false && up) log.info({ store: 'redis' }, 'the connection is back');
    if (was === true && !up) log.warn({ store: 'redis', problem: link.problem }, 'the connection is lost');
    was = up;
  };
}

function healthOf(link: Link, commands: Commands, bus: RedisBus, channel: string): Stores['health'] {
  const told = (store: string, problem: string | undefined) =>
    problem === undefined ? { store, ok: true } : { store, ok: false, problem };
  return async () => {
    const problem = await commands.send(channel, 'PING').then(
      () => undefined,
      () => link.problem ?? 'it does not answer in time',
    );
    return [told('redis', problem), told('redis channel', bus.problem)];
  };
}
