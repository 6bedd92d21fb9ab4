import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { besieged, own, password } from './fronts.ts';

/** A cookie of a session that was signed out of, and the token of another sign-in of the same user. */
async function deadAndGood(here: Awaited<ReturnType<typeof besieged>>) {
  await here.addUser('ada');
  const cookie = await here.gateway.signIn('ada');
  await here.gateway.form(`${own}/logout`, {}, { origin: here.gateway.url, cookie });
  const reply = await here.gateway.json('POST', `${own}/api/v1/login`, { username: 'ada', password });
  const authorization = `Bearer ${JSON.parse(reply.text).token}`;
  return { cookie, authorization };
}

for (const autoLogin of [false, true]) {
  test(`on a public path a dead cookie hides nobody’s token${autoLogin ? ', nor turns its owner into whom auto-login acts as' : ''}`, async () => {
    await using here = await besieged({ autoLogin, ...(autoLogin && { autoLoginUser: 'owner' }) });
    await here.addUser('owner', { role: 'admin' });
    const headers = await deadAndGood(here);
    for (const front of [here.protect, here.gateway]) {
      front.forget();
      const reply = await front.ask('/public/x', { headers });
      deepEqual([reply.status, reply.setCookie.length], [200, 1]);
      deepEqual(
        front.seen.map(({ user }) => user),
        ['ada'],
      );
      equal((await front.ask('/private', { headers })).status, 401);
    }
  });
}
