import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NotToldError, refused } from '../../lib/errors.ts';
import { noteEnded } from '../../lib/services/ended-sessions.ts';
import { createSession } from '../../lib/services/new-session.ts';
import type { NewEvent } from '../../lib/services.ts';
import { sessionsService } from '../../lib/session/sessions.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { allPages } from '../../lib/stores/suites/cases.ts';
import { aSession } from '../../lib/stores/suites/records.ts';
import type { Actor } from '../../lib/types.ts';
import { until } from '../stores/redis-opened.ts';
import { openSessions } from './serve.ts';

const ada: Actor = {
  principal: { kind: 'user', id: 'u_ada', name: 'ada', role: 'user', scopes: [], via: 'session' },
  address: '192.0.2.1',
};

async function open() {
  const { stores, bus, published, time } = await openSessions();
  const events: NewEvent[] = [];
  const record = async (event: NewEvent) => void events.push(event);
  const sessions = sessionsService({ stores, bus, record, clock: () => time.now });
  const keep = (id: string, userId: string, createdAt: number, epoch = 0) =>
    stores.sessions.create({
      id,
      userId,
      epoch,
      kind: 'browser',
      method: 'password',
      createdAt,
      lastSeenAt: createdAt,
      expiresAt: time.now + 60_000,
      idleAt: time.now + 60_000,
      remember: false,
      agent: 'test',
      data: '{"secret":1}',
    });
  await keep('a1', 'u_ada', 1);
  await keep('a2', 'u_ada', 2);
  await keep('b1', 'u_bob', 3);
  return { sessions, stores, bus, published, events, keep, time };
}

describe('the sessions of a user', () => {
  it('are listed newest first, without what apps keep in them', async () => {
    const { sessions, time } = await open();
    const [newest, ...others] = (await sessions.list('Ada')).items;
    deepEqual(newest, {
      id: 'a2',
      kind: 'browser',
      method: 'password',
      createdAt: 2,
      lastSeenAt: 2,
      expiresAt: time.now + 60_000,
      address: undefined,
      agent: 'test',
    });
    deepEqual(
      others.map((session) => session.id),
      ['a1'],
    );
  });

  it('are not listed when their epoch has passed, nor for a user who is not there', async () => {
    const { sessions, keep } = await open();
    await keep('a0', 'u_ada', 9, -1);
    deepEqual(
      (await sessions.list('ada')).items.map((session) => session.id),
      ['a2', 'a1'],
    );
    deepEqual(await sessions.list('eve'), { items: [] });
  });

  it('are listed in pages, without gaps for those that are not valid any more', async () => {
    const { sessions, keep, stores, time } = await open();
    for (let n = 0; n < 30; n += 1) await keep(`more${n}`, 'u_ada', 10 + n, n % 2 === 0 ? 0 : -1);
    await noteEnded(stores.records, { id: 'more4', expiresAt: time.now }, time.now);
    const pages = await allPages((cursor) => sessions.list('ada', { limit: 4, cursor }));
    deepEqual(
      pages.map((page) => page.length),
      [4, 4, 4, 4],
    );
    equal(new Set(pages.flat().map(({ id }) => id)).size, 16);
    deepEqual(await sessions.list('ada', { cursor: 'none' }), { items: [] });
  });

  it('are listed with those of everybody, by name, and counted', async () => {
    const { sessions, keep, stores, time } = await open();
    await keep('old', 'u_ada', 8, -1);
    await keep('noted', 'u_ada', 9);
    await keep('nobodys', 'u_gone', 10);
    await noteEnded(stores.records, { id: 'noted', expiresAt: time.now }, time.now);
    const pages = await allPages((cursor) => sessions.listAll({ limit: 2, cursor }));
    deepEqual(
      pages.map((page) => page.map(({ id, username }) => [id, username])),
      [
        [
          ['b1', 'bob'],
          ['a2', 'ada'],
        ],
        [['a1', 'ada']],
      ],
    );
    ok(!('data' in (pages[0]?.[0] ?? {})));
    equal(await sessions.count(), 6);
    deepEqual(await sessions.listAll({ cursor: 'none' }), { items: [] });
  });

  it('are read one by one, by their owner’s name, while they are valid', async () => {
    const { sessions, keep } = await open();
    await keep('old', 'u_ada', 8, -1);
    equal((await sessions.get('Ada', 'a1'))?.username, 'ada');
    for (const [name, id] of [
      ['bob', 'a1'],
      ['eve', 'a1'],
      ['ada', 'old'],
      ['ada', 'none'],
    ] as const) {
      equal(await sessions.get(name, id), undefined);
    }
  });

  it('are looked for in a bounded number of those that are not valid any more', async () => {
    const { sessions, keep } = await open();
    for (let n = 0; n < 20; n += 1) await keep(`old${n}`, 'u_ada', 10 + n, -1);
    const [first, ...others] = await allPages((cursor) => sessions.listAll({ limit: 2, cursor }));
    deepEqual(first, []);
    equal(others.flat().length, 3);
  });

  it('are ended one by one, told to caches and to the audit log', async () => {
    const { sessions, published, events } = await open();
    ok((await sessions.end('ada', 'a1', ada)).ok);
    deepEqual(await sessions.end('ada', 'a1', ada), refused('not_found'));
    deepEqual(published, [{ kind: 'session', id: 'a1', version: 1 }]);
    deepEqual(
      events.map(({ event, actor, address, subject }) => [event, actor, address, subject]),
      [['session.ended', 'ada', '192.0.2.1', 'user:ada']],
    );
  });

  it('are told again when they are ended again', async () => {
    const { sessions, keep, published, events } = await open();
    const id = 'i'.repeat(43);
    await keep(id, 'u_ada', 5);
    for (let n = 0; n < 2; n += 1) ok((await sessions.end('ada', id, ada)).ok);
    deepEqual(await sessions.end('bob', id, ada), refused('not_found'));
    deepEqual(published, Array(3).fill({ kind: 'session', id, version: 1 }));
    equal(events.length, 1);
  });

  it('that could not be told have ended, are in the audit log, and are told by a repetition', async () => {
    const { sessions, keep, bus, stores, events } = await open();
    const id = 'i'.repeat(43);
    await keep(id, 'u_ada', 5);
    const { publish } = bus;
    bus.publish = () => Promise.reject(new NotToldError('redis'));
    await rejects(sessions.end('ada', id, ada), NotToldError);
    await rejects(sessions.endAll('bob', {}, ada), NotToldError);
    deepEqual(
      events.map(({ event }) => event),
      ['session.ended', 'session.ended'],
    );
    ok(!(await sessions.list('ada')).items.some((one) => one.id === id));
    deepEqual([await sessions.list('bob'), (await stores.records.get(userKind, 'u_bob'))?.epoch], [{ items: [] }, 1]);
    bus.publish = publish;
    ok((await sessions.end('ada', id, ada)).ok);
  });

  it('are ended by nobody else', async () => {
    const { sessions, stores, published, time } = await open();
    for (const name of ['ada', 'eve']) deepEqual(await sessions.end(name, 'b1', ada), refused('not_found'));
    equal((await stores.sessions.find('b1', time.now))?.userId, 'u_bob');
    deepEqual(published, []);
  });

  it('that their store has lost are told to caches all the same, and what is no id is not', async () => {
    const { sessions, published, events } = await open();
    const lost = 'l'.repeat(43);
    for (const id of [lost, 'no id', '']) equal((await sessions.end('ada', id, ada)).ok, false);
    deepEqual([published, events], [[{ kind: 'session', id: lost, version: 1 }], []]);
  });

  it('are ended together in one durable write, but for the one that is kept', async () => {
    const { sessions, stores, published } = await open();
    deepEqual(await sessions.endAll('ada', { keep: 'a2' }, ada), { ok: true, value: { sessions: 1 } });
    deepEqual(published, [{ kind: 'user', id: 'u_ada', version: 2 }]);
    const user = await stores.records.get(userKind, 'u_ada');
    deepEqual([user?.epoch, user?.tokenEpoch, user?.kept?.id, user?.version], [1, 0, 'a2', 2]);
    deepEqual(
      (await sessions.list('ada')).items.map(({ id }) => id),
      ['a2'],
    );
    deepEqual(await sessions.endAll('ada'), { ok: true, value: { sessions: 1 } });
    deepEqual(await sessions.endAll('eve'), refused('not_found'));
    deepEqual(await sessions.list('ada'), { items: [] });
    equal((await sessions.list('bob')).items.length, 1);
  });

  it('of another user cannot be kept', async () => {
    const { sessions, stores } = await open();
    ok((await sessions.endAll('ada', { keep: 'b1' })).ok);
    equal((await stores.records.get(userKind, 'u_ada'))?.kept, undefined);
  });

  it('that have ended together leave the session store, and what has begun since stays', async () => {
    const { sessions, stores, keep, time } = await open();
    ok((await sessions.endAll('ada', { keep: 'a2' })).ok);
    await keep('a3', 'u_ada', 9, 1);
    await until(async () => (await stores.sessions.find('a1', time.now)) === undefined);
    for (const id of ['a2', 'a3']) equal((await stores.sessions.find(id, time.now))?.id, id);
  });

  it('take their refresh tokens with them, each its own', async () => {
    const { sessions, stores, keep } = await open();
    const family = (id: string) => ({
      ...{
        id,
        userId: 'u_ada',
        handle: `h ${id}`,
        hash: id,
        rotatedAt: 1,
        createdAt: 1,
        expiresAt: Date.now() + 60_000,
      },
      pace: { since: 1, count: 0 },
    });
    await keep('a3', 'u_ada', 3);
    for (const id of ['a1', 'a2', 'a3']) {
      await stores.records.add(refreshFamilyKind, family(id));
    }
    const left = async () => (await stores.records.list(refreshFamilyKind, { limit: 10 })).items.map(({ id }) => id);
    const api = { ...((await stores.sessions.find('a1', 0)) ?? { expiresAt: 0 }), id: 'a1', kind: 'api' as const };
    await stores.sessions.end('a1');
    await stores.sessions.create(aSession('a1', { ...api, epoch: 0 }));
    ok((await sessions.end('ada', 'a1', ada)).ok);
    deepEqual(await left(), ['a2', 'a3']);
    ok((await sessions.endAll('ada', { keep: 'a3' })).ok);
    await until(async () => (await left()).length === 1);
    deepEqual(await left(), ['a3']);
  });
});

describe('more sessions than SESSIONS_PER_USER', () => {
  async function signedIn(most: number) {
    const opened = await openSessions({ sessionsPerUser: most });
    const { stores, parts, time } = opened;
    const begin = (id: string) =>
      createSession(
        parts,
        aSession(id, {
          epoch: 0,
          createdAt: time.now,
          lastSeenAt: time.now,
          idleAt: time.now + 9e6,
          expiresAt: time.now + 9e6,
        }),
      );
    for (const id of ['s1', 's2']) {
      equal(await begin(id), true);
      time.now += 1;
    }
    return { ...opened, begin, notes: () => stores.records.list(endedSessionKind, { limit: 10 }) };
  }

  it('end the least recently used one: noted, told, and audited with the reason', async () => {
    const { begin, stores, events, published, notes, time } = await signedIn(2);
    await stores.sessions.touch('s1', time.now, time.now + 9e6);
    time.now += 1;
    equal(await begin('s3'), true);
    deepEqual(
      (await notes()).items.map(({ id, userId }) => [id, userId]),
      [['s2', 'u_ada']],
    );
    deepEqual(published, [{ kind: 'session', id: 's2', version: 1 }]);
    deepEqual(
      events.map(({ event, actor, subject, detail }) => [event, actor, subject, detail]),
      [['session.ended', 'ada', 'user:ada', { session: 's2', reason: 'SESSIONS_PER_USER' }]],
    );
  });

  it('do not make a sign-in depend on the telling', async () => {
    const { begin, bus, notes } = await signedIn(2);
    bus.publish = () => Promise.reject(new NotToldError('redis'));
    equal(await begin('s3'), true);
    equal((await notes()).items.length, 1);
  });

  it('are not there within the limit', async () => {
    const { begin, events, notes } = await signedIn(3);
    equal(await begin('s3'), true);
    deepEqual([events, (await notes()).items], [[], []]);
  });
});
