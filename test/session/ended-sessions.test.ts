import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NotToldError } from '../../lib/errors.ts';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import { endSession, noteEnded, noteOf } from '../../lib/services/ended-sessions.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { aSession } from '../../lib/stores/suites/records.ts';

const minute = 60_000;
const now = 1_000_000_000;
const tolerance = minute;

function opened() {
  const stores = openSqlite({ memory: true, now: () => now });
  return stores;
}

describe('the note of an ended session', () => {
  const idle = aSession('s1', { lastSeenAt: now - minute, idleAt: now + 9 * minute, expiresAt: now + 60 * minute });

  test('lasts as long as the session could if it were used now', () => {
    equal(noteOf(idle, now).until, now + 10 * minute + tolerance);
  });
  test('lasts to the absolute end at most', () => {
    equal(noteOf({ ...idle, expiresAt: now + 5 * minute }, now).until, now + 5 * minute + tolerance);
  });
  test('lasts to the latest end when the session store does not know the session', () => {
    deepEqual(noteOf({ id: 's1', expiresAt: now + 60 * minute }, now), {
      id: 's1',
      endedAt: now,
      until: now + 60 * minute + tolerance,
    });
  });
  test('stays as it is when the session is ended again', async () => {
    const { records } = await opened();
    await noteEnded(records, idle, now);
    await noteEnded(records, { id: 's1', expiresAt: now + 90 * minute }, now);
    const { version, ...note } = (await records.get(endedSessionKind, 's1')) ?? {};
    deepEqual([version, note], [1, noteOf(idle, now)]);
  });
});

test('ten thousand ended sessions of a user are ten thousand notes, and nothing else ends', async () => {
  const { records } = await opened();
  const many = Array.from({ length: 10_000 }, (_, n) => ({ id: `s${n}`, userId: 'u_ada', expiresAt: now + minute }));
  await noteEnded(records, many, now);
  equal(await records.count(endedSessionKind), 10_000);
  equal(await records.get(endedSessionKind, 'another'), undefined);
});

test('a session is noted before it is told, and told before it is removed', async () => {
  const stores = await opened();
  const bus = localBus();
  await stores.sessions.create(aSession('s1'));
  const family = { id: 's1', userId: 'u_ada', handle: 'h', hash: 'x', rotatedAt: 1, createdAt: 1, expiresAt: now };
  await stores.records.add(refreshFamilyKind, { ...family, pace: { since: 1, count: 0 } });
  const steps: unknown[] = [];
  const { publish } = bus;
  bus.publish = async (messages) => {
    steps.push((await stores.records.get(endedSessionKind, 's1'))?.id, messages, await stores.sessions.end('never'));
    steps.push((await stores.sessions.find('s1', 0))?.id);
    await publish(messages);
  };
  await endSession({ stores, bus }, aSession('s1', { kind: 'api' }));
  deepEqual(steps, ['s1', [{ kind: 'session', id: 's1', version: 1 }] satisfies Invalidation[], false, 's1']);
  equal(await stores.sessions.find('s1', 0), undefined);
  equal(await stores.records.get(refreshFamilyKind, 's1'), undefined);
});

test('a session that could not be told is noted; ending it again tells it', async () => {
  const stores = await opened();
  const bus = localBus();
  const { publish } = bus;
  await stores.sessions.create(aSession('s1'));
  bus.publish = async () => {
    throw new NotToldError('redis');
  };
  await rejects(endSession({ stores, bus }, aSession('s1')), NotToldError);
  equal((await stores.records.get(endedSessionKind, 's1'))?.id, 's1');
  bus.publish = publish;
  const told: Invalidation[] = [];
  bus.subscribe((message) => told.push(message));
  await endSession({ stores, bus }, aSession('s1'));
  deepEqual(told, [{ kind: 'session', id: 's1', version: 1 }]);
});
