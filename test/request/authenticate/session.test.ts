import { deepEqual, equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sha256 } from '../../../lib/crypto/digest.ts';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import { sessionAuthenticator } from '../../../lib/request/authenticate/session.ts';
import type { UserChange } from '../../../lib/stores/records/users.ts';
import { ada, installation, sessionOf } from './installation.ts';

const minute = 60_000;
const idle = 60 * minute;

describe('a session cookie', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof sessionAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    const sessionIdIn = (cookie: string) => (cookie.startsWith('signed:') ? cookie.slice(7) : undefined);
    const { sessions, users } = at.stores;
    judge = sessionAuthenticator({ sessions, users, sessionIdIn, idle, ...at });
    await users.insert(ada());
    await sessions.create(sessionOf(sha256('s1'), at.time.now));
    at.calls.length = 0;
  });
  afterEach(() => at.close());

  const verdictOf = async (cookie: string) => {
    const verdict = await judge(cookie);
    return verdict.kind === 'bad' ? verdict.code : verdict.kind === 'nobody' ? 'nobody' : verdict.principal.name;
  };

  it('names its user', async () => {
    equal(await verdictOf('signed:s1'), 'Ada');
  });

  it('costs no store call once it is cache', async () => {
    await judge('signed:s1');
    at.calls.length = 0;
    for (let i = 0; i < 100; i += 1) equal(await verdictOf('signed:s1'), 'Ada');
    deepEqual(at.calls, []);
  });

  it('whose signature is not ours is refused without a look-up', async () => {
    equal(await verdictOf('forged:s1'), 'invalid_token');
    deepEqual(at.calls, []);
  });

  it('that names no session is refused', async () => {
    equal(await verdictOf('signed:s2'), 'invalid_token');
  });

  it('has its last use written once a minute, and lives on by it', async () => {
    await judge('signed:s1');
    at.calls.length = 0;
    for (let i = 0; i < 90; i += 1) {
      at.time.now += minute;
      equal(await verdictOf('signed:s1'), 'Ada');
    }
    equal(at.calls.filter((verb) => verb === 'touch').length, 90);
  });

  it('is refused once its user’s record says that it was ended, though its store has it still', async () => {
    await at.stores.users.noteEnded('u_ada', [{ id: sha256('s1'), until: at.time.now + minute }], at.time.now);
    equal(await verdictOf('signed:s1'), 'token_revoked');
    await at.stores.sessions.create(sessionOf(sha256('s2'), at.time.now));
    equal(await verdictOf('signed:s2'), 'Ada');
  });

  it('is refused after it was idle too long', async () => {
    await judge('signed:s1');
    at.time.now += idle + 1;
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  it('is refused at its absolute end, however busy', async () => {
    for (let i = 0; i < 48; i += 1) {
      at.time.now += idle / 2;
      if (i < 47) equal(await verdictOf('signed:s1'), 'Ada');
    }
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  it('is refused from the moment its end is told of', async () => {
    await judge('signed:s1');
    await at.stores.sessions.end(sha256('s1'));
    await at.bus.publish({ kind: 'session', id: sha256('s1') });
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  it('that was ended without a word is refused once its last use was to be written', async () => {
    const { sessions, users } = at.stores;
    judge = sessionAuthenticator({ sessions, users, sessionIdIn: () => 's1', idle: 5 * minute, ...at });
    await judge('signed:s1');
    await at.stores.sessions.end(sha256('s1'));
    equal(await verdictOf('signed:s1'), 'Ada');
    at.time.now += minute / 2;
    equal(await verdictOf('signed:s1'), 'Ada');
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  const silences: [title: string, touch: () => Promise<boolean>][] = [
    ['never says whether its last use was written', () => new Promise(() => undefined)],
    ['cannot write its last use', () => Promise.reject(new StoreUnavailableError('redis'))],
  ];
  for (const [title, touch] of silences) {
    it(`is good though its store ${title}`, async () => {
      at.stores.sessions.touch = touch;
      for (const _minute of [1, 2, 3]) {
        at.time.now += minute;
        equal(await verdictOf('signed:s1'), 'Ada');
      }
      at.time.now += idle;
      equal(await verdictOf('signed:s1'), 'invalid_token');
    });
  }

  const changes: [title: string, change: Parameters<typeof at.stores.users.update>[1]][] = [
    ['a role change', { role: 'viewer' }],
    ['a deactivation', { state: 'disabled' }],
    ['a password change', { passwordHash: 'new' }],
    ['"end all"', { endAll: true }],
  ];
  for (const [title, change] of changes) {
    it(`is refused after ${title} of its user`, async () => {
      await judge('signed:s1');
      await at.stores.users.update('u_ada', change, at.time.now);
      await at.bus.publish({ kind: 'user', id: 'u_ada' });
      equal(await verdictOf('signed:s1'), 'token_revoked');
    });
  }

  const successors: [title: string, change: UserChange, later: number, keepCookie: true | undefined][] = [
    ['a password change a moment ago: it may have a successor', { passwordHash: 'new' }, minute - 1, true],
    ['a password change a minute ago', { passwordHash: 'new' }, minute, undefined],
    ['a deactivation', { state: 'disabled' }, 0, undefined],
  ];
  for (const [title, change, later, keepCookie] of successors) {
    it(`is ${keepCookie ? 'not ' : ''}to be cleared after ${title}`, async () => {
      await at.stores.users.update('u_ada', change, at.time.now);
      at.time.now += later;
      const verdict = await judge('signed:s1');
      deepEqual(verdict, { kind: 'bad', code: 'token_revoked', ...(keepCookie && { keepCookie }) });
    });
  }

  it('that was signed out before the password changed is to be cleared', async () => {
    await at.stores.users.noteEnded('u_ada', [{ id: sha256('s1'), until: at.time.now + minute }], at.time.now);
    await at.stores.users.update('u_ada', { passwordHash: 'new' }, at.time.now);
    deepEqual(await judge('signed:s1'), { kind: 'bad', code: 'token_revoked' });
  });

  it('of a deleted user is refused', async () => {
    await at.stores.users.remove('u_ada', at.time.now);
    equal(await verdictOf('signed:s1'), 'token_revoked');
  });

  it('of a visitor names nobody', async () => {
    await at.stores.sessions.create(sessionOf(sha256('s3'), at.time.now, { userId: null }));
    equal(await verdictOf('signed:s3'), 'nobody');
  });

  it('cannot be made of the session behind an access token', async () => {
    await at.stores.sessions.create(sessionOf(sha256('s4'), at.time.now, { kind: 'api' }));
    equal(await verdictOf('signed:s4'), 'invalid_token');
  });

  it('of a user whose role the ladder no longer knows holds nothing', async () => {
    await at.stores.users.insert(ada({ id: 'u_old', username: 'old', nameKey: 'old', role: 'wizard' }));
    await at.stores.sessions.create(sessionOf(sha256('s5'), at.time.now, { userId: 'u_old' }));
    const verdict = await judge('signed:s5');
    equal(verdict.kind === 'principal' && verdict.principal.role, 'anony');
  });

  it('read while it is being ended is not remembered', async () => {
    const find = at.stores.sessions.find;
    at.stores.sessions.find = async (id, now) => {
      const session = await find(id, now);
      await at.stores.sessions.end(id);
      await at.bus.publish({ kind: 'session', id });
      return session;
    };
    await judge('signed:s1');
    at.stores.sessions.find = find;
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });
});
