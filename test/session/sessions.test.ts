import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refused } from '../../lib/errors.ts';
import type { NewEvent } from '../../lib/services.ts';
import { sessionsService } from '../../lib/session/sessions.ts';
import type { Actor } from '../../lib/types.ts';
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
  return { sessions, stores, published, events, keep, time };
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

  it('are ended one by one, told to caches and to the audit log', async () => {
    const { sessions, published, events } = await open();
    ok((await sessions.end('ada', 'a1', ada)).ok);
    deepEqual(await sessions.end('ada', 'a1', ada), refused('not_found'));
    deepEqual(published, [{ kind: 'session', id: 'a1' }]);
    deepEqual(
      events.map(({ event, actor, address, subject }) => [event, actor, address, subject]),
      [['session.ended', 'ada', '192.0.2.1', 'user:ada']],
    );
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
    deepEqual([published, events], [[{ kind: 'session', id: lost }], []]);
  });

  it('are ended together, but for the one that is kept', async () => {
    const { sessions, published } = await open();
    deepEqual(await sessions.endAll('ada', { keep: 'a2' }, ada), { ok: true, value: { sessions: 1 } });
    deepEqual(published, [{ kind: 'session', id: 'a1' }]);
    deepEqual(await sessions.endAll('ada'), { ok: true, value: { sessions: 1 } });
    deepEqual(await sessions.endAll('eve'), refused('not_found'));
    deepEqual(await sessions.list('ada'), { items: [] });
    equal((await sessions.list('bob')).items.length, 1);
  });

  it('take their refresh tokens with them', async () => {
    const { sessions, stores, time } = await open();
    const token = { hash: 'h', sessionId: 'a1', userId: 'u_ada', createdAt: 1, expiresAt: time.now + 60_000 };
    await stores.refreshTokens.create(token);
    await sessions.end('ada', 'a1', ada);
    equal(await stores.refreshTokens.find('h', time.now), undefined);
  });
});
