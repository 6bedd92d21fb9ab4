import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { listening, opened, rawClient, until } from './redis-opened.ts';

const { skip } = redisServer;
const prefix = 'shared:';
const channel = `${prefix}invalidations:0`;
const ada: Invalidation = { kind: 'user', id: 'u_ada' };
const all: Invalidation = { kind: 'all', id: '' };

async function server(t: TestContext) {
  const redis = await startRedis();
  t.after(() => redis[Symbol.asyncDispose]());
  return redis;
}

/** Instances on one server that have heard of each other: nothing is left to be invalidated. */
async function instances(t: TestContext, url: string, count: number) {
  const logs = Array.from({ length: count }, listening);
  const all = await Promise.all(logs.map(async (log) => ({ log, ...(await opened(t, url, log, prefix)) })));
  const [first, ...others] = all;
  if (first === undefined) throw new Error('at least one instance is needed');
  const raw = await rawClient(t, url);
  let beats = 0;
  await raw.subscribe(channel, () => {
    beats += 1;
  });
  await until(() => beats > 2 * count);
  for (const one of all) one.heard.splice(0);
  return { first, others, beats: () => beats };
}

test('what one instance publishes is heard there at once and on the others before the next beat', {
  skip,
}, async (t) => {
  const { url } = await server(t);
  const { first, others, beats } = await instances(t, url, 3);
  const before = beats();
  const published = first.bus.publish(ada);
  deepEqual(first.heard, [ada]);
  await published;
  await until(() => others.every((one) => one.heard.length > 0));
  ok(beats() - before <= 4);
  for (const one of others) deepEqual(one.heard, [ada]);
  deepEqual(first.heard, [ada]);
});

test('every kind of message arrives, in order', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others } = await instances(t, url, 2);
  const sent: Invalidation[] = [ada, { kind: 'session', id: 's1' }, { kind: 'token', id: 't1' }, all];
  for (const message of sent) await first.bus.publish(message);
  await until(() => others[0]?.heard.length === sent.length);
  deepEqual(others[0]?.heard, sent);
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

test('a hung Redis is noticed within about a second, told once, and everything is judged again after it', {
  skip,
}, async (t) => {
  const redis = await server(t);
  const { first, others } = await instances(t, redis.url, 2);
  redis.hang();
  ok((await until(() => !first.bus.healthy)) < 2_000);
  await until(() => others.every((one) => !one.bus.healthy));
  equal(
    (await first.health()).find((one) => one.store === 'redis channel')?.problem,
    'the own beat does not come back',
  );
  await rejects(first.bus.publish(ada), { name: 'NotToldError', applied: true });
  deepEqual(first.heard, [ada]);
  const warned = () => first.log.lines.filter((line) => line.startsWith('warn: invalidations may be missed')).length;
  equal(warned(), 1);
  redis.resume();
  const unhealthyHeard = first.heard.length;
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
  deepEqual(first.heard[unhealthyHeard], all);
  await until(() => others[0]?.heard.some((one) => one.kind === 'all') ?? false);
});

test('an instance that is alone judges everything again too, after a hung Redis', { skip }, async (t) => {
  const redis = await server(t);
  const { first } = await instances(t, redis.url, 1);
  redis.hang();
  await until(() => !first.bus.healthy);
  deepEqual(first.heard, []);
  redis.resume();
  await until(() => first.bus.healthy);
  deepEqual(first.heard, [all]);
});

test('a restarted Redis is heard again, and what could not be told is made up for', { skip }, async (t) => {
  const redis = await server(t);
  const { first, others } = await instances(t, redis.url, 2);
  await redis.kill();
  await until(() => !first.bus.healthy && others.every((one) => !one.bus.healthy));
  await rejects(first.bus.publish(ada), { name: 'NotToldError' });
  await redis.restart();
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
  await until(() => others[0]?.heard.some((one) => one.kind === 'all') ?? false);
  await first.bus.publish(ada);
  await until(() => others[0]?.heard.some((one) => one.kind === 'user') ?? false);
});

test('a subscription that is cut is made again, and what was missed meanwhile is made up for', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, others } = await instances(t, url, 2);
  const raw = await rawClient(t, url);
  await raw.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
  await first.bus.publish(ada);
  await until(() => others[0]?.heard.some((one) => one.kind === 'all' || one.kind === 'user') ?? false, 3_000);
  await until(() => first.bus.healthy && others.every((one) => one.bus.healthy));
});

/** Time by beats: seven of one instance are longer than anybody's silence is borne. */
async function beatsMore(beats: () => number, count: number): Promise<void> {
  const from = beats();
  await until(() => beats() >= from + count);
}

test('a long turn of our own is not taken for a lost channel', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, beats } = await instances(t, url, 1);
  const lines = first.log.lines.length;
  const end = performance.now() + 1_500;
  while (performance.now() < end);
  await beatsMore(beats, 3);
  equal(first.log.lines.length, lines);
  equal(first.bus.healthy, true);
});

/** What another instance would send. */
const note = (number: number, says: unknown = 'beat') => JSON.stringify({ from: 'another', number, sentAt: 0, says });

test('a number that somebody left out invalidates everything', { skip }, async (t) => {
  const { url } = await server(t);
  const { first, beats } = await instances(t, url, 1);
  const raw = await rawClient(t, url);
  await beatsMore(beats, 7);
  await raw.publish(channel, note(1));
  await raw.publish(channel, note(2, ada));
  await until(() => first.heard.length > 0);
  deepEqual(first.heard, [ada]);
  await raw.publish(channel, note(4));
  await until(() => first.heard.length > 1);
  deepEqual(first.heard[1], all);
  ok(first.log.lines.some((line) => line.includes('messages were left out')));
});

test('an instance that falls silent without a word makes the others bypass their caches until it is back', {
  skip,
}, async (t) => {
  const { url } = await server(t);
  const { first, beats } = await instances(t, url, 1);
  const raw = await rawClient(t, url);
  await raw.publish(channel, note(1));
  ok((await until(() => !first.bus.healthy)) < 2_500);
  equal(
    (await first.health()).every((one) => one.ok),
    true,
  );
  first.heard.splice(0);
  await raw.publish(channel, note(2));
  await until(() => first.bus.healthy);
  deepEqual(first.heard[0], all);
  await raw.publish(channel, note(3, 'bye'));
  const lines = first.log.lines.length;
  await beatsMore(beats, 7);
  equal(first.bus.healthy, true);
  equal(first.log.lines.length, lines);
});

const nonsense = ['', 'null', '[]', '{"from":1}', note(1, { kind: 'user' }), note(1, { kind: 'key', id: 'x' }), '{'];
test('what nobody of us has written is not heard', { skip }, async (t) => {
  const { url } = await server(t);
  const { first } = await instances(t, url, 1);
  const raw = await rawClient(t, url);
  for (const text of nonsense) await raw.publish(channel, text);
  await raw.publish(channel, note(1, ada));
  await until(() => first.heard.length > 0);
  deepEqual(first.heard, [ada]);
  equal(first.bus.healthy, true);
});

test('a closed bus says goodbye: the others go on as they were, and it is not believed any more', {
  skip,
}, async (t) => {
  const { url } = await server(t);
  const { first, others, beats } = await instances(t, url, 2);
  await others[0]?.close();
  await beatsMore(beats, 7);
  equal(first.bus.healthy, true);
  deepEqual(first.heard, []);
  equal(others[0]?.bus.healthy, false);
});
