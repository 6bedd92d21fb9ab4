import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { redisBus } from '../../lib/stores/redis/bus.ts';
import { start } from '../support/processes.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { listening, opened, rawClient, silent, until } from './redis-opened.ts';
import { wayTo } from './redis-way.ts';

const { skip } = redisServer;
const prefix = 'shared:';
const key = `${prefix}told`;
const ada: Invalidation = { kind: 'user', id: 'u_ada' };
const notTold = { name: 'NotToldError', applied: true };
const still = { clocks: { monotonic: () => 1_000, wall: () => 1_000_000 } };

async function server(t: TestContext, options: readonly string[] = []) {
  const redis = await startRedis(options);
  t.after(() => redis[Symbol.asyncDispose]());
  return redis;
}

type Instance = Awaited<ReturnType<typeof opened>>;
const hears = (one: Instance, kind: Invalidation['kind']) => () => one.heard.some((message) => message.kind === kind);
const problems = async (one: Instance) =>
  (await one.health()).filter(({ ok }) => !ok).map(({ store, problem }) => `${store}: ${problem}`);

test('an instance that is cut off acknowledges nothing and trusts nothing; the others go on, and are told later', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const way = await wayTo(t, redis.port);
  const cut = await opened(t, way.url, silent, prefix);
  const other = await opened(t, redis.url, silent, prefix, still);
  way.cut();
  await rejects(cut.bus.publish(ada), notTold);
  equal(cut.bus.healthy, false);
  equal(other.bus.healthy, true);
  deepEqual(other.heard, []);
  way.mend();
  await until(hears(other, 'user'));
  deepEqual(other.heard, [ada]);
  await until(() => cut.bus.healthy);
  await until(hears(cut, 'all'));
});

test('a master that was demoted executes no telling: who publishes through it is refused', { skip }, async (t) => {
  const [redis, successor] = [await server(t), await server(t)];
  const log = listening();
  const one = await opened(t, redis.url, log, prefix);
  const raw = await rawClient(t, redis.url);
  await raw.sendCommand(['REPLICAOF', '127.0.0.1', String(successor.port)]);
  await rejects(one.bus.publish(ada), notTold);
  await until(() => !one.bus.healthy);
  deepEqual(await problems(one), [
    'redis: it is a replica, which takes no writes',
    'redis channel: it is a replica, which takes no writes',
  ]);
  await raw.sendCommand(['REPLICAOF', 'NO', 'ONE']);
  await until(() => one.bus.healthy);
  await one.bus.publish(ada);
  deepEqual(await problems(one), []);
});

test('a master that was demoted is left for its successor, to which its name leads, within the same call', {
  skip,
}, async (t) => {
  const [redis, successor] = [await server(t), await server(t)];
  const way = await wayTo(t, redis.port);
  const one = await opened(t, way.url, silent, prefix);
  const other = await opened(t, successor.url, silent, prefix);
  way.lead(successor.port);
  const raw = await rawClient(t, redis.url);
  await raw.sendCommand(['REPLICAOF', '127.0.0.1', String(successor.port)]);
  await one.bus.publish(ada);
  await until(hears(other, 'user'));
  await until(() => one.bus.healthy);
  await until(hears(one, 'all'));
  await until(async () => {
    await other.bus.publish({ kind: 'token', id: 't1' });
    return hears(one, 'token')();
  });
});

const refusing: [what: string, set: [string, string], unset: [string, string], reason: string][] = [
  ['full', ['maxmemory', '1'], ['maxmemory', '0'], 'its memory is full'],
  [
    'without the replicas that it needs',
    ['min-replicas-to-write', '1'],
    ['min-replicas-to-write', '0'],
    'fewer replicas follow it than min-replicas-to-write',
  ],
];
for (const [what, set, unset, reason] of refusing) {
  test(`a server that is ${what} acknowledges nothing, is not ready, says why, and recovers`, { skip }, async (t) => {
    const redis = await server(t);
    const one = await opened(t, redis.url, silent, prefix);
    const other = await opened(t, redis.url, silent, prefix);
    const raw = await rawClient(t, redis.url);
    await raw.sendCommand(['CONFIG', 'SET', ...set]);
    await rejects(one.bus.publish(ada), notTold);
    await until(() => !one.bus.healthy && !other.bus.healthy);
    deepEqual(await problems(one), [`redis: ${reason}`, `redis channel: ${reason}`]);
    await raw.sendCommand(['CONFIG', 'SET', ...unset]);
    await until(() => one.bus.healthy && other.bus.healthy);
    await until(hears(other, 'user'));
    deepEqual(await problems(one), []);
  });
}

test('a subscription that silently delivers nothing is replaced, and what it misses discards everything', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const way = await wayTo(t, redis.port);
  const deaf = await opened(t, way.url, silent, prefix, still);
  const other = await opened(t, redis.url, silent, prefix);
  way.mute();
  await other.bus.publish(ada);
  await until(hears(deaf, 'all'));
  deepEqual(hears(deaf, 'user')(), false);
  await until(async () => {
    await other.bus.publish(ada);
    return hears(deaf, 'user')();
  });
});

test('a subscription is replaced after two misses in a row, and not after one', async () => {
  let newest = 'a';
  let renewed = 0;
  const bus = redisBus(
    {
      beat: async () => newest,
      tell: async () => undefined,
      renew: () => {
        renewed += 1;
      },
    },
    silent,
    still.clocks,
  );
  const miss = async (id: string) => {
    newest = id;
    await bus.beat();
    await bus.beat();
  };
  await bus.beat();
  await miss('b');
  bus.hear(JSON.stringify({ id: 'c', after: 'b', from: 'another', says: [] }));
  await miss('d');
  equal(renewed, 0);
  await miss('e');
  equal(renewed, 1);
  await miss('f');
  equal(renewed, 1);
});

/** A process of its own on the same Redis. */
async function another(t: TestContext, url: string) {
  const script = join(import.meta.dirname, 'redis-instance.ts');
  const child = start(process.execPath, ['--conditions=gatewarden-source', script, url, prefix]);
  t.after(() => child.stop('SIGKILL'));
  await child.printed(/ready/, 60_000);
  return child;
}

test('a process that was frozen trusts nothing when it wakes, until it has discarded everything', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const one = await opened(t, redis.url, silent, prefix);
  const child = await another(t, redis.url);
  process.kill(child.pid, 'SIGSTOP');
  await one.bus.publish(ada);
  await wait(2_000);
  process.kill(child.pid, 'SIGCONT');
  const [, awake] = await child.printed(/awake: (.*)/, 60_000);
  match(`${awake}`, /^trusted false/);
  const [, again] = await child.printed(/again: (.*)/, 60_000);
  equal(again, 'trusted true, cached false');
});

test('a neighbour that is killed costs the others nothing', { skip }, async (t) => {
  const redis = await server(t);
  const log = listening();
  const one = await opened(t, redis.url, log, prefix, still);
  const child = await another(t, redis.url);
  await until(hears(one, 'token'));
  await child.stop('SIGKILL');
  const raw = await rawClient(t, redis.url);
  const beats = new Set<string | null>();
  await until(async () => beats.add(await raw.hGet(key, 'beat')).size > 12);
  equal(one.bus.healthy, true);
  deepEqual(one.heard, [{ kind: 'token', id: 'ready' }]);
  deepEqual(log.lines, []);
  await one.bus.publish(ada);
});
