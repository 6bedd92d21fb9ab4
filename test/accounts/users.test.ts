import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NewUser } from '../../lib/services.ts';
import { by, keepSession, openAccounts, password } from './open.ts';

const admin = by('admin');

async function withUser(user: Partial<NewUser> = {}) {
  const opened = await openAccounts();
  const made = await opened.users.create({ username: 'Ada', password, ...user }, admin);
  ok(made.ok);
  opened.published.length = 0;
  opened.events.length = 0;
  return { ...opened, id: made.value.id };
}

describe('a user that is made', () => {
  it('has the default role, is active, and shows neither hash nor epoch', async () => {
    const { users } = await openAccounts();
    const made = await users.create({ username: 'Ada', password, displayName: 'Ada 李' }, admin);
    ok(made.ok);
    const { id, createdAt, updatedAt, ...shown } = made.value;
    deepEqual(shown, {
      username: 'Ada',
      role: 'user',
      state: 'active',
      email: undefined,
      emailConfirmed: false,
      displayName: 'Ada 李',
      active: true,
      hasPassword: true,
      lastLoginAt: undefined,
    });
    equal(createdAt, updatedAt);
    ok(/^u_[0-9A-Za-z]{20}$/.test(id));
    deepEqual({ ...(await users.get('ADA')) }.id, id);
  });

  it('is told to caches and to the audit log', async () => {
    const { users, published, events } = await openAccounts();
    const made = await users.create({ username: 'ada', active: false }, admin);
    ok(made.ok);
    equal(made.value.state, 'pending');
    deepEqual(published, [{ kind: 'user', id: made.value.id }]);
    deepEqual(
      events.map(({ event, actor, subject, detail }) => ({ event, actor, subject, detail })),
      [
        {
          event: 'user.changed',
          actor: 'the-admin',
          subject: 'user:ada',
          detail: { action: 'created', role: 'user', active: false },
        },
      ],
    );
  });

  const wrong: [title: string, user: object, fields: string[]][] = [
    ['no name', {}, ['username']],
    ['a name that is none', { username: { $ne: '' } }, ['username']],
    [
      'everything wrong at once',
      { username: '-', password: 'short', role: 'king', active: 'yes', email: 'x', displayName: '\n' },
      ['username', 'password', 'role', 'active', 'email', 'display_name'],
    ],
    ['its name as password', { username: 'ada.lovelace', password: 'ada.lovelace' }, ['password']],
    [
      'its address as password',
      { username: 'ada', email: 'countess@example.com', password: 'countess@example.com' },
      ['password'],
    ],
  ];
  for (const [title, user, fields] of wrong) {
    it(`is refused with ${title}`, async () => {
      const { users } = await openAccounts();
      const made = await users.create({ username: undefined, ...user } as never, admin);
      ok(!made.ok);
      equal(made.refusal.code, 'validation_failed');
      deepEqual(
        made.refusal.problems?.map((problem) => problem.field),
        fields,
      );
    });
  }

  const hands: [who: string, hand: ReturnType<typeof by> | undefined, name: string, given: boolean][] = [
    ['an admin', by('admin'), 'root', true],
    ['an admin', by('admin'), 'ada@example.com', true],
    ['the command', by('viewer', 'command'), 'root', true],
    ['an operator', by('operator'), 'root', false],
    ['an operator', by('operator'), 'ada@example.com', false],
    ['nobody in particular', undefined, 'root', false],
    ['nobody in particular', undefined, 'ada', true],
  ];
  for (const [who, hand, username, given] of hands) {
    it(`${given ? 'gets' : 'does not get'} the name ${username} from ${who}`, async () => {
      const { users } = await openAccounts();
      equal((await users.create({ username }, hand)).ok, given);
    });
  }

  it('has no role above the one who makes it', async () => {
    const { users } = await openAccounts();
    const made = await users.create({ username: 'ada', role: 'admin' }, by('operator'));
    ok(!made.ok);
    equal(made.refusal.code, 'insufficient_role');
    equal(await users.get('ada'), undefined);
  });

  it('conflicts with one of the same name or address, in any case', async () => {
    const { users } = await withUser({ email: 'Ada@example.com' });
    for (const user of [{ username: 'ADA' }, { username: 'eve', email: 'aDA@example.com' }]) {
      const made = await users.create(user, admin);
      ok(!made.ok);
      equal(made.refusal.code, 'conflict');
    }
  });

  it('gets the name of a deleted one only when an admin says so', async () => {
    const { users } = await withUser();
    await users.create({ username: 'boss', role: 'admin', password }, admin);
    ok((await users.remove('ada', admin)).ok);
    for (const [hand, reuseName, given] of [
      [admin, undefined, false],
      [by('operator'), true, false],
      [admin, true, true],
    ] as const) {
      equal((await users.create({ username: 'ADA', reuseName }, hand)).ok, given);
    }
  });

  it('has an address that upstreams may be told only when an admin gave it', async () => {
    const { users } = await openAccounts();
    await users.create({ username: 'a', email: 'a@example.com' }, admin);
    await users.create({ username: 'b', email: 'b@example.com' });
    equal((await users.get('a'))?.emailConfirmed, true);
    equal((await users.get('b'))?.emailConfirmed, false);
  });
});

describe('a user that is changed', () => {
  const ending: [title: string, edit: object][] = [
    ['role', { role: 'viewer' }],
    ['activity', { active: false }],
    ['password', { password: 'other kettle 28 boats' }],
  ];
  for (const [title, edit] of ending) {
    it(`in ${title} loses all sessions`, async () => {
      const { users, stores, published, id } = await withUser();
      await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
      ok((await users.edit('ada', edit, admin)).ok);
      equal(await stores.sessions.find('s1', Date.now()), undefined);
      deepEqual(published, [{ kind: 'user', id }]);
      equal((await stores.users.byId(id))?.epoch, 1);
    });
  }

  it('in what ends nothing keeps its sessions, and caches are told all the same', async () => {
    const { users, stores, published, id } = await withUser();
    await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
    ok((await users.edit('ada', { displayName: 'Countess', role: 'user', active: true }, admin)).ok);
    ok(await stores.sessions.find('s1', Date.now()));
    deepEqual(published, [{ kind: 'user', id }]);
  });

  it('loses what is given as null', async () => {
    const { users } = await withUser({ email: 'a@example.com', displayName: 'A' });
    const edited = await users.edit('ada', { email: null, displayName: null }, admin);
    ok(edited.ok);
    equal(edited.value.email, undefined);
    equal(edited.value.emailConfirmed, false);
    equal(edited.value.displayName, undefined);
  });

  it('is told to the audit log without password and address', async () => {
    const { users, events } = await withUser();
    await users.edit('ada', { password: 'other kettle 28 boats', email: 'x@example.com', active: false }, admin);
    deepEqual(events[0]?.detail, { action: 'edited', active: false, changed: 'password email' });
    equal(JSON.stringify(events).includes('kettle'), false);
  });

  it('stays pending until activated, and is disabled only after that', async () => {
    const { users } = await withUser({ active: false });
    const state = async (active: boolean) => {
      const edited = await users.edit('ada', { active }, admin);
      return edited.ok && edited.value.state;
    };
    deepEqual(
      [await state(false), await state(true), await state(false), await state(true)],
      ['pending', 'active', 'disabled', 'active'],
    );
  });

  const refusals: [title: string, username: string, edit: object, hand: ReturnType<typeof by>, code: string][] = [
    ['one who is not there', 'eve', { role: 'user' }, admin, 'not_found'],
    ['a name that is none', '../eve', { role: 'user' }, admin, 'not_found'],
    ['to an unknown role', 'ada', { role: 'king' }, admin, 'validation_failed'],
    ['to a common password', 'ada', { password: 'password1234' }, admin, 'validation_failed'],
    ['above the hand', 'ada', { role: 'admin' }, by('operator'), 'insufficient_role'],
    ['who stands above the hand', 'boss', { displayName: 'x' }, by('operator'), 'insufficient_role'],
    ['the last admin, to a lower role', 'boss', { role: 'user' }, admin, 'conflict'],
    ['the last admin, to inactive', 'boss', { active: false }, admin, 'conflict'],
    ['to the address of another', 'boss', { email: 'ADA@example.com' }, admin, 'conflict'],
  ];
  for (const [title, username, edit, hand, code] of refusals) {
    it(`is not: ${title}`, async () => {
      const { users } = await withUser({ email: 'ada@example.com' });
      await users.create({ username: 'boss', role: 'admin' }, admin);
      const edited = await users.edit(username, edit, hand);
      equal(edited.ok ? 'ok' : edited.refusal.code, code);
    });
  }
});

describe('a user that is removed', () => {
  it('is gone with sessions and tokens', async () => {
    const { users, stores, published, id } = await withUser();
    await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
    await stores.tokens.create({ id: 't1', userId: id, name: 'ci', hash: 'h', epoch: 0, createdAt: 1 });
    ok((await users.remove('ADA', admin)).ok);
    equal(await users.get('ada'), undefined);
    equal(await stores.sessions.find('s1', Date.now()), undefined);
    equal(await stores.tokens.byHash('h'), undefined);
    deepEqual(published, [{ kind: 'user', id }]);
  });

  it('is not the last admin, however many ask at once', async () => {
    const { users } = await openAccounts();
    const names = Array.from({ length: 5 }, (_, at) => `admin-${at}`);
    for (const username of names) await users.create({ username, role: 'admin' }, admin);
    const removed = await Promise.all(names.map((name) => users.remove(name, admin)));
    equal(removed.filter((one) => one.ok).length, 4);
  });
});

describe('ending all that a user holds', () => {
  it('raises the epoch and ends the sessions', async () => {
    const { users, stores, id } = await withUser();
    await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
    ok((await users.endAll('ada', admin)).ok);
    equal((await stores.users.byId(id))?.epoch, 1);
    equal(await stores.sessions.countOf(id, Date.now()), 0);
  });
});

describe('the list of users', () => {
  it('comes in pages, by name and prefix', async () => {
    const { users } = await openAccounts();
    for (const username of ['bob', 'Ada', 'adele', 'eve']) await users.create({ username }, admin);
    const first = await users.list({ limit: 3 });
    deepEqual(
      first.items.map((user) => user.username),
      ['Ada', 'adele', 'bob'],
    );
    const second = await users.list({ limit: 3, cursor: first.next });
    deepEqual([second.items.map((user) => user.username), second.next], [['eve'], undefined]);
    deepEqual(
      (await users.list({ q: 'AD' })).items.map((user) => user.username),
      ['Ada', 'adele'],
    );
    equal((await users.list({ limit: 0 })).items.length, 1);
  });
});
