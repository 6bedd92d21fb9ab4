import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { noteEnded } from '../../lib/services/ended-sessions.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import { browserSessions } from '../../lib/session/browser-sessions.ts';
import { sessionsService } from '../../lib/session/sessions.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { opened, rawClient } from '../stores/redis-opened.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { type Loaded, openSessions, serve } from './serve.ts';

type Opened = Awaited<ReturnType<typeof openSessions>>;

const serviceOf = ({ stores, bus, time }: Pick<Opened, 'stores' | 'bus' | 'time'>) =>
  sessionsService({ stores, bus, record: async () => {}, clock: () => time.now });

const destroyed = (req: Loaded) => new Promise<string>((resolve) => req.session.destroy(() => resolve('destroyed')));

type Ask = Awaited<ReturnType<typeof serve>>;
type End = (opened: Opened, id: string, cookie: string, ask: Ask) => Promise<unknown>;

const ends: [how: string, end: End][] = [
  ['signing out', (_, __, cookie, ask) => ask('/out', cookie)],
  ['signing in anew', (_, __, cookie, ask) => ask('/in', cookie)],
  ['somebody else signing in', (_, __, cookie, ask) => ask('/in?name=bob', cookie)],
  ['the app destroying it', (_, __, cookie, ask) => ask('/destroy', cookie)],
  ['ending it by its id', (opened, id) => serviceOf(opened).end('ada', id)],
  ['ending all', (opened) => serviceOf(opened).endAll('ada')],
  ['ending all but another', (opened) => serviceOf(opened).endAll('ada', { keep: 'another' })],
];

for (const [how, end] of ends) {
  test(`a session that ended by ${how} stays ended when its store comes back with old data`, async (t) => {
    const opened = await openSessions();
    const { stores, sessions, time } = opened;
    const ask = await serve(t, sessions, { '/destroy': destroyed });
    const { body: id, cookie = '' } = await ask('/in');
    const old = await stores.sessions.find(id, time.now);
    ok(old);
    await end(opened, id, cookie, ask);
    equal((await stores.sessions.create(old)).created, true);

    equal(JSON.parse((await ask('/', cookie)).body).userId, undefined);
    equal((await ask('/visit', cookie)).set.length, 1);
    ok(!(await serviceOf(opened).list('ada')).items.some((session) => session.id === id));
  });
}

test('a session is noted before the session store is asked to end it: a store that hangs keeps nothing alive', async (t) => {
  const opened = await openSessions();
  const { stores, parts, time } = opened;
  const ask = await serve(t, opened.sessions);
  const { body: id } = await ask('/in');
  const broken = { ...stores, sessions: { ...stores.sessions, end: () => Promise.reject(new Error('it hangs')) } };
  const service = serviceOf({ ...opened, ...parts, stores: broken });
  deepEqual(await service.end('ada', id), { ok: true, value: undefined });
  ok(await stores.sessions.find(id, time.now));
  deepEqual(await service.list('ada'), { items: [] });
});

test('it is kept for as long as it could have been used, and no longer', async (t) => {
  const opened = await openSessions();
  const { stores, time } = opened;
  const ask = await serve(t, opened.sessions);
  const { body: id } = await ask('/in');
  const began = time.now;
  time.now += 3_600_000;
  await serviceOf(opened).end('ada', id);
  // Twelve hours of idle time from now, and a minute for clocks that differ.
  const note = await stores.records.get(endedSessionKind, id);
  deepEqual([note?.userId, note?.until], ['u_ada', began + 13 * 3_600_000 + 60_000]);
});

test('a visitor’s session is not noted', async (t) => {
  const { sessions, stores } = await openSessions();
  const ask = await serve(t, sessions);
  await ask('/out', (await ask('/visit')).cookie);
  equal(await stores.records.count(endedSessionKind), 0);
});

test('a session that its store has lost is noted when its cookie signs out, and does not come back', async (t) => {
  const opened = await openSessions();
  const { stores, sessions, published, time } = opened;
  const ask = await serve(t, sessions);
  const { body: id, cookie = '' } = await ask('/in');
  const lost = await stores.sessions.find(id, time.now);
  ok(lost);
  await stores.sessions.end(id);
  equal((await ask('/out', cookie)).status, 200);
  deepEqual(published.at(-1), { kind: 'session', id, version: 1 });
  equal((await stores.records.get(endedSessionKind, id))?.until, time.now + 30 * 86_400_000 + 60_000);
  equal((await stores.sessions.create(lost)).created, true);
  equal(JSON.parse((await ask('/', cookie)).body).userId, undefined);
});

test('sign-out everywhere ends a session that its store does not know at that time', async (t) => {
  const opened = await openSessions();
  const { stores, time } = opened;
  const ask = await serve(t, opened.sessions);
  const { body: id, cookie } = await ask('/in');
  const lost = await stores.sessions.find(id, time.now);
  ok(lost);
  await stores.sessions.end(id);
  ok((await serviceOf(opened).endAll('ada')).ok);
  await stores.sessions.create(lost);
  equal((await ask('/visit', cookie)).body, '1');
});

test('signing in and out ten thousand times ends nothing else of the user', async () => {
  const opened = await openSessions();
  const { stores, time } = opened;
  const { records } = stores;
  const ids = Array.from({ length: 10_000 }, (_, n) => `s${n}`);
  const ending = ids.map((id) => ({ id, userId: 'u_ada', expiresAt: time.now + 60_000 }));
  await noteEnded(records, ending, time.now);
  const user = await records.get(userKind, 'u_ada');
  deepEqual([user?.epoch, user?.tokenEpoch, user?.version], [0, 0, 1]);
});

test('sign-out everywhere on an emptied Redis holds when Redis comes back with the sessions of before', {
  skip: redisServer.skip,
}, async (t) => {
  const redis = await startRedis();
  t.after(() => redis[Symbol.asyncDispose]());
  const { stores, parts, bus, time } = await openSessions();
  const onRedis = await opened(t, redis.url);
  const both = { ...stores, sessions: onRedis.sessions };
  const ask = await serve(t, browserSessions({ ...parts, stores: both }));
  const before = await ask('/in');
  const raw = await rawClient(t, redis.url);
  const key = `${onRedis.prefix}session:${before.body}`;
  await raw.sendCommand(['COPY', key, key, 'DB', '1']);
  await raw.flushDb();
  const after = await ask('/in');
  equal((await ask('/out', after.cookie)).status, 200);
  ok((await serviceOf({ stores: both, bus, time }).endAll('ada')).ok);
  await raw.select(1);
  await raw.sendCommand(['COPY', key, key, 'DB', '0']);
  ok(await onRedis.sessions.find(before.body, time.now));
  equal((await ask('/visit', before.cookie)).body, '1');
});

test('a sign-out with the cookie of before ends the session that has just got a new id', async (t) => {
  const { stores, sessions, time } = await openSessions();
  const ask = await serve(t, sessions);
  const { body: id, cookie } = await ask('/in');
  const old = await stores.sessions.find(id, time.now);
  ok(old);
  await stores.sessions.create({ ...old, id: 'successor' });
  await stores.records.change(userKind, 'u_ada', (user, now) => {
    ok(user);
    return { kind: 'put', record: epochRaised(user, { ...old, newId: 'successor' }, now), answer: undefined };
  });
  await ask('/out', cookie);
  deepEqual(
    (await stores.records.list(endedSessionKind, { limit: 10 })).items.map((note) => note.id).sort(),
    [id, 'successor'].sort(),
  );
});
