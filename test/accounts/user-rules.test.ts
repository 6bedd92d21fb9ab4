import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { edited, isRemovedLately, removed, type UserWish } from '../../lib/accounts/user-rules.ts';
import { sessionIsValid } from '../../lib/services/standing.ts';
import type { UserRecord } from '../../lib/stores/records/kinds/user.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { roles } from './open.ts';

const now = 1_000_000;
const isLower = (role: string, than: string) => roles.position(role) < roles.position(than);
const edit = (user: UserRecord, wish: UserWish) => edited(user, wish, now, isLower);

const ada = someUser('Ada', { role: 'operator', passwordHash: 'h', email: 'Ada@example.com', emailConfirmed: true });
const counters = ({ epoch, tokenEpoch, rights }: UserRecord) => [epoch, tokenEpoch, rights];

const isValid = (user: UserRecord, id: string, epoch: number): boolean =>
  sessionIsValid(
    { id, epoch, userId: user.id },
    { user: { ...user, version: 1 }, ended: undefined, minter: undefined, makers: [], owner: undefined },
    now,
  );

describe('the counters of a user', () => {
  const cases: [title: string, wish: UserWish, raised: [epoch: number, tokenEpoch: number, rights: number]][] = [
    ['a new password', { passwordHash: 'other' }, [1, 0, 0]],
    ['a new password that ends tokens', { passwordHash: 'other', endTokens: true }, [1, 1, 0]],
    ['deactivation', { active: false }, [1, 0, 1]],
    ['a lower role', { role: 'viewer' }, [0, 0, 1]],
    ['a role that the ladder does not know', { role: 'king' }, [0, 0, 1]],
    ['a higher role', { role: 'admin' }, [0, 0, 0]],
    ['the end of all sessions', { endSessions: true }, [1, 0, 0]],
    ['the end of everything', { endSessions: true, endTokens: true }, [1, 1, 0]],
    ['the end of API tokens', { endTokens: true }, [0, 1, 0]],
    ['a new address', { email: 'a@example.com' }, [0, 0, 0]],
    ['a new display name', { displayName: 'A' }, [0, 0, 0]],
    ['deactivation with a lower role and a password', { active: false, role: 'viewer', passwordHash: 'x' }, [1, 0, 1]],
  ];
  for (const [title, wish, raised] of cases) {
    it(`are raised by ${title}: ${raised.join(', ')}`, () => deepEqual(counters(edit(ada, wish)), raised));
  }

  it('of one who is activated again: the epoch, and the rights stay', () => {
    deepEqual(counters(edit({ ...ada, state: 'disabled' }, { active: true })), [1, 0, 0]);
  });
});

describe('a wish that changes nothing', () => {
  const nothing: [title: string, wish: UserWish][] = [
    ['nothing', {}],
    ['what is there already', { role: 'operator', active: true, email: 'Ada@example.com', emailConfirmed: true }],
    ['the same password hash', { passwordHash: 'h' }],
  ];
  for (const [title, wish] of nothing) {
    it(`leaves the very same record: ${title}`, () => equal(edit(ada, wish), ada));
  }

  it('leaves one who was deactivated before', () => {
    const disabled = edit(ada, { active: false });
    equal(edit(disabled, { active: false }), disabled);
  });
});

describe('the session that is kept', () => {
  const raising: [title: string, wish: UserWish][] = [
    ['a new password', { passwordHash: 'other' }],
    ['the end of all sessions', { endSessions: true }],
  ];
  for (const [title, wish] of raising) {
    it(`outlives ${title} alone, in the same record`, () => {
      const user = edit(ada, { ...wish, keep: { id: 'mine', epoch: 0 } });
      deepEqual(user.kept, { id: 'mine', epoch: 1, at: now });
      deepEqual([isValid(user, 'mine', 0), isValid(user, 'other', 0), isValid(user, 'new', 1)], [true, false, true]);
    });
  }

  it('goes on through what raises no epoch, and ends with a raise that does not name it', () => {
    const user = edit(ada, { passwordHash: 'other', keep: { id: 'mine', epoch: 0 } });
    equal(isValid(edit(user, { role: 'viewer', displayName: 'A', endTokens: true }), 'mine', 0), true);
    const ended = edit(user, { endSessions: true });
    deepEqual([ended.kept, isValid(ended, 'mine', 0)], [undefined, false]);
  });

  it('goes on under a new id through two changes of password', () => {
    const once = edit(ada, { passwordHash: 'b', keep: { id: 's0', epoch: 0, newId: 's1' } });
    const twice = edit(once, { passwordHash: 'c', keep: { id: 's1', epoch: 0, newId: 's2' } });
    deepEqual([isValid(twice, 's0', 0), isValid(twice, 's1', 0), isValid(twice, 's2', 0)], [false, false, true]);
  });
});

describe('an address', () => {
  const cases: [title: string, wish: UserWish, email: string | undefined, confirmed: boolean][] = [
    ['that is new is not confirmed', { email: 'a@example.com' }, 'a@example.com', false],
    ['that an admin sets is', { email: 'a@example.com', emailConfirmed: true }, 'a@example.com', true],
    ['in another case stays confirmed', { email: 'ADA@example.com' }, 'ADA@example.com', true],
    ['that is not named stays as it is', { emailConfirmed: true, displayName: 'A' }, 'Ada@example.com', true],
    ['that is taken away is gone', { email: null, emailConfirmed: true }, undefined, false],
  ];
  for (const [title, wish, email, confirmed] of cases) {
    it(title, () => {
      const user = edit(ada, wish);
      deepEqual([user.email, user.emailConfirmed], [email, confirmed]);
    });
  }

  it('that was not confirmed is not confirmed by a wish for something else', () => {
    equal(edit({ ...ada, emailConfirmed: false }, { displayName: 'A', emailConfirmed: true }).emailConfirmed, false);
  });
});

describe('activity', () => {
  it('comes once to one who is pending, who is disabled only after that', () => {
    const pending = someUser('Ada', { state: 'pending' });
    equal(edit(pending, { active: false }).state, 'pending');
    const active = edit(pending, { active: true });
    deepEqual([active.state, edit(active, { active: false }).state], ['active', 'disabled']);
  });
});

describe('a deleted user', () => {
  it('keeps the name and the counters, which refuse what was held', () => {
    const { createdAt } = ada;
    deepEqual(removed({ ...ada, epoch: 4, tokenEpoch: 2, rights: 7, displayName: 'A', lastLoginAt: 9 }, now), {
      ...{ id: 'u_ada', username: 'Ada', nameKey: 'ada', role: 'operator', state: 'removed', emailConfirmed: false },
      ...{ epoch: 5, tokenEpoch: 3, rights: 8, createdAt, updatedAt: now },
    });
  });

  it('counts as deleted just now for a day', () => {
    const user = removed(ada, now);
    deepEqual(
      [isRemovedLately(user, now), isRemovedLately(user, now + 86_399_999), isRemovedLately(user, now + 86_400_000)],
      [true, true, false],
    );
    equal(isRemovedLately({ ...ada, updatedAt: now }, now), false);
  });
});
