import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import * as scripts from '../../lib/stores/redis/scripts.ts';
import type { Clocks } from '../../lib/stores/redis/trust.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { listening, opened, rawClient, until } from './redis-opened.ts';

const { skip } = redisServer;
const prefix = 'shared:';
const key = `${prefix}told`;
const channel = `${key}:0`;
const ada: Invalidation = { kind: 'user', id: 'u_ada' };
const all: Invalidation = { kind: 'all', id: '' };
const notTold = { name: 'NotToldError', applied: true, store: 'redis channel' };

/** Clocks that stand still: what ends trust is not the time that has passed. */
const still: Clocks = { monotonic: () => 1_000, wall: () => 1_000_000 };

async function server(t: TestContext) {
  const redis = await startRedis();
  t.after(() => redis[Symbol.asyncDispose]());
  return redis;
}

async function instances(t: TestContext, url: string, count: number, clocks?: Clocks) {
  const logs = Array.from({ length: count }, listening);
  const more = clocks === undefined ? {} : { clocks };
  const all = await Promise.all(logs.map(async (log) => ({ log, ...(await opened(t, url, log, prefix, more)) })));
  const [first, ...others] = all;
  if (first === undefined) throw new Error('at least one instance is needed');
  return { first, others, raw: await rawClient(t, url) };
}

type Raw = Awaited<ReturnType<typeof rawClient>>;

/** Resolves once so many heartbeats of any instances were executed. */
async function beatsMore(raw: Raw, count: number): Promise<void> {
  const seen = new Set<string | null>();
  await until(async () => seen.add(await raw.hGet(key, 'beat')).size > count);
}

/** What another instance would tell, as arguments of the script. */
const telling = (says: unknown, id: string = randomUUID()) => [
  '1',
  key,
  id,
  channel,
  JSON.stringify({ id, from: 'another', says }),
];
const tell = (raw: Raw, says: unknown) => raw.sendCommand(['EVAL', scripts.tell.text, ...telling(says)]);

test('what one instance publishes is heard there at once, and on the others', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others } = await instances(t, url, 3);
  const published = first.bus.publish(ada);
  deepEqual(first.heard, [ada]);
  await published;
  await until(() => others.every((one) => one.heard.length > 0));
  for (const one of others) deepEqual(one.heard, [ada]);
  deepEqual(first.heard, [ada]);
});

test('messages of every kind arrive in order, with the versions of their records', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others } = await instances(t, url, 2);
  const sent: Invalidation[] = [
    { ...ada, version: 7 },
    { kind: 'session', id: 's1' },
    { kind: 'token', id: 't1' },
    all,
  ];
  for (const message of sent) await first.bus.publish(message);
  await until(() => others[0]?.heard.length === sent.length);
  await first.bus.publish(sent);
  await until(() => others[0]?.heard.length === 2 * sent.length);
  deepEqual(others[0]?.heard, [...sent, ...sent]);
  deepEqual(first.heard, [...sent, ...sent]);
});

test('one who stops listening hears nothing more, and others do', { skip }, async (t) => {
  const { url } = await server(t);
  const { first } = await instances(t, url, 1);
  const heard: Invalidation[] = [];
  const stop = first.bus.subscribe((message) => heard.push(message));
  await first.bus.publish(ada);
  stop();
  await first.bus.publish(ada);
  equal(heard.length, 1);
  equal(first.heard.length, 2);
});

test('many revocations at once cost a few tellings, not one each', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others, raw } = await instances(t, url, 2);
  let tellings = 0;
  await raw.subscribe(channel, () => {
    tellings += 1;
  });
  await Promise.all(Array.from({ length: 500 }, (_, n) => first.bus.publish({ kind: 'token', id: `t${n}` })));
  await until(() => others[0]?.heard.length === 500);
  await until(() => tellings > 0);
  ok(tellings <= 3, `${tellings}`);
});

test('a hung Redis: nothing is acknowledged or trusted, which is logged once; afterwards all is told', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const { first, others } = await instances(t, redis.url, 2);
  redis.hang();
  await until(() => !first.bus.healthy && others.every((one) => !one.bus.healthy));
  await rejects(first.bus.publish(ada), notTold);
  deepEqual(first.heard, [ada]);
  const warned = () => first.log.lines.filter((line) => line.startsWith('warn: invalidations may be missed')).length;
  await until(() => warned() === 1);
  equal(
    (await first.health()).map(({ store, ok: isWell }) => `${store} ${isWell}`).join(),
    'redis false,redis channel false',
  );
  redis.resume();
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
  deepEqual(first.heard[1], all);
  await until(() => others.every(({ heard }) => heard.some((one) => one.kind === 'user')));
  equal(warned(), 1);
  await until(() => first.log.lines.some((line) => line.startsWith('info: invalidations are heard')));
  equal(
    (await first.health()).every((one) => one.ok),
    true,
  );
});

test('an instance that is alone discards everything too, after a hung Redis', { skip }, async (t) => {
  const redis = await server(t);
  const { first } = await instances(t, redis.url, 1);
  redis.hang();
  await until(() => !first.bus.healthy);
  deepEqual(first.heard, []);
  redis.resume();
  await until(() => first.bus.healthy);
  deepEqual(first.heard, [all]);
});

test('a restarted Redis that has lost everything is heard again, and what could not be told is told', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const { first, others } = await instances(t, redis.url, 2, still);
  await redis.kill();
  await rejects(first.bus.publish(ada), notTold);
  equal(first.bus.healthy, false);
  await redis.restart();
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
  await until(() => others.every(({ heard }) => heard.some((one) => one.kind === 'all')));
  await until(() => first.log.lines.some((line) => line.startsWith('info: the other instances know')));
  // The subscriptions may not have been made again yet.
  await until(async () => {
    await first.bus.publish({ kind: 'token', id: 't1' });
    return others.every(({ heard }) => heard.some((one) => one.kind === 'token'));
  });
});

test('a telling that a broken subscription has missed discards everything', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others, raw } = await instances(t, url, 2, still);
  await raw
    .multi()
    .addCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    .addCommand(['EVAL', scripts.tell.text, ...telling([ada])])
    .exec();
  await until(() => [first, ...others].every(({ heard }) => heard.some((one) => one.kind === 'all')));
  ok([first, ...others].every(({ heard }) => heard.every((one) => one.kind === 'all')));
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
});

test('a telling that was left out of the chain discards everything', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, raw } = await instances(t, url, 1, still);
  await tell(raw, [ada]);
  await until(() => first.heard.length === 1);
  await raw.publish(channel, JSON.stringify({ id: 'x', after: 'unknown', from: 'another', says: [ada] }));
  await until(() => first.heard.length === 3);
  deepEqual(first.heard, [ada, ada, all]);
  await until(() => first.bus.healthy);
});

test('an emptied Redis discards everything, and its tellings begin anew', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, raw } = await instances(t, url, 1, still);
  await raw.flushAll();
  await until(() => first.heard.length > 0);
  deepEqual(first.heard, [all]);
  await tell(raw, [ada]);
  await until(() => first.heard.length > 1);
  await beatsMore(raw, 3);
  deepEqual(first.heard, [all, ada]);
  equal(first.bus.healthy, true);
});

test('a Redis that comes back without its newest telling, which an instance has missed, discards everything there', {
  skip,
}, async (t) => {
  const { url } = await server(t);
  const { first, raw } = await instances(t, url, 1, still);
  await first.bus.publish({ kind: 'token', id: 't1' });
  await beatsMore(raw, 2);
  const known = await raw.hGet(key, 'newest');
  await raw
    .multi()
    .addCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    .addCommand(['EVAL', scripts.tell.text, ...telling([ada])])
    .addCommand(['HSET', key, 'newest', String(known)])
    .addCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    .exec();
  await until(() => first.heard.some((one) => one.kind === 'all'));
  await until(() => first.bus.healthy);
});

test('after a long turn of our own nothing is trusted until the next heartbeat, and nothing is logged', {
  skip,
}, async (t) => {
  const { url } = await server(t);
  const { first, raw } = await instances(t, url, 1);
  const lines = first.log.lines.length;
  const end = performance.now() + 1_500;
  while (performance.now() < end);
  equal(first.bus.healthy, false);
  deepEqual(first.heard, []);
  await until(() => first.bus.healthy);
  deepEqual(first.heard, [all]);
  await beatsMore(raw, 3);
  equal(first.log.lines.length, lines);
});

test('a wall clock that is set forward discards everything', { skip }, async (t) => {
  const { url } = await server(t);
  let wall = 1_000_000;
  const { first } = await instances(t, url, 1, { ...still, wall: () => wall });
  wall += 3_600_000;
  equal(first.bus.healthy, false);
  await until(() => first.bus.healthy);
  deepEqual(first.heard, [all]);
});

const nonsense = [
  '',
  'null',
  '[]',
  '{"id":1}',
  '{',
  JSON.stringify({ id: 'x', from: 'another', says: [ada] }),
  JSON.stringify({ id: 'x', after: 'y', from: 'another', says: [{ kind: 'user' }] }),
  JSON.stringify({ id: 'x', after: 'y', from: 'another', says: [{ kind: 'key', id: 'x' }] }),
  JSON.stringify({ id: 'x', after: 'y', from: 'another', says: 'beat' }),
];
test('what nobody of us has written is not heard', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, raw } = await instances(t, url, 1, still);
  for (const text of nonsense) await raw.publish(channel, text);
  await tell(raw, [ada]);
  await until(() => first.heard.length > 0);
  deepEqual(first.heard, [ada]);
  equal(first.bus.healthy, true);
});

test('a closed bus is not trusted and acknowledges nothing; the others go on as they were', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others, raw } = await instances(t, url, 2, still);
  await others[0]?.close();
  equal(others[0]?.bus.healthy, false);
  await rejects(others[0]?.bus.publish(ada), notTold);
  await others[0]?.close();
  await beatsMore(raw, 8);
  equal(first.bus.healthy, true);
  deepEqual(first.heard, []);
  deepEqual(first.log.lines, []);
});
