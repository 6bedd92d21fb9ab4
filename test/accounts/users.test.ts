import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usersService } from '../../lib/accounts/users.ts';
import { NotToldError } from '../../lib/errors.ts';
import type { NewUser } from '../../lib/services.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { by, caller, keepSession, openAccounts, password } from './open.ts';

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
    deepEqual(published, [{ kind: 'user', id: made.value.id, version: 1 }]);
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
    ['activity', { active: false }],
    ['password', { password: 'other kettle 28 boats' }],
  ];
  for (const [title, edit] of ending) {
    it(`in ${title} loses all sessions and no API token`, async () => {
      const { users, stores, published, record, id, time } = await withUser();
      await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
      ok((await users.edit('ada', edit, admin)).ok);
      equal(await stores.sessions.find('s1', time.now), undefined);
      deepEqual(published, [{ kind: 'user', id, version: 2 }]);
      const user = await record('ada');
      deepEqual([user?.epoch, user?.tokenEpoch], [1, 0]);
    });
  }

  it('loses the API tokens too when that is wanted', async () => {
    const { users, record, events } = await withUser();
    ok((await users.edit('ada', { active: false, endTokens: true }, admin)).ok);
    equal((await record('ada'))?.tokenEpoch, 1);
    deepEqual(events[0]?.detail, { action: 'edited', active: false, tokens: true });
  });

  const harmless: [title: string, edit: object, version: number][] = [
    ['role', { role: 'viewer' }, 2],
    ['display name', { displayName: 'Countess' }, 2],
    ['nothing at all', { role: 'user', active: true }, 1],
  ];
  for (const [title, edit, version] of harmless) {
    it(`in ${title} keeps its sessions, and caches are told all the same`, async () => {
      const { users, stores, published, record, id, time } = await withUser();
      await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
      ok((await users.edit('ada', edit, admin)).ok);
      ok(await stores.sessions.find('s1', time.now));
      equal((await record('ada'))?.epoch, 0);
      deepEqual(published, [{ kind: 'user', id, version }]);
    });
  }

  it('keeps the sessions that were begun since the change', async () => {
    const { parts, users, stores, id, time } = await withUser();
    await keepSession(stores, { id: 'old', userId: id, epoch: 0 });
    const stop = parts.bus.subscribe(() => void keepSession(stores, { id: 'new', userId: id, epoch: 1 }));
    ok((await users.edit('ada', { password: 'other kettle 28 boats' }, admin)).ok);
    stop();
    deepEqual(
      [await stores.sessions.find('old', time.now), (await stores.sessions.find('new', time.now))?.id],
      [undefined, 'new'],
    );
  });

  it('is changed and recorded when the telling fails, and told when the call is repeated', async () => {
    const { parts, events, record, published } = await withUser();
    const untold = { ...parts.bus, publish: () => Promise.reject(new NotToldError('redis')) };
    const deactivate = (bus: typeof parts.bus) => usersService({ ...parts, bus }).edit('ada', { active: false }, admin);
    await rejects(deactivate(untold), NotToldError);
    equal((await record('ada'))?.state, 'disabled');
    deepEqual(
      events.map(({ detail }) => detail),
      [{ action: 'edited', active: false }],
    );
    ok((await deactivate(parts.bus)).ok);
    deepEqual(
      published.map(({ version }) => version),
      [2],
    );
    equal((await record('ada'))?.epoch, 1);
  });

  it('is not changed by an operator once it has been made an admin', async () => {
    const { parts, users, record } = await withUser();
    const { records } = parts.stores;
    // The promotion comes between the look at the user and the write.
    const change: typeof records.change = async (kind, id, decide) => {
      if (kind.name === 'user') await users.edit('ada', { role: 'admin' }, admin);
      return records.change(kind, id, decide);
    };
    const slow = usersService({ ...parts, stores: { ...parts.stores, records: { ...records, change } } });
    const edited = await slow.edit('ada', { active: false }, by('operator'));
    equal(edited.ok ? 'ok' : edited.refusal.code, 'insufficient_role');
    equal((await record('ada'))?.state, 'active');
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
  it('is gone with sessions and tokens, and only the name and the counters are kept', async () => {
    const { users, stores, published, record, id, time } = await withUser({
      email: 'ada@example.com',
      displayName: 'A',
    });
    await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
    await stores.records.add(apiTokenKind, { id: 't1', userId: id, name: 'ci', hash: 'h', epoch: 0, createdAt: 1 });
    ok((await users.remove('ADA', admin)).ok);
    equal(await users.get('ada'), undefined);
    equal(await stores.sessions.find('s1', time.now), undefined);
    equal(await stores.records.get(apiTokenKind, 't1'), undefined);
    deepEqual(published, [{ kind: 'user', id, version: 2 }]);
    const { createdAt: _, updatedAt: _at, ...kept } = (await record('ada')) ?? {};
    deepEqual(kept, {
      ...{ id, username: 'Ada', nameKey: 'ada', role: 'user', state: 'removed', emailConfirmed: false },
      ...{ epoch: 1, tokenEpoch: 1, rights: 1, version: 2 },
    });
  });

  it('cannot sign in, and leaves its address to others', async () => {
    const { users, signIn } = await withUser({ email: 'ada@example.com' });
    ok((await users.remove('ada', admin)).ok);
    for (const username of ['ada', 'ada@example.com']) {
      const verified = await signIn.verify({ username, password }, caller);
      equal(verified.ok ? 'ok' : verified.refusal.code, 'invalid_credentials');
    }
    ok((await users.create({ username: 'eve', email: 'ada@example.com' }, admin)).ok);
  });

  it('is removed once more within a day, which tells it again, and is not found later', async () => {
    const { users, published, time, id } = await withUser();
    ok((await users.remove('ada', admin)).ok);
    time.now += 86_399_999;
    ok((await users.remove('ada', admin)).ok);
    deepEqual(published, [
      { kind: 'user', id, version: 2 },
      { kind: 'user', id, version: 2 },
    ]);
    time.now += 1;
    const late = await users.remove('ada', admin);
    equal(late.ok ? 'ok' : late.refusal.code, 'not_found');
  });

  it('is changed by nobody', async () => {
    const { users } = await withUser();
    ok((await users.remove('ada', admin)).ok);
    for (const change of [users.edit('ada', { active: true }, admin), users.endAll('ada', {}, admin)]) {
      const changed = await change;
      equal(changed.ok ? 'ok' : changed.refusal.code, 'not_found');
    }
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
  const endings: [title: string, ending: object | undefined, tokenEpoch: number][] = [
    ['with the API tokens', undefined, 1],
    ['without the API tokens', { tokens: false }, 0],
  ];
  for (const [title, ending, tokenEpoch] of endings) {
    it(`${title} is one write`, async () => {
      const { users, stores, record, id, time } = await withUser();
      await keepSession(stores, { id: 's1', userId: id, epoch: 0 });
      ok((await users.endAll('ada', ending, admin)).ok);
      const user = await record('ada');
      deepEqual([user?.epoch, user?.tokenEpoch, user?.version], [1, tokenEpoch, 2]);
      equal(await stores.sessions.countOf(id, time.now), 0);
    });
  }
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
