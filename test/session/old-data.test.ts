import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { sessionsService } from '../../lib/session/sessions.ts';
import { type Loaded, openSessions, serve } from './serve.ts';

type Opened = Awaited<ReturnType<typeof openSessions>>;

const serviceOf = ({ stores, bus, time }: Opened) =>
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
    equal((await stores.users.byId('u_ada'))?.epoch, 0);
  });
}

test('it is noted on the user’s record before the store of sessions is asked to end it', async (t) => {
  const opened = await openSessions();
  const { stores, parts, time } = opened;
  const ask = await serve(t, opened.sessions);
  const { body: id } = await ask('/in');
  const broken = { ...stores, sessions: { ...stores.sessions, end: () => Promise.reject(new Error('it hangs')) } };
  const service = serviceOf({ ...opened, ...parts, stores: broken });
  equal(await service.end('ada', id).catch((error: Error) => error.message), 'it hangs');
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
  deepEqual((await stores.users.byId('u_ada'))?.ended, [{ id, until: began + 13 * 3_600_000 + 60_000 }]);
});

test('a visitor’s session is on nobody’s record', async (t) => {
  const { sessions, stores } = await openSessions();
  const ask = await serve(t, sessions);
  await ask('/out', (await ask('/visit')).cookie);
  equal((await stores.users.byId('u_ada'))?.ended, undefined);
});
