import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { UserStore } from '../records/users.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { anAdmin, aUser, start } from './records.ts';
import { describeUserChanges } from './user-changes.ts';
import { describeEndedSessions } from './user-ended.ts';
import { describeUserLists } from './user-lists.ts';

/** The contract of `UserStore`. */
export function describeUserStore(name: string, open: Open<UserStore>): void {
  describe(`${name} user store`, () => {
    describeAdding(open);
    describeNames(open);
    describeFirstAdmin(open);
    describeUserChanges(open);
    describeEndedSessions(open);
    describeUserLists(open);
  });
}

function describeAdding(open: Open<UserStore>): void {
  const check = caseOf(open);
  check('gives back every field of a user, by id, by name and by address', async (users) => {
    const ada = aUser('Ada', {
      email: 'Ada@Example.com',
      emailConfirmed: true,
      displayName: 'Ada 👩‍💻 Łovelace',
      passwordHash: '$gw1$hash',
      lastLoginAt: start + 5,
      state: 'pending',
    });
    equal(await users.insert(ada), 'created');
    same(await users.byId(ada.id), ada);
    same(await users.byName('ada'), ada);
    same(await users.byEmail('aDA@example.COM'), ada);
  });
  check('gives back a user without the optional fields', async (users) => {
    await users.insert(aUser('ada'));
    same(await users.byId('u_ada'), aUser('ada'));
  });
  check('says undefined for a user who is not there', async (users) => {
    equal(await users.byId('u_nobody'), undefined);
    equal(await users.byName('nobody'), undefined);
    equal(await users.byEmail('nobody@example.com'), undefined);
  });
  check('notes the latest sign-in and changes nothing else', async (users) => {
    await users.insert(aUser('ada'));
    await users.signedIn('u_ada', start + 9);
    same(await users.byId('u_ada'), aUser('ada', { lastLoginAt: start + 9 }));
    await users.signedIn('u_nobody', start + 9);
    equal(await users.byId('u_nobody'), undefined);
  });
}

function describeNames(open: Open<UserStore>): void {
  const check = caseOf(open);
  check('refuses a name that differs in case only', async (users) => {
    await users.insert(aUser('Ada'));
    equal(await users.insert(aUser('ADA', { id: 'u_2' })), 'name-taken');
    equal((await users.byName('ada'))?.id, 'u_Ada');
  });
  check('refuses an address that differs in case only', async (users) => {
    await users.insert(aUser('ada', { email: 'a@example.com' }));
    equal(await users.insert(aUser('bob', { email: 'A@EXAMPLE.com' })), 'email-taken');
    equal(await users.byName('bob'), undefined);
  });
  check('lets any number of users be without an address', async (users) => {
    equal(await users.insert(aUser('ada')), 'created');
    equal(await users.insert(aUser('bob')), 'created');
  });
  check('retires the name of a removed user', async (users) => {
    await users.insert(aUser('ada', { email: 'a@example.com' }));
    equal(await users.remove('u_ada', start), 'removed');
    equal(await users.byId('u_ada'), undefined);
    equal(await users.insert(aUser('Ada', { id: 'u_2' })), 'name-retired');
    equal(await users.insert(aUser('bob', { email: 'a@example.com' })), 'created');
  });
  check('gives a retired name again when told so, and retires it again', async (users) => {
    await users.insert(aUser('ada'));
    await users.remove('u_ada', start);
    equal(await users.insert(aUser('ada', { id: 'u_2' }), { reuseName: true }), 'created');
    await users.remove('u_2', start + 1);
    equal(await users.insert(aUser('ada', { id: 'u_3' })), 'name-retired');
  });
  check('does not give a taken name again, whatever it is told', async (users) => {
    await users.insert(aUser('ada'));
    equal(await users.insert(aUser('ada', { id: 'u_2' }), { reuseName: true }), 'name-taken');
  });
  check('gives one name once among 100 at once', async (users) => {
    const answers = await atOnce(100, (n) => users.insert(aUser(n % 2 ? 'Ada' : 'ada', { id: `u_${n}` })));
    same(tally(answers), { created: 1, 'name-taken': 99 });
  });
}

function describeFirstAdmin(open: Open<UserStore>): void {
  const check = caseOf(open);
  check('makes one first admin among 100 at once', async (users) => {
    equal(await users.hasAdmin(), false);
    const answers = await atOnce(100, (n) => users.insertFirstAdmin(anAdmin(`admin${n}`)));
    same(tally(answers), { created: 1, 'admin-exists': 99 });
    equal((await users.list({ limit: 200 })).items.length, 1);
    equal(await users.hasAdmin(), true);
  });
  const notAdmins = [
    ['a user of another role', aUser('ada', { role: 'operator' })],
    ['an admin who was never activated', anAdmin('ada', { state: 'pending' })],
    ['a disabled admin', anAdmin('ada', { state: 'disabled' })],
  ] as const;
  for (const [who, user] of notAdmins) {
    check(`makes a first admin beside ${who}`, async (users) => {
      await users.insert(user);
      equal(await users.hasAdmin(), false);
      equal(await users.insertFirstAdmin(anAdmin('root')), 'created');
    });
  }
  check(
    'does not make a first admin of a name or an address that somebody has, or of a retired name',
    async (users) => {
      await users.insert(aUser('ada', { email: 'a@example.com' }));
      await users.insert(aUser('bob'));
      await users.remove('u_bob', start);
      equal(await users.insertFirstAdmin(anAdmin('Ada', { id: 'u_2' })), 'name-taken');
      equal(await users.insertFirstAdmin(anAdmin('eve', { email: 'A@example.com' })), 'name-taken');
      equal(await users.insertFirstAdmin(anAdmin('bob', { id: 'u_3' })), 'name-taken');
      equal(await users.hasAdmin(), false);
    },
  );
}
