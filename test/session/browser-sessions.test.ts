import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import { browserSessions } from '../../lib/session/browser-sessions.ts';
import { signedSessionId } from '../../lib/session/signed-cookie.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSessions, serve } from './serve.ts';

const secretIdIn = (cookie: string | undefined) =>
  signedSessionId(decodeURIComponent(cookie?.split('=')[1] ?? ''), ['new', 'old']) ?? '';

describe('signing in', () => {
  it('is saved before it is answered, with who, when, how and from where', async (t) => {
    const { stores, sessions, time } = await openSessions();
    const ask = await serve(t, sessions);
    const { body: id, cookie } = await ask('/in');
    equal(sha256(secretIdIn(cookie)), id);
    const { data, ...record } = (await stores.sessions.find(id, time.now)) ?? { data: '' };
    deepEqual(record, {
      id,
      userId: 'u_ada',
      epoch: 0,
      kind: 'browser',
      method: 'password',
      createdAt: time.now,
      lastSeenAt: time.now,
      expiresAt: time.now + 30 * 86_400_000,
      idleAt: time.now + 12 * 3_600_000,
      remember: false,
      roleCeiling: undefined,
      address: '192.0.2.1',
      agent: 'test',
    });
    equal(data.includes('ada'), false);
  });

  it('sets a cookie for this session of the browser, or for the whole lifetime with "remember"', async (t) => {
    const { sessions } = await openSessions();
    const ask = await serve(t, sessions);
    const brief = await ask('/in');
    match(brief.set.join(), /^gatewarden=s%3A[A-Za-z0-9]{40}\.[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const lasting = await ask('/in?remember');
    const expires = Date.parse(/Expires=([^;]+)/.exec(lasting.set.join())?.[1] ?? '');
    ok(Math.abs(expires - Date.now() - 30 * 86_400_000) < 60_000);
  });

  it('changes the session id, so that one planted before opens nothing (session fixation)', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const ask = await serve(t, sessions);
    const planted = await ask('/visit');
    const signedIn = await ask('/in', planted.cookie);
    ok(planted.cookie && signedIn.cookie);
    notEqual(planted.cookie, signedIn.cookie);
    equal(await stores.sessions.find(sha256(secretIdIn(planted.cookie)), time.now), undefined);
    equal(JSON.parse((await ask('/', planted.cookie)).body).visits, undefined);
  });

  it('ends the session that came with the request, also somebody else’s, and tells', async (t) => {
    const { sessions, stores, published, time } = await openSessions();
    const ask = await serve(t, sessions);
    const bob = await ask('/in?name=bob');
    const ada = await ask('/in?name=ada', bob.cookie);
    equal(await stores.sessions.find(bob.body, time.now), undefined);
    ok(await stores.sessions.find(ada.body, time.now));
    deepEqual(published, [{ kind: 'session', id: bob.body, version: 1 }]);
  });

  it('ends both sessions when two cookies came', async (t) => {
    const { sessions, stores } = await openSessions();
    const ask = await serve(t, sessions);
    const [first, second] = [await ask('/in?name=bob'), await ask('/in?name=bob')];
    await ask('/in', `${first.cookie}; ${second.cookie}`);
    equal(await stores.sessions.countOf('u_bob', Date.now()), 0);
  });

  it('gives each of 200 interleaved sign-ins its own identity', async (t) => {
    const names = Array.from({ length: 200 }, (_, at) => `user${at}`);
    const { sessions, stores, time } = await openSessions({}, names);
    const ask = await serve(t, sessions);
    const answers = await Promise.all(names.map((name) => ask(`/in?name=${name}`)));
    const owners = await Promise.all(
      answers.map(async ({ cookie }) => (await stores.sessions.find(sha256(secretIdIn(cookie)), time.now))?.userId),
    );
    deepEqual(
      owners,
      names.map((name) => `u_${name}`),
    );
  });

  it('fails as an outage when the session cannot be saved, and sets no cookie', async (t) => {
    const { sessions, stores } = await openSessions();
    const ask = await serve(t, sessions);
    await stores.close();
    const answer = await ask('/in');
    equal(answer.status, 503);
    deepEqual(answer.set, []);
  });
});

describe('what an app writes to its session', () => {
  it('is there on the next request, and costs a visitor no identity', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const ask = await serve(t, sessions);
    const first = await ask('/visit');
    equal((await ask('/visit', first.cookie)).body, '2');
    equal((await stores.sessions.find(sha256(secretIdIn(first.cookie)), time.now))?.userId, null);
  });

  it('changes nothing about who is signed in', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const ask = await serve(t, sessions, {
      async '/become'(req) {
        Object.assign(req.session, {
          userId: 'u_bob',
          epoch: 9,
          role: 'admin',
          kind: 'api',
          passport: { user: 'u_bob' },
        });
        return 'tried';
      },
    });
    const { cookie, body: id } = await ask('/in');
    await ask('/become', cookie);
    const record = await stores.sessions.find(id, time.now);
    deepEqual([record?.userId, record?.epoch, record?.kind], ['u_ada', 0, 'browser']);
    match(record?.data ?? '', /u_bob/);
  });

  it('makes no session where nothing is written', async (t) => {
    const { sessions } = await openSessions();
    const ask = await serve(t, sessions);
    deepEqual((await ask('/')).set, []);
  });

  it('keeps the cookie of a remembered session within its absolute end', async (t) => {
    const { sessions, time } = await openSessions({ sessionLifetime: 3_600_000 });
    const ask = await serve(t, sessions);
    const { cookie } = await ask('/in?remember');
    time.now += 3_000_000;
    const { set } = await ask('/visit', cookie);
    const expires = Date.parse(/Expires=([^;]+)/.exec(set.join())?.[1] ?? '');
    ok(expires - Date.now() < 601_000, `${expires - Date.now()} ms left`);
  });
});

describe('a session that was ended', () => {
  it('is not brought back by a slow request that writes to it', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const slow = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const ask = await serve(t, sessions, {
      async '/slow'(req) {
        begun.resolve();
        await slow.promise;
        req.session.visits = 99;
        return 'late';
      },
    });
    const { cookie, body: id } = await ask('/in');
    const late = ask('/slow', cookie);
    await begun.promise;
    await ask('/out', cookie);
    slow.resolve();
    equal((await late).status, 200);
    equal(await stores.sessions.find(id, time.now), undefined);
    equal(JSON.parse((await ask('/', cookie)).body).visits, undefined);
  });

  it('is not brought back by an explicit save, nor by a touch', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const ask = await serve(t, sessions, {
      async '/saving'(req, _res, _sessions, url) {
        await stores.sessions.end(url.searchParams.get('id') ?? '');
        await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
        return 'saved';
      },
      async '/touching'(_req, _res, _sessions, url) {
        await stores.sessions.end(url.searchParams.get('id') ?? '');
        return 'touched';
      },
    });
    for (const path of ['/saving', '/touching']) {
      const { cookie, body: id } = await ask('/in');
      time.now += 61_000;
      equal((await ask(`${path}?id=${id}`, cookie)).status, 200);
      equal(await stores.sessions.find(id, time.now), undefined);
    }
  });

  it('by a newer epoch of its user is not loaded, whatever the store remembers', async (t) => {
    const { sessions, stores } = await openSessions();
    const ask = await serve(t, sessions);
    const { cookie } = await ask('/in');
    await ask('/visit', cookie);
    await stores.records.change(userKind, 'u_ada', (user, now) =>
      user === undefined
        ? { kind: 'keep', answer: undefined }
        : { kind: 'put', record: epochRaised(user, undefined, now), answer: undefined },
    );
    equal((await ask('/visit', cookie)).body, '1');
  });

  it('by signing out is dead, told, and its cookie cleared with the attributes it was set with', async (t) => {
    const { sessions, stores, published, time } = await openSessions();
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    const out = await ask('/out', cookie);
    equal(await stores.sessions.find(id, time.now), undefined);
    deepEqual(published, [{ kind: 'session', id, version: 1 }]);
    deepEqual(out.set, [
      'gatewarden=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ]);
    deepEqual(out.set, [sessions.clearCookieHeader]);
  });

  it('by signing out is told also when its store has lost it: caches may believe it still', async (t) => {
    const { sessions, stores, published } = await openSessions();
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    await stores.sessions.end(id);
    await ask('/out', cookie);
    deepEqual(published, [{ kind: 'session', id, version: 1 }]);
  });

  for (const [title, cookie] of [
    ['no cookie', undefined],
    ['a forged cookie', `gatewarden=s%3A${'a'.repeat(40)}.${'b'.repeat(43)}`],
    ['a cookie that cannot be decoded', 'gatewarden=%E0%A4%A'],
  ] as const) {
    it(`by signing out with ${title} is nobody’s`, async (t) => {
      const { sessions, published } = await openSessions();
      const ask = await serve(t, sessions);
      equal((await ask('/out', cookie)).status, 200);
      deepEqual(published, []);
    });
  }
});

describe('the time of a session', () => {
  it('is moved by use, at most once a minute', async (t) => {
    const { sessions, stores, time } = await openSessions();
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    const begun = time.now;
    const seen = async () => ((await stores.sessions.find(id, time.now))?.lastSeenAt ?? 0) - begun;
    time.now += 59_000;
    await ask('/', cookie);
    equal(await seen(), 0);
    time.now += 1_000;
    await ask('/', cookie);
    equal(await seen(), 60_000);
  });

  const silences: [title: string, touch: () => Promise<boolean>][] = [
    ['never says that its last use was written', () => new Promise(() => undefined)],
    ['cannot write its last use', () => Promise.reject(new StoreUnavailableError('sqlite'))],
  ];
  for (const [title, touch] of silences) {
    it(`holds no answer up, nor fails one, where the store ${title}`, async (t) => {
      const { sessions, stores, time } = await openSessions();
      const ask = await serve(t, sessions);
      const { cookie } = await ask('/in');
      stores.sessions.touch = touch;
      time.now += 61_000;
      equal((await ask('/', cookie)).status, 200);
      deepEqual([(await ask('/visit', cookie)).body, (await ask('/visit', cookie)).body], ['1', '2']);
    });
  }

  it('is up when it was not used for the idle time', async (t) => {
    const { sessions, time } = await openSessions({ sessionIdle: 600_000 });
    const ask = await serve(t, sessions);
    const { cookie } = await ask('/in');
    await ask('/visit', cookie);
    time.now += 600_001;
    equal((await ask('/visit', cookie)).body, '1');
  });

  it('is up at its absolute end, though it is used all the time', async (t) => {
    const { sessions, time } = await openSessions({ sessionIdle: 600_000, sessionLifetime: 1_500_000 });
    const ask = await serve(t, sessions);
    const { cookie } = await ask('/in?remember');
    await ask('/visit', cookie);
    for (const visits of ['2', '3', '4', '1']) {
      time.now += 400_000;
      equal((await ask('/visit', cookie)).body, visits);
    }
  });
});

describe('the session cookie', () => {
  const names: [settings: Parameters<typeof openSessions>[0], name: string, attributes: string][] = [
    [{}, 'gatewarden', 'Path=/; HttpOnly; SameSite=Lax'],
    [{ publicUrl: 'http://localhost:8080' }, 'gatewarden', 'Path=/; HttpOnly; SameSite=Lax'],
    [{ publicUrl: 'https://a.example' }, '__Host-gatewarden', 'Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      { publicUrl: 'https://a.example', cookieDomain: 'example' },
      '__Secure-gatewarden',
      'Domain=example; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [{ cookieDomain: 'example' }, 'gatewarden', 'Domain=example; Path=/; HttpOnly; SameSite=Lax'],
    [{ publicUrl: 'https://a.example', cookieName: 'mine' }, 'mine', 'Path=/; HttpOnly; Secure; SameSite=Lax'],
  ];
  const ofHandOvers = ['__Host-gatewarden-hand-over', 'gatewarden-hand-over'];
  const defaults = ['__Host-gatewarden', '__Secure-gatewarden', 'gatewarden', ...ofHandOvers];
  for (const [settings, name, attributes] of names) {
    it(`is ${name} (${attributes}) for ${JSON.stringify(settings)}, on a plain socket too`, async (t) => {
      const { sessions } = await openSessions(settings);
      const ask = await serve(t, sessions);
      const { set, cookie } = await ask('/in');
      equal(cookie?.split('=')[0], name);
      equal(set[0]?.replace(/^[^;]*; /, ''), attributes);
      equal(sessions.cookieNames[0], name);
      deepEqual([...sessions.cookieNames].sort(), [...new Set([...defaults, name])].sort());
    });
  }

  it('goes on when the secret key is rotated, and is refused once the old one is gone', async (t) => {
    const { parts, sessions } = await openSessions();
    const { cookie } = await (await serve(t, sessions))('/visit');
    const rotated = browserSessions({ ...parts, secrets: ['newest', 'new'] });
    equal((await (await serve(t, rotated))('/visit', cookie)).body, '2');
    const forgotten = browserSessions({ ...parts, secrets: ['newest'] });
    equal((await (await serve(t, forgotten))('/visit', cookie)).body, '1');
  });

  it('with data that cannot be read is no session', async (t) => {
    const { sessions, stores } = await openSessions();
    const ask = await serve(t, sessions);
    const { cookie, body: id } = await ask('/in');
    await stores.sessions.saveData(id, '{corrupt');
    equal((await ask('/visit', cookie)).body, '1');
  });
});
