import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import type { Invalidation } from '../../../lib/invalidation/bus.ts';
import { localBus } from '../../../lib/invalidation/local.ts';
import { deferred, found, installed, lifetime, marks, refusedLookUp } from './cached.ts';

const ofRecords: readonly Invalidation[] = marks.map(({ kind, id }) => ({ kind, id }));
const all: Invalidation = { kind: 'all', id: '' };
const ofOthers: readonly Invalidation[] = [
  { kind: 'user', id: 'u_bob', version: 9 },
  { kind: 'session', id: 'u_ada', version: 1 },
  { kind: 'token', id: 't_other' },
];

describe('a cached credential', () => {
  it('is returned for its lifetime, and for a credential of its own kind only', async () => {
    const { pass, cache, clocks, fill, isCached } = installed();
    await fill(async () => found());
    equal(isCached(), true);
    for (const via of ['api-token', 'access-token', 'auto-login'] as const) {
      equal(cache.get(via, 'key', clocks.wall), undefined);
    }
    pass(lifetime - 1);
    equal(isCached(), true);
    pass(1);
    equal(isCached(), false);
  });

  it('is not returned once the credential has ended by the store’s clock', async () => {
    const { cache, clocks, fill } = installed();
    await fill(async () => {
      const { found: credential, marks: read } = found();
      return { found: { ...credential, until: clocks.wall + 10 }, marks: read } as ReturnType<typeof found>;
    });
    notEqual(cache.get('session', 'key', clocks.wall + 9), undefined);
    equal(cache.get('session', 'key', clocks.wall + 10), undefined);
  });

  it('is as old as the beginning of its look-up', async () => {
    const { pass, fill, isCached } = installed();
    await fill(async () => {
      pass(lifetime - 1);
      return found();
    });
    equal(isCached(), true);
    pass(1);
    equal(isCached(), false);
  });

  const clocksApart: [title: string, move: (clocks: { monotonic: number; wall: number }) => void][] = [
    ['the wall clock was set back', (clocks) => (clocks.wall -= 3_600_000)],
    ['the wall clock was set forward', (clocks) => (clocks.wall += lifetime)],
    ['the machine was suspended: only the wall clock went on', (clocks) => (clocks.wall += lifetime)],
    ['the process was frozen while the wall clock was set back', (clocks) => (clocks.monotonic += lifetime)],
  ];
  for (const [title, move] of clocksApart) {
    it(`is not returned after ${title}`, async () => {
      const { clocks, fill, isCached } = installed();
      await fill(async () => found());
      move(clocks);
      equal(isCached(), false);
    });
  }

  it('is not returned while the bus is not healthy, also when nothing was told', async () => {
    const { channel, fill, isCached } = installed();
    await fill(async () => found());
    channel.healthy = false;
    equal(isCached(), false);
  });

  it('is not returned when asking for the health of the bus tells of its end', async () => {
    const local = localBus();
    let late: Invalidation | undefined;
    const bus = {
      ...local,
      get healthy() {
        if (late !== undefined) void local.publish(late);
        late = undefined;
        return true;
      },
    };
    const { fill, isCached } = installed({ bus });
    await fill(async () => found());
    equal(isCached(), true);
    late = { kind: 'session', id: 's1', version: 1 };
    equal(isCached(), false);
  });

  for (const message of [...ofRecords, all]) {
    it(`is not returned after a message on ${message.kind} ${message.id}`, async () => {
      const { tell, fill, isCached } = installed();
      await fill(async () => found());
      equal(isCached(), true);
      await tell(message);
      equal(isCached(), false);
    });
  }

  it('stays after messages on other records, however many', async () => {
    const { tell, fill, isCached } = installed();
    await fill(async () => found());
    for (let at = 0; at < 1000; at += 1) {
      await tell({ kind: 'session', id: `other-${at}`, version: 1 });
      for (const message of ofOthers) await tell(message);
      equal(isCached(), true);
    }
  });

  it('is one of at most CACHE_ENTRIES: the least recently used goes', async () => {
    const { fill, isCached } = installed({ entries: 3 });
    for (const key of ['a', 'b', 'c']) await fill(async () => found(), key);
    equal(isCached('a'), true);
    await fill(async () => found(), 'd');
    deepEqual(['a', 'b', 'c', 'd'].map(isCached), [true, false, true, true]);
  });

  it('lives for 400 ms where no channel tells of changes', async () => {
    const { pass, fill, isCached } = installed({ lifetime: 400 });
    await fill(async () => found());
    pass(399);
    equal(isCached(), true);
    pass(1);
    equal(isCached(), false);
  });
});

describe('a look-up', () => {
  for (const message of [...ofRecords, all]) {
    it(`runs again, for all who share it, when ${message.kind} ${message.id} is named before it ends`, async () => {
      const { tell, fill, isCached } = installed();
      const store = deferred();
      const first = fill(store.lookUp);
      const old = await store.begun(1);
      await tell(message);
      const second = fill(store.lookUp);
      old.resolve(found());
      (await store.begun(2)).resolve(refusedLookUp);
      deepEqual(await Promise.all([first, second]), [refusedLookUp.found, refusedLookUp.found]);
      equal(store.times, 2);
      equal(isCached(), false);
    });
  }

  it('is not run again for messages on records that it did not read', async () => {
    const { tell, fill, isCached } = installed();
    const store = deferred();
    const asked = fill(store.lookUp);
    const read = await store.begun(1);
    for (const message of ofOthers) await tell(message);
    read.resolve(found());
    equal((await asked).kind, 'principal');
    equal(store.times, 1);
    equal(isCached(), true);
  });

  it('is shared by all who ask for the same key meanwhile, and by nobody else', async () => {
    const { cache, fill } = installed();
    const [store, other] = [deferred(), deferred()];
    const asked = Array.from({ length: 100 }, () => fill(store.lookUp));
    const ofOtherKey = fill(other.lookUp, 'other key');
    const ofOtherKind = cache.fill('api-token', 'key', other.lookUp);
    (await store.begun(1)).resolve(refusedLookUp);
    equal(new Set(await Promise.all(asked)).size, 1);
    equal(store.times, 1);
    equal(other.times, 2);
    for (const nth of [1, 2]) (await other.begun(nth)).resolve(found());
    await Promise.all([ofOtherKey, ofOtherKind]);
  });

  it('that finds no credential is shared while it runs, and not cached', async () => {
    const { fill, isCached } = installed();
    const store = deferred();
    const asked = [fill(store.lookUp), fill(store.lookUp)];
    (await store.begun(1)).resolve(refusedLookUp);
    await Promise.all(asked);
    equal(isCached(), false);
    const later = fill(store.lookUp);
    (await store.begun(2)).resolve(refusedLookUp);
    await later;
    equal(store.times, 2);
  });

  it('that fails, fails for all who share it; the next one asks again', async () => {
    const { fill, isCached } = installed();
    const store = deferred();
    const asked = [fill(store.lookUp), fill(store.lookUp)];
    (await store.begun(1)).reject(new StoreUnavailableError('redis'));
    for (const one of await Promise.allSettled(asked)) equal(one.status, 'rejected');
    const later = fill(store.lookUp);
    (await store.begun(2)).resolve(found());
    equal((await later).kind, 'principal');
    equal(isCached(), true);
  });

  it('is 503 when a record is named during each of its runs', async () => {
    const { tell, fill, isCached } = installed();
    let times = 0;
    const asked = fill(async () => {
      times += 1;
      await tell({ kind: 'user', id: 'u_ada' });
      return found();
    });
    await rejects(asked, StoreUnavailableError);
    equal(times, 5);
    equal(isCached(), false);
  });

  it('is 503 when it began after a message and read an older version all the same: its store is stale', async () => {
    for (const { kind, id, version = 0 } of marks) {
      const { tell, fill, isCached } = installed();
      await tell({ kind, id, version: version + 1 });
      await rejects(
        fill(async () => found()),
        StoreUnavailableError,
      );
      equal(isCached(), false);
      const current = marks.map((mark) => (mark.id === id ? { ...mark, version: version + 1 } : mark));
      equal((await fill(async () => found(current))).kind, 'principal');
      equal(isCached(), true);
    }
  });

  it('is 503 too when the store is stale after a message that came during the look-up', async () => {
    const { tell, fill } = installed();
    const store = deferred();
    const asked = fill(store.lookUp);
    const old = await store.begun(1);
    await tell({ kind: 'user', id: 'u_ada', version: 4 });
    old.resolve(found());
    (await store.begun(2)).resolve(found());
    await rejects(asked, StoreUnavailableError);
  });

  it('believes that a user or a token is gone, whatever version was told: nothing brings it back', async () => {
    const { tell, fill } = installed();
    await tell({ kind: 'token', id: 't_maker', version: 7 });
    const gone = marks.map((mark) => (mark.id === 't_maker' ? { ...mark, version: 0 } : mark));
    equal((await fill(async () => ({ ...refusedLookUp, marks: gone }))).kind, 'bad');
  });

  it('is not believed in the end when it took longer than a change may take to hold, and no message could tell', async () => {
    const { pass, channel, fill } = installed();
    channel.healthy = false;
    const store = deferred();
    const asked = fill(store.lookUp);
    const old = await store.begun(1);
    pass(900);
    old.resolve(found());
    (await store.begun(2)).resolve(refusedLookUp);
    equal((await asked).kind, 'bad');
  });

  it('whose process was frozen meanwhile is run again', async () => {
    const { clocks, channel, fill } = installed();
    const store = deferred();
    const asked = fill(store.lookUp);
    const old = await store.begun(1);
    // The bus has heard nothing either, and knows it by the same clocks.
    clocks.monotonic += 6_000;
    clocks.wall += 6_000;
    channel.healthy = false;
    old.resolve(found());
    (await store.begun(2)).resolve(refusedLookUp);
    equal((await asked).kind, 'bad');
  });

  it('may be used but is not cached while the bus is not healthy', async () => {
    const { channel, fill, isCached } = installed();
    channel.healthy = false;
    equal((await fill(async () => found())).kind, 'principal');
    channel.healthy = true;
    equal(isCached(), false);
  });
});
