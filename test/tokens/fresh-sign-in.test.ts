import { equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { by, caller, granted, hour, openTokens, principal } from './open.ts';

const holding = (role: string, sessionId: string) => principal(role, { via: 'access-token', sessionId });

describe('auth_time', () => {
  it('is when the password was typed, after refreshing too', async () => {
    const { access, user, time } = await openTokens();
    const typedAt = time.now;
    const { refreshToken = '' } = await access.signIn(await user('user'), caller);
    time.now += hour;
    const refreshed = await access.refresh(refreshToken, caller);
    ok(refreshed.ok);
    equal(decodeJwt(refreshed.value.token).auth_time, Math.floor(typedAt / 1000));
    equal(decodeJwt(refreshed.value.token).iat, Math.floor(time.now / 1000));
  });

  it('is absent from a minted token', async () => {
    const { access, user } = await openTokens();
    const minted = granted(await access.mint(await user('user'), { ttl: hour }, by('admin')));
    equal(decodeJwt(minted.token).auth_time, undefined);
  });
});

describe('a sign-in is fresh', () => {
  const ages: [title: string, age: number, fresh: boolean][] = [
    ['at once', 0, true],
    ['a quarter of an hour later', hour / 4, true],
    ['and not after that', hour / 4 + 1, false],
    ['for an instance whose clock is a minute behind', -60_000, true],
    ['and not for one that is further behind', -60_001, false],
  ];
  for (const [title, age, fresh] of ages) {
    it(title, async () => {
      const { access, user, time } = await openTokens();
      const { sessionId } = await access.signIn(await user('user'), caller);
      time.now += age;
      equal(await access.isFresh(holding('user', sessionId)), fresh);
    });
  }

  it('for its own user alone, and while it lasts', async () => {
    const { access, user, stores } = await openTokens();
    const { sessionId } = await access.signIn(await user('user'), caller);
    equal(await access.isFresh(holding('admin', sessionId)), false);
    equal(await access.isFresh(holding('user', 'none')), false);
    equal(await access.isFresh({ ...holding('user', sessionId), via: 'session' }), false);
    await stores.sessions.end(sessionId);
    equal(await access.isFresh(holding('user', sessionId)), false);
  });

  it('never where the token was minted', async () => {
    const { access, user } = await openTokens();
    const { sessionId } = granted(await access.mint(await user('user'), { ttl: hour }, by('admin')));
    equal(await access.isFresh(holding('user', sessionId)), false);
  });
});
