import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeToken } from '../../lib/crypto/random.ts';
import { NotToldError, StoreUnavailableError } from '../../lib/errors.ts';
import { type Invalidation, listOf } from '../../lib/invalidation/bus.ts';
import { noteEnded } from '../../lib/services/ended-sessions.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { accessTokens } from '../../lib/tokens/access-tokens.ts';
import { caller, codeOf, day, granted, hour, openTokens } from './open.ts';

async function open() {
  const opened = await openTokens();
  const pair = await opened.access.signIn(await opened.user('user'), caller);
  const refresh = async (token: string) => {
    const result = await opened.access.refresh(token, caller);
    return result.ok ? result.value : result.refusal.code;
  };
  const isAlive = async () => (await opened.stores.sessions.find(pair.sessionId, opened.time.now)) !== undefined;
  return { ...opened, pair, first: pair.refreshToken ?? '', refresh, isAlive };
}

describe('a refresh token', () => {
  it('gives a new pair on the same session, and its user', async () => {
    const { refresh, first, pair, access, time } = await open();
    time.now += 2 * hour;
    const next = await refresh(first);
    ok(typeof next === 'object');
    equal(next.sessionId, pair.sessionId);
    equal(next.user.username, 'user');
    notEqual(next.refreshToken, first);
    ok((await access.verify(next.token)).ok);
    ok(typeof (await refresh(next.refreshToken ?? '')) === 'object');
  });

  it('is invalid when its session was ended, though the store of sessions has it still', async () => {
    const { refresh, first, pair, records, time } = await open();
    await noteEnded(records, { id: pair.sessionId, userId: 'u_user', expiresAt: time.now + hour }, time.now);
    equal(await refresh(first), 'invalid_token');
  });

  it('is spent once, used 100 times at once, and this ends nothing', async () => {
    const { refresh, first, isAlive } = await open();
    const results = await Promise.all(Array.from({ length: 100 }, () => refresh(first)));
    equal(results.filter((result) => typeof result === 'object').length, 1);
    equal(results.filter((result) => result === 'invalid_token').length, 99);
    equal(await isAlive(), true);
  });

  it('used again within ten seconds is invalid and no more', async () => {
    const { refresh, first, isAlive, time } = await open();
    const next = await refresh(first);
    time.now += 10_000;
    equal(await refresh(first), 'invalid_token');
    equal(await isAlive(), true);
    ok(typeof next === 'object' && typeof (await refresh(next.refreshToken ?? '')) === 'object');
  });

  for (const minutes of [-5, 5]) {
    it(`used again within ten seconds ends nothing on an instance whose clock is ${minutes} minutes off`, async () => {
      const { parts, refresh, first, isAlive, time } = await open();
      const other = accessTokens({ ...parts, clock: () => time.now + minutes * 60_000 });
      await refresh(first);
      time.now += 9000;
      equal(codeOf(await other.refresh(first, caller)), 'invalid_token');
      equal(await isAlive(), true);
    });
  }

  it('used again later was stolen: the session and all that came of it end, and it is told', async () => {
    const { refresh, first, isAlive, time, published, events, pair, records } = await open();
    const next = await refresh(first);
    time.now += 10_001;
    equal(await refresh(first), 'invalid_token');
    equal(await isAlive(), false);
    ok(await records.get(endedSessionKind, pair.sessionId));
    deepEqual(published, [{ kind: 'session', id: pair.sessionId, version: 1 }]);
    deepEqual(
      events.map(({ event, actor, outcome }) => [event, actor, outcome]),
      [['token.revoked', 'user', 'reused']],
    );
    ok(typeof next === 'object');
    equal(await refresh(next.refreshToken ?? ''), 'invalid_token');
  });

  it('of two rotations ago was stolen, however recent', async () => {
    const { refresh, first, isAlive } = await open();
    const second = await refresh(first);
    ok(typeof second === 'object' && typeof (await refresh(second.refreshToken ?? '')) === 'object');
    equal(await refresh(first), 'invalid_token');
    equal(await isAlive(), false);
  });

  it('invented on the handle of another ends that one’s session', async () => {
    const { refresh, first, isAlive } = await open();
    equal(await refresh(makeToken('gwr_', first.slice(4, 18))), 'invalid_token');
    equal(await isAlive(), false);
  });

  it('used again 20 times at once is recorded once', async () => {
    const { refresh, first, time, events, records, pair } = await open();
    await refresh(first);
    time.now += 10_001;
    const results = await Promise.all(Array.from({ length: 20 }, () => refresh(first)));
    deepEqual([...new Set(results)], ['invalid_token']);
    equal(events.length, 1);
    equal(await records.get(refreshFamilyKind, pair.sessionId), undefined);
  });

  it('used again while this cannot be told: noted, recorded once, told by the repetition', async () => {
    const { parts, pair, first, time, published, events, records } = await open();
    let cut = true;
    const bus = {
      ...parts.bus,
      async publish(messages: Invalidation | readonly Invalidation[]) {
        if (cut) throw new NotToldError('redis');
        published.push(...listOf(messages));
      },
    };
    const access = accessTokens({ ...parts, bus });
    await access.refresh(first, caller);
    time.now += 10_001;
    await rejects(access.refresh(first, caller), NotToldError);
    ok(await records.get(endedSessionKind, pair.sessionId));
    cut = false;
    equal(codeOf(await access.refresh(first, caller)), 'invalid_token');
    deepEqual(published, [{ kind: 'session', id: pair.sessionId, version: 1 }]);
    equal(events.length, 1);
    equal(await records.get(refreshFamilyKind, pair.sessionId), undefined);
  });

  it('used again after the store of sessions lost the session ends it, should it come back', async () => {
    const { refresh, first, time, records, pair, stores } = await open();
    await refresh(first);
    time.now += 10_001;
    const session = await stores.sessions.find(pair.sessionId, time.now);
    await stores.sessions.end(pair.sessionId);
    equal(await refresh(first), 'invalid_token');
    const note = await records.get(endedSessionKind, pair.sessionId);
    ok((note?.until ?? 0) > (session?.expiresAt ?? Number.POSITIVE_INFINITY));
  });

  it('is one record, whatever the number of rotations', async () => {
    const { refresh, first, time, records } = await open();
    let token = first;
    for (let rotations = 0; rotations < 100; rotations += 1) {
      time.now += 2000;
      const next = await refresh(token);
      ok(typeof next === 'object');
      equal(next.refreshToken?.slice(0, 18), first.slice(0, 18));
      token = next.refreshToken ?? '';
    }
    equal(await records.count(refreshFamilyKind), 1);
    ok(typeof (await refresh(token)) === 'object');
  });

  it('is replaced at most 60 times in a minute, and goes on after it', async () => {
    const { access, first, time, isAlive } = await open();
    let token = first;
    const begun = time.now;
    for (let rotations = 0; rotations < 60; rotations += 1) {
      time.now += 500;
      token = granted(await access.refresh(token, caller)).refreshToken ?? '';
    }
    const limited = await access.refresh(token, caller);
    deepEqual(!limited.ok && limited.refusal, { code: 'rate_limited', retryAfter: 30 });
    equal(await isAlive(), true);
    time.now = begun + 60_000;
    ok((await access.refresh(token, caller)).ok);
  });

  it('is spent only once the new access token is signed and the session prolonged', async () => {
    const { parts, first, stores, refresh } = await open();
    const down = async () => {
      throw new StoreUnavailableError('redis');
    };
    const failing = { ...stores, sessions: { ...stores.sessions, touch: down } };
    await rejects(accessTokens({ ...parts, stores: failing }).refresh(first, caller), StoreUnavailableError);
    ok(typeof (await refresh(first)) === 'object');
  });

  const endings: [title: string, end: (opened: Awaited<ReturnType<typeof open>>) => Promise<unknown>][] = [
    ['its session was ended', ({ stores, pair }) => stores.sessions.end(pair.sessionId)],
    ['its user’s password changed', ({ edit }) => edit('user', ({ epoch }) => ({ epoch: epoch + 1 }))],
    ['its user was disabled', ({ edit }) => edit('user', () => ({ state: 'disabled' }))],
    ['its user was deleted', ({ edit }) => edit('user', () => ({ state: 'removed' }))],
    [
      'its session is at its absolute end',
      async ({ time }) => {
        time.now += 30 * day;
      },
    ],
  ];
  for (const [title, end] of endings) {
    it(`is refused once ${title}`, async () => {
      const opened = await open();
      await end(opened);
      equal(await opened.refresh(opened.first), 'invalid_token');
    });
  }

  it('outlives a role change of its user', async () => {
    const { refresh, first, edit } = await open();
    await edit('user', ({ rights }) => ({ role: 'viewer', rights: rights + 1 }));
    const next = await refresh(first);
    equal(typeof next === 'object' && next.user.role, 'viewer');
  });

  it('outlives the change of password that its session made', async () => {
    const { refresh, first, edit, pair, time } = await open();
    await edit('user', ({ epoch }) => ({
      epoch: epoch + 1,
      kept: { id: pair.sessionId, epoch: epoch + 1, at: time.now },
    }));
    ok(typeof (await refresh(first)) === 'object');
  });

  it('keeps its session alive by being used, up to the absolute end', async () => {
    const { refresh, first, time, pair } = await open();
    let token = first;
    const begun = time.now;
    for (const days of [20, 29]) {
      time.now = begun + days * day;
      const next = await refresh(token);
      ok(typeof next === 'object', `after ${days} days`);
      token = next.refreshToken ?? '';
      ok(next.expiresAt <= begun + 30 * day);
    }
    time.now = begun + 30 * day;
    equal(await refresh(token), 'invalid_token');
    ok(pair.expiresAt < time.now);
  });

  for (const [title, token] of [
    ['mistyped', `${makeToken('gwr_').slice(0, -1)}!`],
    ['invented', makeToken('gwr_')],
    ['an API token', makeToken('gwt_')],
    ['empty', ''],
  ] as const) {
    it(`that is ${title} is invalid`, async () => {
      const { refresh } = await open();
      equal(await refresh(token), 'invalid_token');
    });
  }

  it('is kept as a hash only', async () => {
    const { records, first, pair } = await open();
    const kept = JSON.stringify(await records.get(refreshFamilyKind, pair.sessionId));
    for (const secret of [first, first.slice(4, 18), first.slice(18)]) equal(kept.includes(secret), false);
  });
});
