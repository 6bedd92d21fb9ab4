import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { until } from '../instances/asking.ts';
import {
  isAccepted,
  isReady,
  neverAcceptedAgain,
  newToken,
  type Pair,
  promise,
  readiness,
  remembered,
  revoke,
  startPair,
} from '../instances/pair.ts';
import { redisServer, startRedis } from '../support/redis.ts';

/** After a fault is gone all is well again within so long, without anybody's doing. */
const recovery = 30_000;

async function command(port: number, ...words: string[]): Promise<void> {
  const raw = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', () => undefined);
  await raw.connect();
  await raw.sendCommand(words);
  raw.destroy();
}

describe('an acknowledged revocation holds on another instance', { skip: redisServer.skip }, () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => pair?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    // What a test before this one may have left behind when it failed.
    for (const {
      redis,
      process: { pid },
    } of [pair.one, pair.other]) {
      redis.mend();
      process.kill(pid, 'SIGCONT');
    }
    pair.redis.resume();
    await command(pair.redis.port, 'CONFIG', 'SET', 'maxmemory', '0');
    await until(async () => (await isReady(pair.one)) && (await isReady(pair.other)), 'both are ready', recovery);
  });

  /** A token that both instances remember. */
  async function known() {
    const { one, other, admin } = pair;
    const made = await newToken(one, admin);
    await remembered(one, made.token);
    await remembered(other, made.token);
    return made;
  }

  /** The revocation stands here, is told later, and a repetition is acknowledged. */
  async function toldLater({ name, token }: { name: string; token: string }): Promise<void> {
    const { one, other, admin } = pair;
    await until(async () => !(await isAccepted(other, token)), 'the other hears of it', recovery);
    await until(async () => (await revoke(one, admin, name)).status === 204, 'a repetition is acknowledged', recovery);
    deepEqual(await neverAcceptedAgain(other, token), []);
  }

  it('when nothing fails', async () => {
    const { one, other, admin } = pair;
    const { name, token } = await known();
    equal((await revoke(one, admin, name)).status, 204);
    await wait(promise);
    deepEqual(await neverAcceptedAgain(other, token), []);
  });

  it('or is not acknowledged: the instance that revokes is cut off from Redis', async () => {
    const { one, admin } = pair;
    const made = await known();
    one.redis.cut();
    deepEqual(await revoke(one, admin, made.name), { status: 503, applied: true });
    await until(async () => !(await isReady(one)), 'it says so', recovery);
    match((await readiness(one)).text, /redis/);
    one.redis.mend();
    await toldLater(made);
  });

  it('or is not acknowledged: nothing comes through between it and Redis', async () => {
    const { one, admin } = pair;
    const made = await known();
    one.redis.hold();
    deepEqual(await revoke(one, admin, made.name), { status: 503, applied: true });
    one.redis.mend();
    await toldLater(made);
  });

  it('when the other one is cut off from Redis', async () => {
    const { one, other, admin } = pair;
    const { name, token } = await known();
    other.redis.cut();
    const { status } = await revoke(one, admin, name);
    equal(status, 204);
    await wait(promise);
    deepEqual(await neverAcceptedAgain(other, token), []);
    other.redis.mend();
    await until(() => isReady(other), 'the other is ready again', recovery);
    deepEqual(await neverAcceptedAgain(other, token), []);
  });

  it('when nothing comes through between the other one and Redis', async () => {
    const { one, other, admin } = pair;
    const { name, token } = await known();
    other.redis.hold();
    equal((await revoke(one, admin, name)).status, 204);
    await wait(promise);
    deepEqual(await neverAcceptedAgain(other, token), []);
    other.redis.mend();
    await until(() => isReady(other), 'the other is ready again', recovery);
    deepEqual(await neverAcceptedAgain(other, token), []);
  });

  it('when the subscription of the other one alone is cut', async () => {
    const { one, other, admin } = pair;
    const { name, token } = await known();
    ok(other.redis.cutThoseThatSent('SUBSCRIBE') > 0);
    equal((await revoke(one, admin, name)).status, 204);
    await wait(promise);
    deepEqual(await neverAcceptedAgain(other, token), []);
  });

  for (const seconds of [3, 8]) {
    it(`when the other one is frozen for ${seconds} seconds around it`, async () => {
      const { one, other, admin } = pair;
      const { name, token } = await known();
      process.kill(other.process.pid, 'SIGSTOP');
      equal((await revoke(one, admin, name)).status, 204);
      await wait(seconds * 1_000);
      process.kill(other.process.pid, 'SIGCONT');
      deepEqual(await neverAcceptedAgain(other, token), []);
    });
  }

  it('when both are frozen, one after the other', async () => {
    const { one, other, admin } = pair;
    const { name, token } = await known();
    process.kill(other.process.pid, 'SIGSTOP');
    equal((await revoke(one, admin, name)).status, 204);
    process.kill(one.process.pid, 'SIGSTOP');
    await wait(2_000);
    process.kill(other.process.pid, 'SIGCONT');
    deepEqual(await neverAcceptedAgain(other, token), []);
    process.kill(one.process.pid, 'SIGCONT');
    deepEqual(await neverAcceptedAgain(one, token), []);
  });

  it('or is not acknowledged: Redis hangs', async () => {
    const { one, redis, admin } = pair;
    const made = await known();
    redis.hang();
    deepEqual(await revoke(one, admin, made.name), { status: 503, applied: true });
    redis.resume();
    await toldLater(made);
  });

  it('or is not acknowledged: Redis is full', async () => {
    const { one, redis, admin } = pair;
    const made = await known();
    await command(redis.port, 'CONFIG', 'SET', 'maxmemory', '1');
    deepEqual(await revoke(one, admin, made.name), { status: 503, applied: true });
    await until(async () => !(await isReady(one)), 'it is not ready', recovery);
    match((await readiness(one)).text, /redis/);
    await command(redis.port, 'CONFIG', 'SET', 'maxmemory', '0');
    await toldLater(made);
  });

  it('when Redis is emptied before it', async () => {
    const { one, other, redis, admin } = pair;
    const made = await known();
    await command(redis.port, 'FLUSHALL');
    await until(() => isAccepted(other, made.token), 'the token is accepted still', recovery);
    equal((await revoke(one, admin, made.name)).status, 204);
    await wait(promise);
    deepEqual(await neverAcceptedAgain(other, made.token), []);
  });
});

describe('a Redis that has been demoted', { skip: redisServer.skip }, () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => pair?.[Symbol.asyncDispose]());

  it('acknowledges nothing, is said not to be ready, and the new master is found where the wire leads', async () => {
    const { one, other, redis, admin } = pair;
    await using successor = await startRedis();
    await command(successor.port, 'REPLICAOF', '127.0.0.1', String(redis.port));
    const made = await newToken(one, admin);
    await remembered(one, made.token);
    await remembered(other, made.token);
    await wait(1_500);
    await command(successor.port, 'REPLICAOF', 'NO', 'ONE');
    await command(redis.port, 'REPLICAOF', '127.0.0.1', String(successor.port));
    other.redis.lead(successor.port);
    deepEqual(await revoke(one, admin, made.name), { status: 503, applied: true });
    await until(async () => !(await isReady(one)), 'it is not ready', recovery);
    one.redis.lead(successor.port);
    await until(async () => (await isReady(one)) && (await isReady(other)), 'both are ready', recovery);
    await until(async () => !(await isAccepted(other, made.token)), 'the other hears of it', recovery);
    await until(async () => (await revoke(one, admin, made.name)).status === 204, 'repeated', recovery);
  });
});

describe('an instance that dies', { skip: redisServer.skip }, () => {
  it('costs the survivor nothing: its caches are believed all the time', async () => {
    await using pair = await startPair();
    const { one, other, admin } = pair;
    const { token } = await newToken(one, admin);
    await remembered(other, token);
    await one.process.stop('SIGKILL');
    for (let time = 0; time < 100; time += 1) {
      ok(await isAccepted(other, token));
      await wait(20);
    }
    equal(await isReady(other), true);
    ok(!/caches are bypassed/.test(other.process.stdout + other.process.stderr));
  });
});
