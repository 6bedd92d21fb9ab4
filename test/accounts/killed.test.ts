import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adminsIn } from '../../lib/accounts/admins.ts';
import { firstAdmin } from '../../lib/accounts/first-admin.ts';
import { ensureSuperuser } from '../../lib/accounts/superuser.ts';
import { usersService } from '../../lib/accounts/users.ts';
import { adminsKind } from '../../lib/stores/records/kinds/admins.ts';
import { dying, Killed } from './dying.ts';
import { by, openAccounts, password, roles } from './open.ts';

type Opened = Awaited<ReturnType<typeof openAccounts>>;

const admin = by('admin', 'command');
const superuser = { superuser: 'boss', superuserPassword: password };
const moments = ['before', 'after'] as const;

const membersOf = async ({ stores }: Opened) => (await stores.records.get(adminsKind, 'admins'))?.members ?? [];

/** A start that makes the superuser, with time that passes while it waits. */
async function start({ parts, time }: Opened, records = parts.stores.records, name = 'boss') {
  const pause = async (ms: number) => {
    time.now += ms;
  };
  const first = await firstAdmin({ ...parts, stores: { ...parts.stores, records } }, pause);
  return ensureSuperuser(first, { ...superuser, superuser: name }, roles);
}

/** How many writes the work makes when nothing kills it. */
async function writesOf(
  work: (opened: Opened, records: Opened['stores']['records']) => Promise<unknown>,
  opened: Opened,
) {
  const { records, state } = dying(opened.stores.records, Number.POSITIVE_INFINITY, 'before');
  await work(opened, records);
  return state.writes;
}

describe('a start that is killed while it creates the first admin', async () => {
  const steps = await writesOf((opened, records) => start(opened, records), await openAccounts());
  ok(steps >= 4, `${steps} writes`);

  for (const at of Array.from({ length: steps }, (_, step) => step)) {
    for (const when of moments) {
      for (const name of ['boss', 'chief']) {
        it(`${when} write ${at}: the next start as ${name} comes up, with one admin, in about a minute`, async () => {
          const opened = await openAccounts();
          const { time } = opened;
          await rejects(start(opened, dying(opened.stores.records, at, when).records), Killed);
          const begun = time.now;
          const made = await start(opened, undefined, name);
          ok(made.ok, JSON.stringify(made));
          ok(time.now - begun <= 61_000, `${time.now - begun} ms`);
          const members = await membersOf(opened);
          const { items } = await opened.users.list();
          deepEqual([items.length, members], [1, [items[0]?.id]]);
          ok((await opened.signIn.verify({ username: items[0]?.username, password }, { address: '' })).ok);
        });
      }
    }
  }
});

describe('a setup that is killed after it has created the user', () => {
  it('is finished by the next start, which asks for no admin', async () => {
    const opened = await openAccounts();
    await rejects(start(opened, dying(opened.stores.records, 3, 'before').records), Killed);
    equal((await opened.users.get('boss'))?.role, 'admin');
    deepEqual(await membersOf(opened), []);
    opened.time.now += 5_000;
    const first = await firstAdmin(opened.parts);
    equal(await first.needed(), false);
    deepEqual(
      opened.events.map(({ event, subject }) => [event, subject]),
      [['user.changed', 'user:boss']],
    );
  });
});

describe('the claim of another process', () => {
  it('is waited for, and taken over a minute after it was made', async () => {
    const opened = await openAccounts();
    const { time, stores } = opened;
    const admins = adminsIn(stores.records, 'admin');
    equal((await admins.claim('u_other')).kind, 'claimed');
    const begun = time.now;
    deepEqual(await start(opened), { ok: true, value: 'created' });
    equal(time.now - begun, 60_000);
    equal(await admins.finish('u_other'), 'lost');
  });

  it('that goes on after it was taken over leaves no second admin', async () => {
    const opened = await openAccounts();
    const { parts, time, stores } = opened;
    const { records } = stores;
    let stalled = true;
    const put: typeof records.put = async (...args) => {
      if (stalled) {
        stalled = false;
        time.now += 60_000;
        deepEqual(await start(opened, undefined, 'chief'), { ok: true, value: 'created' });
      }
      return records.put(...args);
    };
    const slow = await firstAdmin({ ...parts, stores: { ...stores, records: { ...records, put } } });
    const made = await slow.create('boss', password, admin);
    equal(made.ok ? 'ok' : made.refusal.code, 'conflict');
    deepEqual(
      (await opened.users.list()).items.map(({ username }) => username),
      ['chief'],
    );
    equal((await membersOf(opened)).length, 1);
  });
});

describe('40 starts at the same moment', () => {
  it('all come up, with one admin', async () => {
    const opened = await openAccounts();
    const starts = Array.from({ length: 40 }, (_, at) => {
      const parts = opened.parts;
      return firstAdmin(parts).then((first) =>
        ensureSuperuser(first, { ...superuser, superuser: `boss${at % 7}` }, roles),
      );
    });
    const outcomes = (await Promise.all(starts)).map((one) => (one.ok ? one.value : one.refusal.code)).sort();
    deepEqual(outcomes, ['created', ...Array(39).fill('kept')]);
    equal((await opened.users.list()).items.length, 1);
    equal((await membersOf(opened)).length, 1);
  });
});

type Change = (users: ReturnType<typeof usersService>) => Promise<unknown>;

const changes: [title: string, change: Change][] = [
  ['a role', (users) => users.edit('bob', { role: 'viewer' }, admin)],
  ['activity', (users) => users.edit('bob', { active: false }, admin)],
  ['existence', (users) => users.remove('bob', admin)],
];

describe('an admin whose change is killed half-way', () => {
  async function twoAdmins() {
    const opened = await openAccounts();
    for (const username of ['ada', 'bob']) await opened.users.create({ username, role: 'admin', password }, admin);
    return opened;
  }
  const over = ({ parts }: Opened, records: Opened['stores']['records']) =>
    usersService({ ...parts, stores: { ...parts.stores, records } });

  for (const [title, change] of changes) {
    for (const at of [0, 1, 2, 3]) {
      for (const when of moments) {
        it(`of ${title}, ${when} write ${at}: one admin stays, and the repeated change is made`, async () => {
          const opened = await twoAdmins();
          const users = over(opened, dying(opened.stores.records, at, when).records);
          await change(users).catch((error: unknown) => ok(error instanceof Killed, String(error)));
          const ada = await opened.record('ada');
          ok((await membersOf(opened)).includes(ada?.id ?? ''));
          await change(opened.users);
          deepEqual(await membersOf(opened), [ada?.id]);
          const bob = await opened.users.get('bob');
          equal(bob?.active === true && bob.role === 'admin', false);
          const last = await opened.users.edit('ada', { active: false }, admin);
          equal(last.ok ? 'ok' : last.refusal.code, 'conflict');
        });
      }
    }
  }

  it('is counted only once it has joined: made by a process that died, it protects nobody', async () => {
    const opened = await openAccounts();
    await opened.users.create({ username: 'ada', role: 'admin', password }, admin);
    const users = over(opened, dying(opened.stores.records, 1, 'before').records);
    await rejects(users.create({ username: 'bob', role: 'admin', password }, admin), Killed);
    equal((await opened.users.get('bob'))?.role, 'admin');
    const last = await opened.users.remove('ada', admin);
    equal(last.ok ? 'ok' : last.refusal.code, 'conflict');
    // A repeated promotion joins.
    ok((await opened.users.edit('bob', { role: 'admin' }, admin)).ok);
    ok((await opened.users.remove('ada', admin)).ok);
  });
});

describe('admins that are changed at the same time', () => {
  it('who is demoted by another call before joining is no member', async () => {
    const opened = await openAccounts();
    await opened.users.create({ username: 'ada', role: 'admin' }, admin);
    await opened.users.create({ username: 'bob' }, admin);
    const { stores } = opened.parts;
    const change: typeof stores.records.change = async (kind, id, decide) => {
      if (kind.name === 'admins') await opened.users.edit('bob', { role: 'user' }, admin);
      return stores.records.change(kind, id, decide);
    };
    const slow = usersService({ ...opened.parts, stores: { ...stores, records: { ...stores.records, change } } });
    ok((await slow.edit('bob', { role: 'admin' }, admin)).ok);
    equal((await opened.users.get('bob'))?.role, 'user');
    equal((await membersOf(opened)).length, 1);
  });

  it('leave one of them, and the members are those who are admins', async () => {
    for (let round = 0; round < 10; round += 1) {
      const opened = await openAccounts();
      const names = ['a', 'b', 'c', 'd'];
      for (const username of names) await opened.users.create({ username, role: 'admin' }, admin);
      const edits = names.flatMap((name) => [
        opened.users.edit(name, { role: 'user' }, admin),
        opened.users.edit(name, { role: 'admin' }, admin),
        opened.users.edit(name, { active: false }, admin),
      ]);
      await Promise.all(edits);
      const { items } = await opened.users.list();
      const who = items.filter(({ role, active }) => role === 'admin' && active).map(({ id }) => id);
      ok(who.length > 0);
      deepEqual([...(await membersOf(opened))].sort(), who.sort());
    }
  });
});
