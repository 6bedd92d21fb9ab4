import { equal } from 'node:assert/strict';
import type { UserChange, UserRecord, UserStore } from '../records/users.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { anAdmin, aUser, start } from './records.ts';

const later = start + 1000;

const ada = aUser('ada', {
  role: 'operator',
  email: 'ada@example.com',
  emailConfirmed: true,
  displayName: 'Ada',
  passwordHash: 'old',
  epoch: 7,
});

const changes: [what: string, change: UserChange, then: Partial<UserRecord>][] = [
  ['raises the epoch with another role', { role: 'viewer' }, { role: 'viewer', epoch: 8 }],
  ['raises the epoch with another state', { state: 'disabled' }, { state: 'disabled', epoch: 8 }],
  ['raises the epoch with a password', { passwordHash: 'new' }, { passwordHash: 'new', epoch: 8 }],
  ['raises the epoch with a password that hashes alike', { passwordHash: 'old' }, { epoch: 8 }],
  ['raises the epoch with "end all" alone', { endAll: true }, { epoch: 8 }],
  [
    'raises the epoch once for all of them',
    { role: 'user', state: 'disabled', passwordHash: 'new', endAll: true },
    {
      role: 'user',
      state: 'disabled',
      passwordHash: 'new',
      epoch: 8,
    },
  ],
  ['keeps the epoch with the same role and state', { role: 'operator', state: 'active' }, {}],
  ['keeps the epoch with another display name', { displayName: 'Łovelace' }, { displayName: 'Łovelace' }],
  ['removes a display name', { displayName: null }, { displayName: undefined }],
  [
    'counts a new address as unconfirmed',
    { email: 'new@example.com' },
    { email: 'new@example.com', emailConfirmed: false },
  ],
  [
    'takes a new address as confirmed when told so',
    { email: 'new@example.com', emailConfirmed: true },
    { email: 'new@example.com' },
  ],
  ['keeps an address confirmed that changes its case only', { email: 'ADA@example.com' }, { email: 'ADA@example.com' }],
  ['removes an address', { email: null }, { email: undefined, emailConfirmed: false }],
  ['confirms an address', { emailConfirmed: false }, { emailConfirmed: false }],
];

/** What `update`, `rehash` and `remove` do to one user, and what they refuse. */
export function describeUserChanges(open: Open<UserStore>): void {
  const check = caseOf(open);
  for (const [what, change, then] of changes) {
    check(what, async (users) => {
      await users.insert(ada);
      const expected = { ...ada, ...then, updatedAt: later };
      same(await users.update(ada.id, change, later), expected);
      same(await users.byId(ada.id), expected);
    });
  }
  check('counts every epoch among 50 at once', async (users) => {
    await users.insert(ada);
    await atOnce(50, () => users.update(ada.id, { endAll: true }, later));
    equal((await users.byId(ada.id))?.epoch, 57);
  });
  check('finds a user by the new address and no longer by the old', async (users) => {
    await users.insert(ada);
    await users.update(ada.id, { email: 'New@example.com' }, later);
    equal((await users.byEmail('new@example.com'))?.id, ada.id);
    equal(await users.byEmail('ada@example.com'), undefined);
  });
  check('refuses another user’s address and changes nothing', async (users) => {
    await users.insert(ada);
    await users.insert(aUser('bob', { email: 'bob@example.com' }));
    equal(await users.update('u_bob', { email: 'ADA@example.com', role: 'viewer' }, later), 'email-taken');
    same(await users.byId('u_bob'), aUser('bob', { email: 'bob@example.com' }));
  });
  check('gives one address once among 20 at once', async (users) => {
    await atOnce(20, (n) => users.insert(aUser(`user${n}`)));
    const answers = await atOnce(20, (n) => users.update(`u_user${n}`, { email: 'one@example.com' }, later));
    equal(answers.filter((answer) => answer === 'email-taken').length, 19);
  });
  check('says that a user is not there', async (users) => {
    equal(await users.update('u_nobody', { role: 'viewer' }, later), 'not-found');
    equal(await users.remove('u_nobody', later), 'not-found');
    equal(await users.rehash('u_nobody', 'a', 'b'), false);
  });
  check('replaces the hash of the same password only, and raises nothing', async (users) => {
    await users.insert(ada);
    equal(await users.rehash(ada.id, 'old', 'better'), true);
    equal(await users.rehash(ada.id, 'old', 'worse'), false);
    same(await users.byId(ada.id), { ...ada, passwordHash: 'better' });
  });
  describeLastAdmin(open);
}

function describeLastAdmin(open: Open<UserStore>): void {
  const check = caseOf(open);
  const losses: [how: string, lose: (users: UserStore, id: string) => Promise<unknown>][] = [
    ['demoting', (users, id) => users.update(id, { role: 'user' }, later)],
    ['disabling', (users, id) => users.update(id, { state: 'disabled' }, later)],
    ['removing', (users, id) => users.remove(id, later)],
  ];
  for (const [how, lose] of losses) {
    check(`refuses ${how} the last active admin`, async (users) => {
      await users.insert(anAdmin('ada'));
      await users.insert(anAdmin('bob', { state: 'disabled' }));
      equal(await lose(users, 'u_ada'), 'last-admin');
      same(await users.byId('u_ada'), anAdmin('ada'));
    });
    check(`leaves one admin after ${how} ten of ten at once`, async (users) => {
      await atOnce(10, (n) => users.insert(anAdmin(`admin${n}`)));
      const answers = await atOnce(10, (n) => lose(users, `u_admin${n}`));
      equal(tally(answers)['last-admin'], 1);
      equal(await users.hasAdmin(), true);
    });
  }
  check('lets the last admin change what keeps them one', async (users) => {
    await users.insert(anAdmin('ada'));
    same(await users.update('u_ada', { role: 'admin', passwordHash: 'new' }, later), {
      ...anAdmin('ada', { passwordHash: 'new', epoch: 2 }),
      updatedAt: later,
    });
  });
}
