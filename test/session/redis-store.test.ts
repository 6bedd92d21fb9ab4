import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { RedisStore } from 'connect-redis';
import express from 'express';
import type { SessionData } from 'express-session';
import { gatewarden } from 'gatewarden';
import { sha256 } from '../../lib/crypto/digest.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { userWithId } from '../../lib/services/named-user.ts';
import { browserSessions } from '../../lib/session/browser-sessions.ts';
import { expressStore } from '../../lib/session/express-store.ts';
import { heldSessions } from '../../lib/session/held-sessions.ts';
import { sessionKeeping, visitor } from '../../lib/session/keeping.ts';
import { signedSessionId } from '../../lib/session/signed-cookie.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { aSession, minute } from '../../lib/stores/suites/records.ts';
import { opened, rawClient, silent } from '../stores/redis-opened.ts';
import { temporaryFolder } from '../support/folders.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { type Loaded, openSessions, serve } from './serve.ts';

const { skip } = redisServer;
const hour = 3_600_000;

type Data = SessionData & { visits?: number };
const data = (more: object = {}): Data => JSON.parse(JSON.stringify({ cookie: { path: '/' }, ...more }));

/** The store that express-session gets on Redis, with keys that begin with `prefix`. */
async function onRedis(t: TestContext, prefix = 'shop:') {
  const redis = await startRedis();
  t.after(() => redis[Symbol.asyncDispose]());
  const { stores, published, parts } = await openSessions();
  const own = await opened(t, redis.url, silent, prefix);
  const time = { ahead: 0 };
  const dependencies = {
    ...parts,
    stores: { records: stores.records, sessions: own.sessions },
    clock: () => Date.now() + time.ahead,
  };
  const keeping = sessionKeeping({
    ...dependencies,
    settings: { ...parts.settings, sessionIdle: 10 * minute, sessionLifetime: hour },
    identityOf: () => visitor,
  });
  const made = expressStore(heldSessions(keeping), own.expressStore);
  ok(made instanceof RedisStore);
  const store: RedisStore = made;
  const sessions = browserSessions({ ...dependencies, expressStore: own.expressStore });
  return {
    store,
    time,
    sessions,
    records: stores.records,
    own,
    published,
    raw: await rawClient(t, redis.url),
  };
}

describe('express-session’s store on Redis', { skip }, () => {
  it('is connect-redis’s, in an app that mounts gate.session()', async (t) => {
    const redis = await startRedis();
    t.after(() => redis[Symbol.asyncDispose]());
    await using folder = await temporaryFolder();
    const gate = await gatewarden({
      redisUrl: redis.url,
      dataDir: folder.path,
      secretKey: makeSecretKey(),
      log: silent,
    });
    const app = express().use(gate.session());
    app.get('/', (req, res) => void res.send(String(req.sessionStore instanceof RedisStore)));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    equal(await answer.text(), 'true');
    server.close();
    await gate.close();
  });

  it('saves, loads, lists, counts and destroys', async (t) => {
    const { store, raw } = await onRedis(t);
    await store.set('123', data({ visits: 1 }));
    const id = sha256('123');
    deepEqual(await raw.keys('shop:session:*'), [`${store.prefix}${id}`]);
    equal((await store.get('123')).visits, 1);
    equal(await store.get('456'), null);
    await store.set('456', data({ visits: 2 }));
    deepEqual([await store.length(), (await store.ids()).sort()], [2, [id, sha256('456')].sort()]);
    const all: (Data & { id: string })[] = await store.all();
    deepEqual(
      all.map((one) => [one.id, one.visits]).sort(),
      [
        [id, 1],
        [sha256('456'), 2],
      ].sort(),
    );
    await store.destroy('123');
    deepEqual([await store.get('123'), await store.length()], [null, 1]);
    await store.destroy(sha256('456'));
    deepEqual([await store.get('456'), await store.ids(), await store.all()], [null, [], []]);
  });

  it('calls back as connect-redis does', async (t) => {
    const { store } = await onRedis(t);
    const called = (verb: (done: (...answer: unknown[]) => void) => void) =>
      new Promise<unknown[]>((resolve) => verb((...answer) => resolve(answer)));
    deepEqual((await called((done) => store.set('123', data(), done)))[0], null);
    const [, loaded] = await called((done) => store.get('123', done));
    ok(loaded);
    deepEqual(await called((done) => store.ids(done)), [null, [sha256('123')]]);
    deepEqual(await called((done) => store.length(done)), [null, 1]);
    deepEqual((await called((done) => store.touch('123', data(), done)))[0], null);
    deepEqual((await called((done) => store.destroy('123', done)))[0], null);
    deepEqual(await called((done) => store.get('123', done)), [null, null]);
  });

  it('copies a session to a successor: the cookie of each opens its own', async (t) => {
    const { sessions, records, own } = await onRedis(t);
    const ask = await serve(t, sessions, {
      async '/next'(req, res, _sessions, url) {
        const user = await userWithId(records, 'u_ada');
        const id = url.searchParams.get('id') ?? '';
        return (user && (await sessions.prepareSuccessor(req, res, { id, user }))?.id) ?? 'none';
      },
    });
    const old = await ask('/in');
    await ask('/visit', old.cookie);
    const next = await ask(`/next?id=${old.body}`, old.cookie);
    equal((await own.sessions.find(next.body, Date.now()))?.userId, 'u_ada');
    equal((await ask('/visit', next.cookie)).body, '2');
    equal((await ask('/visit', old.cookie)).body, '2');
  });

  it('keeps what connect-redis’s serializer reads, and writes what was loaded', async (t) => {
    const { store, raw } = await onRedis(t);
    await store.set('123', data({ visits: 1 }));
    const text = (await raw.get(store.prefix + sha256('123'))) ?? '';
    const parsed: Data = await store.serializer.parse(text);
    equal(parsed.visits, 1);
    const loaded: Data = await store.get('123');
    loaded.visits = 2;
    const written = store.serializer.stringify(loaded);
    deepEqual({ ...JSON.parse(written), data: '' }, { ...JSON.parse(text), data: '' });
    const again: Data = await store.serializer.parse(written);
    equal(again.visits, 2);
    throws(() => store.serializer.stringify(data()), TypeError);
  });

  it('lists each of many sessions once, whatever it is asked to scan at a time', async (t) => {
    const { store, own } = await onRedis(t);
    const now = Date.now();
    const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour, idleAt: now + hour, data: '{}' };
    const ids = Array.from({ length: 500 }, (_, at) => `many-${at}`);
    await Promise.all(ids.map((id) => own.sessions.create(aSession(id, { ...times, userId: null }))));
    for (const scanCount of [10, 100, 1000]) {
      store.scanCount = scanCount;
      deepEqual((await store.ids()).sort(), [...ids].sort());
    }
    equal((await store.all()).length, 500);
  });

  it('lists nothing but browsers’ sessions that can be read, and of no other prefix', async (t) => {
    const { store, own, raw } = await onRedis(t, 'a*[b]?\\:');
    const now = Date.now();
    const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour, idleAt: now + hour };
    await own.sessions.create(aSession('api', { ...times, kind: 'api' }));
    await own.sessions.create(aSession('torn', { ...times, data: '{corrupt' }));
    await raw.set(`${store.prefix}corrupt`, '{"id":"corrupt"}');
    await raw.hSet(`${store.prefix}hash`, 'a', 'b');
    await raw.set('aXb:session:other', '{}');
    await store.set('123', data());
    deepEqual(await store.ids(), [sha256('123')]);
    deepEqual([await store.length(), (await store.all()).length], [1, 1]);
    await store.clear();
    deepEqual([await store.ids(), await raw.exists('aXb:session:other')], [[], 1]);
    ok(await own.sessions.find('api', now));
  });

  it('clears by ending each session: told to every instance, and noted for good', async (t) => {
    const { store, sessions, records, published } = await onRedis(t);
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    await store.clear();
    deepEqual(published, [{ kind: 'session', id, version: 1 }]);
    equal((await records.get(endedSessionKind, id))?.userId, 'u_ada');
    equal((await ask('/visit', cookie)).body, '1');
  });

  it('rejects, or calls back with the error, when Redis cannot answer', async (t) => {
    const { store, own } = await onRedis(t);
    await own.close();
    await rejects(store.get('123'), { name: 'StoreUnavailableError' });
    await rejects(store.ids(), { name: 'StoreUnavailableError' });
    const [error] = await new Promise<unknown[]>((resolve) => store.set('123', data(), (...said) => resolve(said)));
    equal((error as Error).name, 'StoreUnavailableError');
  });
});

describe('what express-session’s store on Redis guarantees', { skip }, () => {
  it('only creates what is new: a session that is there is not overwritten, and that is no error', async (t) => {
    const { store } = await onRedis(t);
    await store.set('123', data({ visits: 1 }));
    await store.set('123', data({ visits: 99 }));
    equal((await store.get('123')).visits, 1);
  });

  it('only updates what was loaded: what was ended meanwhile stays ended', async (t) => {
    const { store } = await onRedis(t);
    await store.set('123', data({ visits: 1 }));
    const loaded: Data = await store.get('123');
    await store.destroy('123');
    loaded.visits = 99;
    await store.set('123', loaded);
    await store.touch('123', loaded);
    deepEqual([await store.get('123'), await store.ids()], [null, []]);
  });

  it('brings no ended session back by a slow request that writes to it', async (t) => {
    const { sessions, raw } = await onRedis(t);
    const [slow, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ask = await serve(t, sessions, {
      async '/slow'(req: Loaded) {
        begun.resolve();
        await slow.promise;
        req.session.visits = 99;
        return 'late';
      },
    });
    const { cookie } = await ask('/in');
    const late = ask('/slow', cookie);
    await begun.promise;
    await ask('/out', cookie);
    slow.resolve();
    equal((await late).status, 200);
    deepEqual(await raw.keys('shop:session:*'), []);
  });

  it('lets req.session change its data, and nothing about who signed in, when and how', async (t) => {
    const { sessions, own } = await onRedis(t);
    const ask = await serve(t, sessions, {
      async '/become'(req: Loaded) {
        Object.assign(req.session, { userId: 'u_bob', epoch: 9, method: 'password', kind: 'api', createdAt: 0 });
        return 'tried';
      },
    });
    const { cookie, body: id } = await ask('/in');
    const before = await own.sessions.find(id, Date.now());
    await ask('/become', cookie);
    const after = await own.sessions.find(id, Date.now());
    deepEqual({ ...after, data: '' }, { ...before, data: '' });
    ok(after?.data.includes('u_bob'));
  });

  it('moves the life of the key by a touch, within the absolute end', async (t) => {
    const { store, raw, time } = await onRedis(t);
    const minutesLeft = async () => Math.round((await raw.pTTL(store.prefix + sha256('123'))) / minute);
    await store.set('123', data());
    equal(await minutesLeft(), 10);
    for (const [ahead, left] of [
      [5, 15],
      [14, 24],
      [23, 33],
      [32, 42],
      [41, 51],
      [50, 60],
      [59, 60],
    ] as const) {
      time.ahead = ahead * minute;
      await store.touch('123', data());
      equal(await minutesLeft(), left);
    }
  });

  it('opens nothing by an id that is shown', async (t) => {
    const { store, sessions } = await onRedis(t);
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    deepEqual(await store.ids(), [id]);
    equal(await store.get(id), null);
    const secret = signedSessionId(decodeURIComponent(cookie?.split('=')[1] ?? ''), ['new', 'old']) ?? '';
    ok(await store.get(secret));
  });
});
