import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { faketime, withClock } from '../support/faketime.ts';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { redisServer } from '../support/redis.ts';
import { answered, bearer, call, logIn, signIn, until, whoIs } from './asking.ts';
import {
  isAccepted,
  neverAcceptedAgain,
  newToken,
  type Pair,
  promise,
  remembered,
  revoke,
  startPair,
  type Wired,
} from './pair.ts';

/** A retry of a refresh token within this time is not taken for theft. */
const grace = 10_000;

// Most of it is waiting, so both wait together.
describe('two instances with clocks five minutes apart', { concurrency: true }, () => {
  for (const offset of ['+5m', '-5m']) {
    describe(`another instance whose clock is ${offset}`, { skip: redisServer.skip || faketime.skip }, () => {
      let pair: Pair;
      before(async () => {
        pair = await startPair({ otherEnv: withClock(offset) });
      });
      after(() => pair?.[Symbol.asyncDispose]());

      const refresh = (at: Wired, refreshToken: string) =>
        fetch(`${at.address}${at.prefix}/oauth/token`, {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
        });

      async function pairOf(at: Wired): Promise<{ token: string; refreshToken: string }> {
        const body = { username: 'ada', password: adminPassword };
        const { token, refresh_token } = await answered(await call(at, '/login', { method: 'POST', body }), 200);
        return { token: String(token), refreshToken: String(refresh_token) };
      }

      const directions = (): [Wired, Wired][] => [
        [pair.one, pair.other],
        [pair.other, pair.one],
      ];

      it('hears of a revocation within a second, and tells of its own', async () => {
        for (const [here, there] of directions()) {
          const { name, token } = await newToken(here, pair.admin);
          await remembered(there, token);
          equal((await revoke(here, pair.admin, name)).status, 204);
          await wait(promise);
          deepEqual(await neverAcceptedAgain(there, token), []);
        }
      });

      it('accepts what was made at the other, and what it makes is accepted there', async () => {
        for (const [here, there] of directions()) {
          ok(await isAccepted(there, await logIn(here, 'ada', adminPassword)));
          const browser = client(here.address);
          await signIn(browser, here.prefix, 'ada', adminPassword);
          equal(await whoIs(there, { cookie: browser.jar.header }), 'ada admin');
        }
      });

      it('agrees on when a token expires', async () => {
        const { one, other, admin } = pair;
        const body = { name: `short-${offset}`, expires_at: new Date(Date.now() + 60_000).toISOString() };
        const made = await answered(await call(one, '/tokens', { method: 'POST', token: admin, body }), 201);
        equal(await whoIs(other, bearer(String(made.token))), 'ada admin');
      });

      async function retryThenTheft([here, there]: [Wired, Wired]): Promise<void> {
        const first = await pairOf(here);
        const next = await answered(await refresh(here, first.refreshToken), 200);
        equal((await refresh(there, first.refreshToken)).status, 400);
        const after = await answered(await refresh(there, String(next.refresh_token)), 200);
        ok(await isAccepted(here, String(after.access_token)));
        await wait(grace + 500);
        equal((await refresh(here, String(next.refresh_token))).status, 400);
        await until(async () => !(await isAccepted(there, String(after.access_token))), 'the sign-in has ended');
        equal((await refresh(there, String(after.refresh_token))).status, 400);
      }

      it('takes a retry of a refresh token within ten seconds for a retry, and a later one for theft', async () => {
        await Promise.all(directions().map(retryThenTheft));
      });
    });
  }
});
