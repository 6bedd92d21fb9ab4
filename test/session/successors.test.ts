import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { userWithId } from '../../lib/services/named-user.ts';
import { isOfEpoch } from '../../lib/services/standing.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import type { Successor } from '../../lib/session/browser-sessions.ts';
import { signedSessionId } from '../../lib/session/signed-cookie.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSessions, serve } from './serve.ts';

const secretIdIn = (cookie: string | undefined) =>
  signedSessionId(decodeURIComponent(cookie?.split('=')[1] ?? ''), ['new', 'old']) ?? '';

describe('a successor', () => {
  type Opened = Awaited<ReturnType<typeof openSessions>>;
  type Use = (successor: Successor | undefined, opened: Opened) => Promise<unknown>;

  /** The user's record names the successor, as a change of password does. */
  const takesPlace: Use = (successor, { stores }) =>
    stores.records.change(userKind, 'u_ada', (user, now) => {
      if (user === undefined || successor === undefined) return { kind: 'keep', answer: undefined };
      const keep = { ...successor.of, newId: successor.id };
      return { kind: 'put', record: epochRaised(user, keep, now), answer: undefined };
    });

  async function succeeded(t: TestContext, path = '/in', use: Use = takesPlace) {
    const opened = await openSessions();
    const { sessions, stores, time } = opened;
    const ask = await serve(t, sessions, {
      async '/next'(req, res, _sessions, url) {
        req.session.visits = 7;
        const user = await userWithId(stores.records, 'u_ada');
        const id = url.searchParams.get('id') ?? '';
        const successor = user && (await sessions.prepareSuccessor(req, res, { id, user }));
        await use(successor, opened);
        return successor?.id ?? 'none';
      },
    });
    const old = await ask(path);
    const before = await stores.sessions.find(old.body, time.now);
    time.now += 3_600_000;
    const next = await ask(`/next?id=${old.body}`, old.cookie);
    return { ...opened, ask, old, before, next };
  }

  it('is the same person, with the same times, the same end and the same data', async (t) => {
    const { stores, time, old, before, next } = await succeeded(t);
    notEqual(next.cookie, old.cookie);
    equal(sha256(secretIdIn(next.cookie)), next.body);
    const after = await stores.sessions.find(next.body, time.now);
    ok(before && after);
    const { data, ...rest } = after;
    const { data: _before, ...was } = before;
    deepEqual(rest, { ...was, id: next.body, lastSeenAt: time.now, idleAt: time.now + 12 * 3_600_000 });
    equal(JSON.parse(data).visits, 7);
  });

  it('is the one that the user’s record accepts, and the old one is refused', async (t) => {
    const { stores, old, next } = await succeeded(t);
    const user = await userWithId(stores.records, 'u_ada');
    ok(user);
    deepEqual(
      [isOfEpoch({ id: next.body, epoch: 0 }, user), isOfEpoch({ id: old.body, epoch: 0 }, user)],
      [true, false],
    );
  });

  it('is remembered no longer than the session before it', async (t) => {
    const { next } = await succeeded(t, '/in?remember');
    const expires = Date.parse(/Expires=([^;]+)/.exec(next.set.join())?.[1] ?? '');
    ok(Math.abs(expires - Date.now() - (30 * 86_400_000 - 3_600_000)) < 60_000);
  });

  it('that is discarded leaves the session as it was, and sends no cookie', async (t) => {
    const { stores, time, ask, old, next } = await succeeded(t, '/in', async (successor) => successor?.discard());
    deepEqual(next.set, []);
    equal(await stores.sessions.find(next.body, time.now), undefined);
    equal((await ask('/visit', old.cookie)).status, 200);
    equal((await stores.sessions.find(old.body, time.now))?.userId, 'u_ada');
  });

  it('that is ended is refused, whatever the session store says later', async (t) => {
    const { stores, time, next } = await succeeded(t, '/in', async (successor) => successor?.end());
    deepEqual(next.set, []);
    equal(await stores.sessions.find(next.body, time.now), undefined);
    ok(await stores.records.get(endedSessionKind, next.body));
  });

  it('is made of no session that is another’s, or of an older epoch', async (t) => {
    const { sessions, stores } = await openSessions();
    const user = await userWithId(stores.records, 'u_ada');
    const bob = await userWithId(stores.records, 'u_bob');
    ok(user && bob);
    const made: unknown[] = [];
    const ask = await serve(t, sessions, {
      async '/next'(req, res, _sessions, url) {
        const id = url.searchParams.get('id') ?? '';
        for (const owner of [bob, { ...user, epoch: 1 }])
          made.push(await sessions.prepareSuccessor(req, res, { id, user: owner }));
        return 'tried';
      },
    });
    const { body, cookie } = await ask('/in');
    deepEqual((await ask(`/next?id=${body}`, cookie)).set, []);
    deepEqual(made, [undefined, undefined]);
  });
});
