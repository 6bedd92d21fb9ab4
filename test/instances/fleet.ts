import { randomBytes } from 'node:crypto';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, plainEnvironment, type RunningGateway, startGateway } from '../support/gateway.ts';
import { demoRules, startLegacyApp } from '../support/installation.ts';
import { type Mongod, type MongodProcess, ownMongod } from '../support/mongod.ts';
import { freePort } from '../support/ports.ts';
import { type Started, start } from '../support/processes.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';

/** Redis forgets nothing that it acknowledged: what is tested is what we make of it. */
const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

export type OwnMongod = Mongod & { process: MongodProcess };

/** A MongoDB and a Redis of a test's own. */
export interface Servers extends AsyncDisposable {
  readonly mongod: OwnMongod;
  readonly redis: RedisServer;
  /** The settings that name both. */
  readonly urls: Readonly<{ MONGODB_URL: string; REDIS_URL: string }>;
}

export async function startServers(): Promise<Servers> {
  const [mongod, redis] = await Promise.all([ownMongod(), startRedis(durable)]);
  return {
    mongod,
    redis,
    urls: { MONGODB_URL: mongod.url('gatewarden'), REDIS_URL: redis.url },
    async [Symbol.asyncDispose]() {
      await Promise.all([mongod.stop(), redis[Symbol.asyncDispose]()]);
    },
  };
}

/** One of several that share their stores: where it is, and below which path it has its pages and API. */
export interface Instance {
  readonly address: string;
  readonly prefix: string;
  readonly process: Started;
}

export interface Fleet extends AsyncDisposable {
  /** Two gateways, by the real command, and the example's Express app: each a process of its own. */
  readonly gateways: readonly [RunningGateway, RunningGateway];
  readonly app: Instance;
  /** All three. */
  readonly all: readonly Instance[];
  /** What all of them were told, for the command. */
  readonly settings: Readonly<Record<string, string>>;
}

export const secretKey = randomBytes(48).toString('base64url');

/** What instances share whatever their stores are; the first admin is `ada`. */
export const sharedSettings = {
  SECRET_KEY: secretKey,
  ISSUER: 'http://gatewarden.test',
  SUPERUSER: 'ada',
  SUPERUSER_PASSWORD: adminPassword,
} as const;

async function startExpressApp(settings: Readonly<Record<string, string>>): Promise<Instance> {
  const port = String(await freePort());
  const named = Object.entries({ ...settings, PORT: port }).map(([name, value]) => [`GATEWARDEN_${name}`, value]);
  const args = ['--conditions=gatewarden-source', 'examples/express-app/start.ts'];
  const child = start(process.execPath, args, { env: { ...plainEnvironment(), ...Object.fromEntries(named) } });
  const [, address = ''] = await child.printed(/Listening on (http:\S+)/, 60_000);
  return { address, prefix: '/auth', process: child };
}

const instanceOf = (gateway: RunningGateway): Instance => ({
  address: gateway.address,
  prefix: '/_gatewarden',
  get process() {
    return gateway.process;
  },
});

/**
 * Starts all three at the same moment on the same stores, which are empty: what is made once is made by one of them. When one
 * does not start, nothing is left of the others.
 */
export async function startFleet(more: Readonly<Record<string, string>>): Promise<Fleet> {
  const folder = await temporaryFolder();
  const legacy = await startLegacyApp();
  const settings = { ...sharedSettings, DATA_DIR: folder.path, ...more };
  const forGateways = { ...settings, RULES: demoRules };
  const begun = [0, 1].map(() => startGateway({ upstream: legacy.url, settings: forGateways, dataDir: folder.path }));
  const appBegun = startExpressApp(settings);

  async function stop(): Promise<void> {
    const gateways = await Promise.allSettled(begun);
    const [app] = await Promise.allSettled([appBegun]);
    await Promise.all([
      ...gateways.map((one) => one.status === 'fulfilled' && one.value[Symbol.asyncDispose]()),
      app.status === 'fulfilled' && app.value.process.stop(),
    ]);
    await legacy[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  }

  try {
    const [[first, second], app] = await Promise.all([Promise.all(begun), appBegun]);
    if (first === undefined || second === undefined) throw new Error('there are two gateways');
    const all = [instanceOf(first), instanceOf(second), app];
    return { gateways: [first, second], app, all, settings, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
