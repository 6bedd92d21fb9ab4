import { deepEqual, equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sha256 } from '../../../lib/crypto/digest.ts';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import { sessionAuthenticator } from '../../../lib/request/authenticate/session.ts';
import type { UserRecord } from '../../../lib/stores/records/kinds/user.ts';
import { ada, installation, sessionOf } from './installation.ts';

const minute = 60_000;
const idle = 60 * minute;

describe('a session cookie', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  let judge: ReturnType<typeof sessionAuthenticator>;

  beforeEach(async () => {
    at = await installation();
    const sessionIdIn = (cookie: string) => (cookie.startsWith('signed:') ? cookie.slice(7) : undefined);
    judge = sessionAuthenticator({ sessionIdIn, idle, ...at });
    await at.add(ada());
    await at.sessions.create(sessionOf(sha256('s1'), at.time.now));
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

  it('costs no store call once it is cached', async () => {
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

  it('is refused once it is noted as ended, though its store has it still', async () => {
    equal(await verdictOf('signed:s1'), 'Ada');
    await at.noteEnded(sha256('s1'));
    equal(await verdictOf('signed:s1'), 'token_revoked');
    await at.sessions.create(sessionOf(sha256('s2'), at.time.now));
    equal(await verdictOf('signed:s2'), 'Ada');
  });

  it('reads its session first, then the user and the note together, once for all who present it', async () => {
    await Promise.all(Array.from({ length: 50 }, () => verdictOf('signed:s1')));
    deepEqual(at.calls, ['find', 'get', 'get']);
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
    await at.sessions.end(sha256('s1'));
    await at.bus.publish({ kind: 'session', id: sha256('s1') });
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  it('that was ended without a word is refused once its last use was to be written', async () => {
    judge = sessionAuthenticator({ sessionIdIn: () => 's1', idle: 50_000, ...at });
    await judge('signed:s1');
    await at.sessions.end(sha256('s1'));
    equal(await verdictOf('signed:s1'), 'Ada');
    at.time.now += 5_000;
    equal(await verdictOf('signed:s1'), 'Ada');
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });

  const silences: [title: string, touch: () => Promise<boolean>][] = [
    ['never says whether its last use was written', () => new Promise(() => undefined)],
    ['cannot write its last use', () => Promise.reject(new StoreUnavailableError('redis'))],
  ];
  for (const [title, touch] of silences) {
    it(`is good though its store ${title}`, async () => {
      at.sessions.touch = touch;
      for (const _minute of [1, 2, 3]) {
        at.time.now += minute;
        equal(await verdictOf('signed:s1'), 'Ada');
      }
      at.time.now += idle;
      equal(await verdictOf('signed:s1'), 'invalid_token');
    });
  }

  const changes: [title: string, change: Partial<UserRecord>][] = [
    ['a deactivation', { state: 'disabled' }],
    ['a change that raises the epoch', { epoch: 2 }],
    ['the deletion', { state: 'removed' }],
  ];
  for (const [title, change] of changes) {
    it(`is refused after ${title} of its user`, async () => {
      await judge('signed:s1');
      await at.change(change);
      equal(await verdictOf('signed:s1'), 'token_revoked');
    });
  }

  it('goes on with the new role after a role change', async () => {
    await judge('signed:s1');
    await at.change({ role: 'viewer' });
    const verdict = await judge('signed:s1');
    equal(verdict.kind === 'principal' && verdict.principal.role, 'viewer');
  });

  it('goes on when it is the one that outlives the raise of the epoch', async () => {
    await at.change({ epoch: 2, kept: { id: sha256('s1'), epoch: 2, at: at.time.now } });
    equal(await verdictOf('signed:s1'), 'Ada');
  });

  const successor = (): Partial<UserRecord> => ({
    ...{ epoch: 2, kept: { id: sha256('s9'), was: sha256('s1'), epoch: 2, at: at.time.now } },
  });
  const successors: [title: string, change: () => Partial<UserRecord>, later: number, keepCookie: boolean][] = [
    ['it got a new id a moment ago', successor, minute - 1, true],
    ['it got a new id a minute ago', successor, minute, false],
    ['its user was deactivated then', () => ({ ...successor(), state: 'disabled' }), 0, false],
    ['another session got a new id', () => ({ ...successor(), kept: undefined }), 0, false],
  ];
  for (const [title, change, later, keepCookie] of successors) {
    it(`is refused and ${keepCookie ? 'not ' : ''}cleared when ${title}`, async () => {
      await at.change(change());
      at.time.now += later;
      const verdict = await judge('signed:s1');
      deepEqual(verdict, { kind: 'bad', code: 'token_revoked', ...(keepCookie && { keepCookie }) });
    });
  }

  it('of a visitor names nobody', async () => {
    await at.sessions.create(sessionOf(sha256('s3'), at.time.now, { userId: null }));
    equal(await verdictOf('signed:s3'), 'nobody');
  });

  it('cannot be made of the session behind an access token', async () => {
    await at.sessions.create(sessionOf(sha256('s4'), at.time.now, { kind: 'api' }));
    equal(await verdictOf('signed:s4'), 'invalid_token');
  });

  it('of a user whose role the ladder no longer knows holds nothing', async () => {
    await at.add(ada({ id: 'u_old', username: 'old', nameKey: 'old', role: 'wizard' }));
    await at.sessions.create(sessionOf(sha256('s5'), at.time.now, { userId: 'u_old' }));
    const verdict = await judge('signed:s5');
    equal(verdict.kind === 'principal' && verdict.principal.role, 'anony');
  });

  it('read while it is being ended is not remembered', async () => {
    const find = at.sessions.find;
    at.sessions.find = async (id, now) => {
      const session = await find(id, now);
      await at.sessions.end(id);
      await at.bus.publish({ kind: 'session', id });
      return session;
    };
    await judge('signed:s1');
    at.sessions.find = find;
    equal(await verdictOf('signed:s1'), 'invalid_token');
  });
});
