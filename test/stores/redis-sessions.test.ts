import { deepEqual, equal, ok } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { commandsOn } from '../../lib/stores/redis/commands.ts';
import { linkTo } from '../../lib/stores/redis/link.ts';
import * as scripts from '../../lib/stores/redis/scripts.ts';
import { sessionStore } from '../../lib/stores/redis/sessions.ts';
import { parseRedisUrl } from '../../lib/stores/redis/url.ts';
import { aSession, minute } from '../../lib/stores/suites/records.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { opened, rawClient, silent } from './redis-opened.ts';

const { skip } = redisServer;
const prefix = 'shared:';

async function instances(t: TestContext) {
  const redis = await startRedis();
  t.after(() => redis[Symbol.asyncDispose]());
  const one = await opened(t, redis.url, silent, prefix);
  const other = await opened(t, redis.url, silent, prefix);
  return { one, other, url: redis.url, raw: await rawClient(t, redis.url) };
}

/** The ids on a list. */
const idsOn = (names: readonly string[]) => names.map((name) => name.split(' ')[0]).sort();

/** A session that began now: Redis counts its life by the clock. */
const fresh = (id: string, more = {}) => {
  const now = Date.now();
  return aSession(id, {
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 60 * minute,
    idleAt: now + 10 * minute,
    ...more,
  });
};

test('a slow request on one instance revives no session that another has ended', { skip }, async (t) => {
  const { one, other, raw } = await instances(t);
  const session = fresh('s1');
  await one.sessions.create(session);
  const loaded = await one.sessions.find('s1', session.createdAt);
  equal(await other.sessions.end('s1'), true);
  equal(await one.sessions.saveData('s1', `${loaded?.data}`), false);
  equal(await one.sessions.touch('s1', session.createdAt + 1, session.idleAt + 1), false);
  equal(await other.sessions.find('s1', session.createdAt), undefined);
  deepEqual(await raw.keys('*session*'), []);
});

test('Redis lets go of a session at the earlier of its two ends, moved by a touch and by nothing else', {
  skip,
}, async (t) => {
  const { one, raw } = await instances(t);
  const session = fresh('s1');
  const left = () => raw.pTTL(`${prefix}session:s1`);
  const about = async (expected: number) => ok(Math.abs((await left()) - expected) < minute / 2);
  await one.sessions.create(session);
  await about(10 * minute);
  await one.sessions.saveData('s1', '{"a":1}');
  await about(10 * minute);
  await one.sessions.touch('s1', session.createdAt + 1, session.createdAt + 30 * minute);
  await about(30 * minute);
  await one.sessions.touch('s1', session.createdAt + 2, session.createdAt + 90 * minute);
  await about(60 * minute);
});

test('every key of a session or an attempt expires by itself', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  await one.sessions.create(fresh('s1'));
  await one.sessions.create(fresh('s2', { userId: null }));
  await one.sessions.touch('s1', Date.now(), Date.now() + minute);
  await one.attempts.hit('ada', 60_000);
  await one.attempts.hit('bob', 60_000);
  await one.attempts.hold('ada', 'a', 5, 60_000);
  await one.attempts.rememberAddress('ada', '192.0.2.1', Date.now());
  const lasting = [`${prefix}schema`, `${prefix}told`];
  const keys = (await raw.keys('*')).filter((key) => !lasting.includes(key));
  equal(keys.length, 9);
  for (const key of keys) ok((await raw.pTTL(key)) > 0, key);
});

test('the list of a user forgets what Redis has let go of, and what it names wrongly', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  const list = `${prefix}sessions-of:u_ada`;
  for (const id of ['s1', 's2', 's3']) await one.sessions.create(fresh(id));
  await one.sessions.create(fresh('bobs', { userId: 'u_bob' }));
  const [bobs = ''] = await raw.zRange(`${prefix}sessions-of:u_bob`, 0, -1);
  await raw.zAdd(list, { score: Date.now() + minute, value: bobs });
  await raw.del(`${prefix}session:s2`);
  const { items } = await one.sessions.listOf('u_ada', Date.now(), { limit: 10 });
  deepEqual(items.map((session) => session.id).sort(), ['s1', 's3']);
  deepEqual(idsOn(await raw.zRange(list, 0, -1)), ['s1', 's3']);
  await raw.zAdd(list, { score: Date.now() + minute, value: bobs });
  deepEqual([...(await one.sessions.endAllOf('u_ada'))].sort(), ['s1', 's3']);
  equal((await one.sessions.find('bobs', Date.now()))?.id, 'bobs');
  equal(await raw.exists(list), 0);
});

test('a full list drops what has reached its absolute end, and what is none, before a live session ends', {
  skip,
}, async (t) => {
  const { one, raw } = await instances(t);
  const list = `${prefix}sessions-of:u_ada`;
  await one.sessions.create(fresh('s1'), 2);
  for (const value of [`over ${Date.now() - 2} ${Date.now() - 1}`, 'garbage']) {
    await raw.zAdd(list, { score: Date.now() + minute, value });
  }
  deepEqual((await one.sessions.create(fresh('s2'), 2)).ended, []);
  deepEqual(idsOn(await raw.zRange(list, 0, -1)), ['s1', 's2']);
});

test('a session that Redis has let go of leaves a full list without being counted as ended', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  await one.sessions.create(fresh('s1', { lastSeenAt: 1 }), 2);
  await one.sessions.create(fresh('s2'), 2);
  await raw.del(`${prefix}session:s1`);
  deepEqual((await one.sessions.create(fresh('s3'), 2)).ended, []);
  deepEqual(idsOn(await raw.zRange(`${prefix}sessions-of:u_ada`, 0, -1)), ['s2', 's3']);
});

test('the index of all sessions forgets what Redis has let go of, and has what was made before it from the next use on', {
  skip,
}, async (t) => {
  const { one, other, raw } = await instances(t);
  const indexes = ['by-age', 'by-end'].map((name) => `${prefix}sessions-${name}`);
  const ids = async () => (await other.sessions.list(Date.now(), { limit: 10 })).items.map(({ id }) => id).sort();
  for (const id of ['s1', 's2', 's3'])
    await one.sessions.create(fresh(id, { createdAt: Date.now() - (id === 's3' ? 0 : 2 * minute) }));
  await raw.del([`${prefix}session:s2`, `${prefix}session:s3`]);
  deepEqual(await ids(), ['s1']);
  // What is just being made is not there yet.
  for (const index of indexes) equal(await raw.zCard(index), 2);
  await raw.del(indexes);
  deepEqual([await ids(), await one.sessions.count(Date.now())], [[], 0]);
  await one.sessions.touch('s1', Date.now(), Date.now() + minute);
  deepEqual([await ids(), await one.sessions.count(Date.now())], [['s1'], 1]);
  equal(await one.sessions.count(Date.now() + 2 * minute), 0);
  for (const index of indexes) ok((await raw.pTTL(index)) > 50 * minute);
});

test('the index of all sessions is rid of thousands that are over by one sweep', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  const old = Array.from({ length: 2_500 }, (_, n) => `${String(n).padStart(16, '0')}.old${n}`);
  for (const value of old) {
    await raw.zAdd(`${prefix}sessions-by-age`, { score: 0, value });
    await raw.zAdd(`${prefix}sessions-by-end`, { score: 1, value });
  }
  await one.sessions.create(fresh('s1'));
  equal(await one.sessions.sweep(Date.now(), 10), 0);
  deepEqual(await raw.zRange(`${prefix}sessions-by-age`, 0, -1), await raw.zRange(`${prefix}sessions-by-end`, 0, -1));
  equal(await raw.zCard(`${prefix}sessions-by-age`), 1);
});

test('the list of a user goes with the last session on it', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  await one.sessions.create(fresh('s1', { expiresAt: Date.now() + 600 * minute }));
  await one.sessions.create(fresh('s2'));
  const left = await raw.pTTL(`${prefix}sessions-of:u_ada`);
  ok(left > 590 * minute && left <= 600 * minute);
});

test('no session is left off its list when another instance reads the list while it is made', { skip }, async (t) => {
  const { url, other } = await instances(t);
  const link = linkTo(parseRedisUrl(url));
  await link.connect();
  t.after(() => link.close());
  const commands = commandsOn(link);
  const interrupted = sessionStore(
    {
      ...commands,
      async send(key, ...args) {
        if (args[0] === 'SET') {
          deepEqual((await other.sessions.listOf('u_ada', Date.now(), { limit: 10 })).items, []);
          deepEqual((await other.sessions.list(Date.now(), { limit: 10 })).items, []);
        }
        return commands.send(key, ...args);
      },
    },
    prefix,
  );
  equal((await interrupted.create(fresh('s1'))).created, true);
  equal((await other.sessions.listOf('u_ada', Date.now(), { limit: 10 })).items.length, 1);
  equal((await other.sessions.list(Date.now(), { limit: 10 })).items.length, 1);
});

test('a user with many sessions has them all ended', { skip }, async (t) => {
  const { one, raw } = await instances(t);
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => one.sessions.create(fresh(`s${n}`))));
  equal((await one.sessions.endAllOf('u_ada', { keep: ['s7'] })).length, 999);
  deepEqual(await raw.keys(`${prefix}session:*`), [`${prefix}session:s7`]);
});

test('what is in a session comes back as it was written, whatever verb wrote last', { skip }, async (t) => {
  const { one } = await instances(t);
  const data = JSON.stringify({ text: '\u0000\u007f"\\/😀\ud800', list: [], object: {}, number: 1e21, deep: [[[]]] });
  const session = fresh('s1', { data, agent: 'a/b"\\\u0007é', address: '::1', roleCeiling: 'user', epoch: 2 ** 40 });
  await one.sessions.create(session);
  await one.sessions.touch('s1', session.lastSeenAt, session.idleAt);
  await one.sessions.saveData('s1', data);
  deepEqual(await one.sessions.find('s1', session.createdAt), session);
});

for (const [name, { text }] of Object.entries(scripts)) {
  test(`the script ${name} touches one key, so that any cluster can run it`, () => {
    deepEqual(new Set(text.match(/KEYS\b[^\]]*\]?/g)), new Set(['KEYS[1]']));
  });
}
