import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { adminsKind } from '../../lib/stores/records/kinds/admins.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { signingKeyKind } from '../../lib/stores/records/kinds/signing-key.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';
import { auditLines } from '../../lib/transfer/audit-lines.ts';
import { exported } from '../../lib/transfer/export.ts';
import { aSigningKey, bringIn, emptyStores, fileOf, linesFor, linesIn, type Moving, put, textOf } from './moving.ts';

const root = someUser('Root', {
  role: 'admin',
  email: 'Ada@example.test',
  emailConfirmed: true,
  displayName: 'Ada, Gräfin 🦉',
  passwordHash: '$gw1$x',
  epoch: 7,
  kept: { id: 's9', epoch: 7, was: 's8', at: 5 },
  lastLoginAt: 2_000,
});

/** Records of every kind, in the order of an export. */
const everything = [
  ...linesFor(factKind, { id: 'a', value: '' }, { id: 'installation', value: 'ünïcode 😀' }),
  ...linesFor(signingKeyKind, aSigningKey('k1', 2), aSigningKey('k2', 1)),
  ...linesFor(
    userKind,
    someUser('bob', { state: 'pending' }),
    someUser('carl', { state: 'disabled' }),
    someUser('gone', { state: 'removed' }),
    root,
    someUser('zoe', { role: 'admin' }),
  ),
  ...linesFor(adminsKind, { id: 'admins', members: ['u_zoe', 'u_root'] }),
  ...linesFor(
    apiTokenKind,
    someToken('made', { id: 't0', makers: ['t1'], userId: 'u_root' }),
    someToken('made again', { id: 't00', makers: ['t1', 't0'], userId: 'u_root' }),
    someToken('ci', { id: 't1', role: 'viewer', scopes: [], lastUsedAt: 1, expiresAt: 9, userId: 'u_root' }),
    someToken('cd', { id: 't2', scopes: ['b', 'a'], userId: 'u_bob' }),
    someToken('cd', { id: 't3', hash: 'h3', endedAt: 5, userId: 'u_bob' }),
  ),
  ...linesFor(refreshFamilyKind, {
    ...{ id: 's1', userId: 'u_root', clientId: 'cli', handle: 'h', hash: 'h1', previous: 'h0', rotatedAt: 5 },
    ...{ pace: { since: 5, count: 2 }, createdAt: 1, expiresAt: 9e12 },
  }),
  ...linesFor(endedSessionKind, someEnded('s2', 9e12)),
  ...[anEvent(2, { actor: '', address: '::1', detail: { b: 1.5, a: 'x', c: true } }), anEvent(1)].map(
    auditLines.lineOf,
  ),
];

async function filled(): Promise<Moving> {
  const stores = await emptyStores();
  const { problems } = await bringIn(stores, fileOf(everything));
  deepEqual(problems, []);
  return stores;
}

test('gives back everything that was brought in, in one order, whatever order it came in', async () => {
  deepEqual(await linesIn(await filled()), everything);
  const mixed = await emptyStores();
  // Users before what belongs to them; within a kind in reverse.
  const { problems } = await bringIn(
    mixed,
    fileOf(everything.slice(2).reverse().concat(everything.slice(0, 2)).sort(usersFirst)),
  );
  deepEqual(problems, []);
  deepEqual(await linesIn(mixed), everything);
});

const usersFirst = (one: string, other: string) =>
  Number(other.includes('"kind":"user"')) - Number(one.includes('"kind":"user"'));

test('changes nothing when the same comes again, replacing or not', async () => {
  const stores = await filled();
  for (const replace of [false, true]) {
    const { summary } = await bringIn(stores, fileOf(everything), { replace });
    deepEqual(summary, { created: 0, replaced: 0, unchanged: everything.length, problems: 0, stopped: false });
    deepEqual(await linesIn(stores), everything);
  }
});

test('more than a page of each kind is moved, each record once', async () => {
  const many = Array.from({ length: 1201 }, (_, n) => String(n).padStart(5, '0'));
  const lines = [
    ...linesFor(userKind, ...many.map((n) => someUser(`u${n}`))),
    ...linesFor(apiTokenKind, ...many.map((n) => someToken(n, { userId: `u_u${n}` }))),
    ...linesFor(endedSessionKind, ...many.map((n) => someEnded(n, 9e12))),
    ...many.map((n) => auditLines.lineOf(anEvent(Number(n)))).reverse(),
  ];
  const stores = await emptyStores();
  const { summary } = await bringIn(stores, fileOf(lines));
  deepEqual([summary.created, summary.problems], [lines.length, 0]);
  deepEqual(await linesIn(stores), lines);
});

test('what stands twice in a file is taken once', async () => {
  const stores = await emptyStores();
  const lines = [
    ...linesFor(userKind, someUser('ada'), someUser('ada'), someUser('ada', { id: 'u_2' })),
    ...linesFor(apiTokenKind, someToken('ci'), someToken('ci'), someToken('ci', { id: 't2', hash: 'h2' })),
    ...[anEvent(1), anEvent(1), anEvent(1, { actor: 'eve' })].map(auditLines.lineOf),
  ];
  const { summary, problems } = await bringIn(stores, fileOf(lines));
  deepEqual(summary, { created: 3, replaced: 0, unchanged: 3, problems: 3, stopped: false });
  deepEqual(
    problems.map(({ line }) => line),
    [4, 7, 10],
  );
});

test('the same from ten sides at once is taken in once', async () => {
  const stores = await emptyStores();
  const file = fileOf(linesFor(userKind, ...Array.from({ length: 50 }, (_, n) => someUser(`u${n}`))));
  const all = await Promise.all(Array.from({ length: 10 }, () => bringIn(stores, file)));
  const sum = (name: 'created' | 'unchanged') => all.reduce((total, { summary }) => total + summary[name], 0);
  deepEqual([sum('created'), sum('unchanged')], [50, 450]);
});

test('an event of the audit log is never replaced', async () => {
  const stores = await emptyStores();
  const file = (actor: string) => fileOf([auditLines.lineOf(anEvent(1, { actor }))]);
  await bringIn(stores, file('ada'));
  const { problems } = await bringIn(stores, file('eve'), { replace: true });
  match(problems[0]?.problem ?? '', /it is there already, and differs/);
  equal((await stores.audit.list({ limit: 5 })).items[0]?.actor, 'ada');
});

test('the last use of a token is taken over when the token is replaced, and is no difference by itself', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, someUser('ada'));
  await put(stores, apiTokenKind, someToken('ci', { lastUsedAt: 5 }));
  equal(await put(stores, apiTokenKind, someToken('ci', { lastUsedAt: 9 })), 'unchanged');
  equal(await put(stores, apiTokenKind, someToken('ci', { lastUsedAt: 9, role: 'viewer' }), true), 'replaced');
  equal((await stores.records.get(apiTokenKind, 't_ci'))?.lastUsedAt, 9);
});

async function onFile() {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  const stores = await openSqlite({ dataDir });
  return {
    stores,
    async [Symbol.asyncDispose]() {
      await stores.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

test('an export is one moment: of 375 users who are deleted while it runs each is in it whole', async () => {
  await using opened = await onFile();
  const { stores } = opened;
  const users = Array.from({ length: 1500 }, (_, n) => someUser(`u${String(n).padStart(4, '0')}`));
  await stores.records.addMany(userKind, users);
  await stores.records.addMany(
    apiTokenKind,
    users.map(({ id }) => someToken('ci', { id: `t_${id}`, hash: id, userId: id })),
  );
  await stores.audit.append([anEvent(1)]);
  const before = await textOf(stores);
  const running = exported(stores)[Symbol.asyncIterator]();
  let text = '';
  for (let chunk = 0; chunk < 3; chunk += 1) text += (await running.next()).value ?? '';
  for (const { id } of users.filter((_, n) => n % 4 === 0)) {
    await stores.records.removeAll(apiTokenKind, id);
    await stores.records.change(userKind, id, () => ({ kind: 'remove', answer: undefined }));
  }
  await stores.audit.append([anEvent(2)]);
  for await (const some of { [Symbol.asyncIterator]: () => running }) text += some;
  equal(text === before, true, 'the export is not that of the moment at which it began');
  const after = await textOf(stores);
  notEqual(after, before);
  equal(after.split('\n').length, before.split('\n').length - 2 * 375 + 1);
});

test('a store without a view of one moment is told of before the first line', async () => {
  const stores = await emptyStores();
  let told = 0;
  function onInconsistent() {
    told += 1;
  }
  for await (const some of exported(stores, { onInconsistent })) {
    ok(some.length > 0);
    equal(told, 1);
  }
});

test('a record that cannot be read is told, and hides no other', async () => {
  const stores = await emptyStores();
  await stores.records.addMany(
    userKind,
    ['ada', 'bob', 'carl'].map((name) => someUser(name)),
  );
  await stores.records.add(apiTokenKind, someToken('ci'));
  const snapshot = async () => {
    const whole = await stores.records.snapshot();
    const list: typeof whole.list = async (kind, query, onUnreadable) => {
      const page = await whole.list(kind, query);
      const damaged = page.items.filter(({ id }) => id === 'u_bob');
      for (const { id } of damaged) onUnreadable?.({ kind: kind.name, id });
      return { ...page, items: page.items.filter((one) => !damaged.includes(one)) };
    };
    return { ...whole, list };
  };
  const unreadable: string[] = [];
  let text = '';
  const onUnreadable = (one: { kind: string; id: string }) => void unreadable.push(`${one.kind} ${one.id}`);
  for await (const some of exported({ ...stores, records: { snapshot } }, { onUnreadable })) text += some;
  deepEqual(unreadable, ['user u_bob']);
  equal(text.split('\n').length, 1 + 3 + 1 + 1);
  match(text, /\{"kind":"end","records":3\}\n$/);
});
