import { equal, ok, rejects } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { aSession, start } from '../../lib/stores/suites/records.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { isOutage, listening, opened, rawClient, timeOf, until, works } from './redis-opened.ts';

const { skip } = redisServer;

/** Redis forgets nothing that it acknowledged: what is tested is how we bear its absence. */
const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** One call of every kind: none may wait for long, and none may pass. */
type Stores = Awaited<ReturnType<typeof opened>>;
const calls = ({ sessions, attempts }: Stores): [what: string, call: () => Promise<unknown>][] => [
  ['find', () => sessions.find('s1', start)],
  ['create', () => sessions.create(aSession('s2'))],
  ['saveData', () => sessions.saveData('s1', '{}')],
  ['touch', () => sessions.touch('s1', start, start + 1)],
  ['end', () => sessions.end('s1')],
  ['endAllOf', () => sessions.endAllOf('u_ada')],
  ['listOf', () => sessions.listOf('u_ada', start, { limit: 10 })],
  ['countOf', () => sessions.countOf('u_ada', start)],
  ['list', () => sessions.list(start, { limit: 10 })],
  ['count of all', () => sessions.count(start)],
  ['sweep', () => sessions.sweep(start, 10)],
  ['hit', () => attempts.hit('ada', 60_000)],
  ['count', () => attempts.count('ada', 60_000)],
  ['hold', () => attempts.hold('ada', 'a', 5, 60_000)],
  ['letGo', () => attempts.letGo('ada', 'a')],
  ['clear', () => attempts.clear('ada', 60_000)],
  ['rememberAddress', () => attempts.rememberAddress('ada', '192.0.2.1', start)],
  ['knowsAddress', () => attempts.knowsAddress('ada', '192.0.2.1')],
];

async function allAreOutages(stores: Stores, within: number): Promise<void> {
  const tried = await Promise.all(calls(stores).map(async ([what, call]) => ({ what, ...(await timeOf(call)) })));
  equal(
    tried
      .filter((one) => !one.outage)
      .map((one) => one.what)
      .join(),
    '',
  );
  equal(
    tried
      .filter((one) => one.ms > within)
      .map((one) => `${one.what}: ${one.ms} ms`)
      .join(),
    '',
  );
}

async function server(t: TestContext) {
  const redis = await startRedis(durable);
  t.after(() => redis[Symbol.asyncDispose]());
  const log = listening();
  return { redis, log, stores: await opened(t, redis.url, log) };
}

test('a hung server is an outage within about a second, then at once, and none any more when it goes on', {
  skip,
}, async (t) => {
  const { redis, stores, log } = await server(t);
  await stores.sessions.create(aSession('s1'));
  redis.hang();
  await allAreOutages(stores, 2_500);
  await allAreOutages(stores, 500);
  const health = await stores.health();
  equal(health.map((one) => `${one.store} ${one.ok}`).join(), 'redis false,redis channel false');
  const warned = () => log.lines.filter((line) => line.startsWith('warn: invalidations may be missed')).length;
  await until(() => warned() === 1);
  redis.resume();
  await until(works(stores), 3_000);
  await until(() => stores.bus.healthy, 3_000);
  equal(
    (await stores.health()).every((one) => one.ok),
    true,
  );
  equal(warned(), 1);
});

test('a server that hangs for ten seconds is found again without a restart of ours', { skip }, async (t) => {
  const { redis, stores } = await server(t);
  await stores.sessions.create(aSession('s1'));
  redis.hang();
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    const { ms, outage } = await timeOf(() => stores.sessions.find('s1', start));
    ok(outage);
    ok(ms < 2_500);
    await wait(100);
  }
  redis.resume();
  await until(works(stores), 5_000);
  await until(() => stores.bus.healthy, 5_000);
  equal((await stores.sessions.find('s1', start))?.id, 's1');
});

test('a killed server is an outage at once, and a restarted one is found again', { skip }, async (t) => {
  const { redis, stores, log } = await server(t);
  await stores.sessions.create(aSession('s1'));
  await redis.kill();
  await until(async () => !(await works(stores)()));
  await allAreOutages(stores, 1_500);
  await until(async () => (await stores.health())[0]?.problem === 'nobody listens there');
  await redis.restart();
  await until(works(stores), 5_000);
  await until(() => stores.bus.healthy, 5_000);
  equal((await stores.sessions.find('s1', start))?.id, 's1');
  equal((await stores.attempts.hit('ada', 60_000)).count, 1);
  const told = log.lines.filter((line) => /the connection is/.test(line)).map((line) => line.replace(/ \{.*/, ''));
  equal(told.join(), 'warn: the connection is lost,info: the connection is back');
});

test('scripts are known again after the server forgot them', { skip }, async (t) => {
  const { redis, stores } = await server(t);
  await stores.sessions.create(aSession('s1'));
  const raw = await rawClient(t, redis.url);
  await raw.sendCommand(['SCRIPT', 'FLUSH']);
  equal(await stores.sessions.saveData('s1', '{"a":1}'), true);
  equal((await stores.attempts.hit('ada', 60_000)).count, 1);
});

test('a closed store is an outage, not an empty one', { skip }, async (t) => {
  const { stores } = await server(t);
  await stores.close();
  await allAreOutages(stores, 1_500);
  equal(stores.bus.healthy, false);
  equal(
    (await stores.health()).some((one) => one.ok),
    false,
  );
  await stores.close();
});

const damage: [what: string, value: string[]][] = [
  ['is no JSON', ['SET', 'KEY', '{not json']],
  ['is JSON of something else', ['SET', 'KEY', '"text"']],
  ['lacks what a session has', ['SET', 'KEY', '{"id":"bad"}']],
  ['belongs under another id', ['SET', 'KEY', JSON.stringify(aSession('other'))]],
  ['is of another type', ['RPUSH', 'KEY', 'x']],
];
for (const [what, command] of damage) {
  test(`a session whose record ${what} is never a pass, can be ended, and harms no other`, { skip }, async (t) => {
    const { redis, stores } = await server(t);
    const raw = await rawClient(t, redis.url);
    const key = `${stores.prefix}session:bad`;
    const spoil = async () => {
      await raw.del(key);
      await raw.sendCommand(command.map((word) => (word === 'KEY' ? key : word)));
    };
    await stores.sessions.create(aSession('bad'));
    await stores.sessions.create(aSession('good'));
    await spoil();
    await rejects(stores.sessions.find('bad', start), (error: Error) => {
      equal(/not json/.test(String(error.cause)), false);
      return isOutage(error);
    });
    equal((await stores.sessions.find('good', start))?.id, 'good');
    equal((await stores.sessions.listOf('u_ada', start, { limit: 10 })).items.map((one) => one.id).join(), 'good');
    equal(await stores.sessions.end('bad'), true);
    equal(await stores.sessions.find('bad', start), undefined);
    await stores.sessions.create(aSession('bad'));
    await spoil();
    await stores.sessions.endAllOf('u_ada');
    equal(await raw.exists(key), 0);
  });
}

test('an attempt counter of another type is an outage for its key alone', { skip }, async (t) => {
  const { redis, stores } = await server(t);
  const raw = await rawClient(t, redis.url);
  await raw.rPush(`${stores.prefix}attempts:60:ada`, 'x');
  await rejects(stores.attempts.hit('ada', 60_000), isOutage);
  equal((await stores.attempts.hit('bob', 60_000)).count, 1);
});
