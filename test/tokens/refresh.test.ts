import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeToken } from '../../lib/crypto/random.ts';
import { caller, day, hour, openTokens } from './open.ts';

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
    const { refresh, first, pair, stores, time } = await open();
    await stores.users.noteEnded('u_user', [{ id: pair.sessionId, until: time.now + hour }], time.now);
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

  it('used again later was stolen: the session and all that came of it end, and it is told', async () => {
    const { refresh, first, isAlive, time, published, events, pair, stores } = await open();
    const next = await refresh(first);
    time.now += 10_001;
    equal(await refresh(first), 'invalid_token');
    equal(await isAlive(), false);
    deepEqual(
      (await stores.users.byId('u_user'))?.ended?.map(({ id }) => id),
      [pair.sessionId],
    );
    deepEqual(published, [{ kind: 'session', id: pair.sessionId }]);
    deepEqual(
      events.map(({ event, actor, outcome }) => [event, actor, outcome]),
      [['token.revoked', 'user', 'reused']],
    );
    ok(typeof next === 'object');
    equal(await refresh(next.refreshToken ?? ''), 'invalid_token');
  });

  const endings: [title: string, end: (opened: Awaited<ReturnType<typeof open>>) => Promise<unknown>][] = [
    ['its session was ended', ({ stores, pair }) => stores.sessions.end(pair.sessionId)],
    ['its user’s role changed', ({ stores }) => stores.users.update('u_user', { role: 'viewer' }, 1)],
    ['its user was disabled', ({ stores }) => stores.users.update('u_user', { state: 'disabled' }, 1)],
    ['all of its user was ended', ({ stores }) => stores.users.update('u_user', { endAll: true }, 1)],
    ['its user was deleted', ({ stores }) => stores.users.remove('u_user', 1)],
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
    const { stores, first, time } = await open();
    equal(await stores.refreshTokens.find(first, time.now), undefined);
  });
});
