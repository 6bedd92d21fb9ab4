import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { SettingsError } from '../../errors.ts';
import type { InvalidationBus } from '../../invalidation/bus.ts';
import type { Log } from '../../log.ts';
import type { Stores } from '../stores.ts';
import { attemptStore } from './attempts.ts';
import { type Channel, type RedisBus, redisBus } from './bus.ts';
import { type Commands, commandsOn } from './commands.ts';
import { type RedisStoreClass, redisStoreClass } from './express-store.ts';
import { type Link, linkTo, reasonOf } from './link.ts';
import { checkSchema } from './schema.ts';
import * as scripts from './scripts.ts';
import { warnOfServer } from './server-warnings.ts';
import { sessionStore } from './sessions.ts';
import { type Subscription, subscription } from './subscription.ts';
import type { Clocks } from './trust.ts';
import { endpointsShown, parseRedisUrl, type Target } from './url.ts';
import { written } from './wire.ts';

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
  /** The clocks by which the channel is trusted; default: the system's. */
  readonly clocks?: Clocks;
}

/**
 * Connects to Redis (6.2 or later, or a compatible server) and resolves once it answers, takes writes, and its channel
 * works. Rejects with an `Error` that names host and reason, never a password, after `patience`, or at once when user or
 * password are refused; with `SettingsError` when a newer Gatewarden has written there; with a `TypeError` for an invalid
 * URL. Afterwards every verb resolves or rejects with `StoreUnavailableError('redis')` within about a second; lost
 * connections are restored in the background.
 */
export async function openRedis(options: RedisOptions): Promise<RedisStores> {
  const { url, log, prefix = 'gatewarden:', patience = 15_000, clocks } = options;
  const target = parseRedisUrl(url);
  const place = endpointsShown(target);
  const link = linkTo(target, (up) => onState(up));
  const commands = commandsOn(link);
  const toldKey = `${prefix}told`;
  // Channels are shared by all databases of a server; keys are not.
  const channel = `${toldKey}:${target.database}`;
  const ears = subscription(target, channel, (text) => bus.hear(text));
  const bus = redisBus({ ...channelOn(commands, toldKey, channel), renew: ears.renew }, log, clocks);
  const logState = connectionLog(log, link, commands);
  const onState = (up: boolean): void => {
    bus.reconnected();
    logState(up);
  };

  async function close(): Promise<void> {
    await bus.close();
    ears.close();
    link.close();
  }
  try {
    const check = () => answered(() => checkSchema(commands, prefix, place), patience);
    await within(patience, opened({ link, ears, bus }, check));
  } catch (error) {
    const reason = link.problem ?? ears.problem ?? bus.failure ?? reasonOf(error);
    await close();
    throw error instanceof SettingsError ? error : new Error(`redis at ${place} cannot be used: ${reason}`);
  }
  await warnOfServer(commands, toldKey, log);
  return {
    sessions: sessionStore(commands, prefix),
    attempts: attemptStore(commands, prefix),
    expressStore: redisStoreClass(commands, prefix),
    bus,
    health: healthOf(link, bus),
    describe: () => described(target, place),
    close: once(close),
  };
}

/** Telling and heartbeats use one key, so that one node of a cluster executes both. */
function channelOn(commands: Commands, key: string, channel: string): Omit<Channel, 'renew'> {
  return {
    tell: (telling) => commands.run(scripts.tell, key, telling.id, channel, written(telling)),
    beat: async () => String(await commands.run(scripts.beat, key, randomUUID())),
  };
}

function described(target: Target, place: string): Readonly<Record<string, string>> {
  const shown = `redis (${place}${target.master === '' ? '' : ` ${target.master}`})`;
  return { sessions: shown, attempts: shown, invalidations: shown };
}

/** Between two attempts at the start, in milliseconds. */
const retryMs = 250;

type Parts = Readonly<{ link: Link; ears: Subscription; bus: RedisBus }>;

async function opened({ link, ears, bus }: Parts, check: () => Promise<void>): Promise<void> {
  await link.connect();
  await check();
  await ears.open();
  await bus.start();
}

/** Repeats a call while the server, which may still be loading its data, does not answer; at most for `ms`. */
async function answered(call: () => Promise<void>, ms: number): Promise<void> {
  const end = performance.now() + ms - retryMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof SettingsError || performance.now() > end) throw error;
    }
    await wait(retryMs);
  }
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

/** Proves a write, and that the other instances are heard. */
function healthOf(link: Link, bus: RedisBus): Stores['health'] {
  const told = (store: string, problem: string | undefined) =>
    problem === undefined ? { store, ok: true } : { store, ok: false, problem };
  return async () => {
    const failure = await bus.beat();
    return [told('redis', failure && (link.problem ?? failure)), told('redis channel', bus.problem)];
  };
}
