import { setTimeout as wait } from 'node:timers/promises';
import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import { startLegacyApp } from '../support/installation.ts';
import { ownMongod } from '../support/mongod.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { answered, bearer, call, logIn, until, whoIs } from './asking.ts';
import { type Instance, type OwnMongod, sharedSettings } from './fleet.ts';

/** Redis forgets nothing that it acknowledged: what is tested is what we make of it. */
const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** After this many milliseconds from its acknowledgement a revocation holds on every instance. */
export const promise = 1_000;

/** A gateway, and the wire between it and Redis. */
export interface Wired extends Instance {
  readonly gateway: RunningGateway;
  readonly redis: TcpProxy;
}

/** Two gateways on one MongoDB and one Redis, each with a wire to Redis of its own; the admin is `ada`. */
export interface Pair extends AsyncDisposable {
  readonly one: Wired;
  readonly other: Wired;
  readonly mongod: OwnMongod;
  readonly redis: RedisServer;
  /** An API token of the admin: unlike a session it needs no Redis. */
  readonly admin: string;
}

type Options = Readonly<{
  redis?: readonly string[];
  settings?: Readonly<Record<string, string>>;
  /** Environment variables of the other gateway alone. */
  otherEnv?: Readonly<Record<string, string>>;
}>;

async function wired(upstream: string, settings: Record<string, string>, redisPort: number, env = {}): Promise<Wired> {
  const redis = await startTcpProxy(redisPort);
  const given = { ...settings, REDIS_URL: `redis://127.0.0.1:${redis.port}` };
  const gateway = await startGateway({ upstream, settings: given, env });
  const { address } = gateway;
  return {
    address,
    prefix: '/_gatewarden',
    gateway,
    redis,
    get process() {
      return gateway.process;
    },
  };
}

const dispose = async (all: readonly (AsyncDisposable | undefined)[]) => {
  for (const one of all) await one?.[Symbol.asyncDispose]();
};

export async function startPair({ redis: options = [], settings = {}, otherEnv = {} }: Options = {}): Promise<Pair> {
  const [mongod, redis, legacy] = await Promise.all([
    ownMongod(),
    startRedis([...durable, ...options]),
    startLegacyApp(),
  ]);
  const shared = { ...sharedSettings, MONGODB_URL: mongod.url('gatewarden'), ...settings };
  const one = await wired(legacy.url, shared, redis.port);
  const other = await wired(legacy.url, shared, redis.port, otherEnv);
  return {
    ...{ one, other, mongod, redis },
    admin: (await newToken(one, await logIn(one, 'ada', adminPassword))).token,
    async [Symbol.asyncDispose]() {
      await Promise.all([one.gateway.process.stop('SIGKILL'), other.gateway.process.stop('SIGKILL')]);
      await dispose([one.redis, other.redis, legacy, redis]);
      await mongod.stop();
    },
  };
}

let made = 0;

/** A new API token of the admin, and its name. */
export async function newToken(at: Wired, admin: string): Promise<{ name: string; token: string }> {
  made += 1;
  const name = `told-${made}`;
  const response = await call(at, '/tokens', { method: 'POST', token: admin, body: { name } });
  return { name, token: String((await answered(response, 201)).token) };
}

/** Revokes a token by its name; resolves with the status and whether the change stands. */
export async function revoke(at: Wired, admin: string, name: string): Promise<{ status: number; applied: unknown }> {
  const response = await call(at, `/tokens/${name}`, { method: 'DELETE', token: admin, body: {} });
  const text = await response.text();
  return { status: response.status, applied: text === '' ? undefined : JSON.parse(text).applied };
}

export const isAccepted = async (at: Wired, token: string): Promise<boolean> =>
  (await whoIs(at, bearer(token))).startsWith('ada');

/** Uses it until the instance remembers it: the next answer needs no store. */
export async function remembered(at: Wired, token: string): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    await until(() => isAccepted(at, token), 'the token is accepted', 20_000);
  }
}

/** From one second after an acknowledgement on no answer may accept the token, however often it is asked. */
export async function neverAcceptedAgain(at: Wired, token: string, times = 20): Promise<string[]> {
  const accepted: string[] = [];
  for (let time = 0; time < times; time += 1) {
    if (await isAccepted(at, token)) accepted.push(`the ${time + 1}. answer accepted it`);
    await wait(20);
  }
  return accepted;
}

/** The readiness of an instance: the status, and what it says cannot answer. */
export async function readiness({ address, prefix }: Instance): Promise<{ status: number; text: string }> {
  const response = await fetch(`${address}${prefix}/readyz`);
  return { status: response.status, text: await response.text() };
}

export const isReady = async (at: Instance): Promise<boolean> => (await readiness(at)).status === 200;
