import { deepEqual, equal } from 'node:assert/strict';
import test from 'node:test';
import { type AdminsRecord, adminsKind } from '../../lib/stores/records/kinds/admins.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { signingKeyKind } from '../../lib/stores/records/kinds/signing-key.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { replacementOf } from '../../lib/transfer/rules/user.ts';
import { aSigningKey, bringIn, emptyStores, fileOf, linesFor, type Moving, put } from './moving.ts';

const lastAdmin = 'no active admin would be left';
const admin = (name: string, more: Partial<UserRecord> = {}) => someUser(name, { role: 'admin', ...more });
const ada = ({ records }: Moving) => records.byKey(userKind, 'name', 'ada');
const members = async ({ records }: Moving) => (await records.get(adminsKind, 'admins'))?.members;

const counters = (epoch: number, tokenEpoch = epoch, rights = epoch) => ({ epoch, tokenEpoch, rights });
const kept = { id: 's', epoch: 5, at: 1 };

const replacements: readonly [
  what: string,
  given: Partial<UserRecord>,
  there: Partial<UserRecord>,
  next: Partial<UserRecord>,
][] = [
  ['none goes down', counters(2, 3, 4), counters(5), counters(5)],
  ['each goes up', counters(9, 8, 7), counters(5), counters(9, 8, 7)],
  ['another password', { ...counters(5), passwordHash: 'b' }, { ...counters(5), passwordHash: 'a' }, counters(6)],
  ['another state', { ...counters(2), state: 'disabled' }, counters(5), counters(6)],
  ['another role', { ...counters(5), role: 'viewer' }, counters(5), counters(6)],
  ['another role and a later epoch', { ...counters(9, 0, 0), role: 'viewer' }, counters(5), counters(9, 6, 6)],
  ['the kept session of the greater epoch', { ...counters(4) }, { ...counters(5), kept }, { ...counters(5), kept }],
  ['the kept session that comes in', { ...counters(5), kept }, counters(4), { ...counters(5), kept }],
];
for (const [what, given, there, next] of replacements) {
  test(`the counters of a user who is replaced: ${what}`, () => {
    const replaced = replacementOf(someUser('ada', given), someUser('ada', there));
    const { epoch, tokenEpoch, rights } = replaced;
    deepEqual({ ...next, epoch, tokenEpoch, rights }, next);
    deepEqual(replaced.kept, next.kept);
  });
}

test('a user who is replaced by one with another password loses what they held, once', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, someUser('ada', counters(5)));
  const given = someUser('ada', { ...counters(5), passwordHash: 'another' });
  equal(await put(stores, userKind, given, true), 'replaced');
  equal(await put(stores, userKind, given, true), 'unchanged');
  deepEqual([(await ada(stores))?.epoch, (await ada(stores))?.tokenEpoch], [6, 6]);
});

test('a user who was deleted comes back only when they are replaced, with higher counters', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, someUser('ada', { ...counters(5), state: 'removed' }));
  await put(stores, userKind, someUser('ada', counters(5)));
  equal((await ada(stores))?.state, 'removed');
  equal(await put(stores, userKind, someUser('ada', counters(5)), true), 'replaced');
  deepEqual([(await ada(stores))?.state, (await ada(stores))?.epoch], ['active', 6]);
});

test('an ended session stays ended, for the longer time', async () => {
  const stores = await emptyStores();
  for (const [id, until] of [
    ['s1', 9],
    ['s2', 9],
    ['s1', 5],
  ] as const) {
    await put(stores, endedSessionKind, someEnded(id, until), true);
  }
  equal((await stores.records.get(endedSessionKind, 's1'))?.until, 9);
  equal((await stores.records.get(endedSessionKind, 's2'))?.until, 9);
});

test('what a user held ends when the name is another user’s now', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, someUser('ada'));
  await put(stores, apiTokenKind, someToken('ci'));
  equal(await put(stores, userKind, someUser('ada', { id: 'u_2' }), true), 'replaced');
  equal(await stores.records.get(apiTokenKind, 't_ci'), undefined);
  equal(await stores.records.get(userKind, 'u_ada'), undefined);
});

test('an admin of the file is an admin, also without the record of the admins', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, admin('ada'));
  await put(stores, userKind, admin('off', { state: 'disabled' }));
  deepEqual(await members(stores), ['u_ada']);
});

test('an admin whose import was cut off before they joined is one after the next', async () => {
  const stores = await emptyStores();
  await stores.records.add(userKind, admin('ada'));
  equal(await put(stores, userKind, admin('ada')), 'unchanged');
  deepEqual(await members(stores), ['u_ada']);
});

test('the admins of the file come to those that are there; who is none by their record does not', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, admin('root'));
  await put(stores, userKind, someUser('eve'));
  const record: AdminsRecord = { id: 'admins', members: ['u_zoe', 'u_eve', 'u_nobody', 'u_ada'] };
  const lines = [...linesFor(userKind, admin('ada'), admin('zoe')), ...linesFor(adminsKind, record)];
  const { summary } = await bringIn(stores, fileOf(lines));
  deepEqual([summary.created, summary.replaced, summary.problems], [2, 1, 0]);
  deepEqual(await members(stores), ['u_root', 'u_zoe', 'u_ada']);
});

test('takes no admin away who is the last', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, admin('ada'));
  for (const given of [someUser('ada'), admin('ada', { state: 'disabled' }), someUser('ada', { id: 'u_2' })]) {
    equal(await put(stores, userKind, given, true), lastAdmin);
    equal((await stores.records.get(userKind, 'u_ada'))?.role, 'admin');
    deepEqual(await members(stores), ['u_ada']);
  }
  await put(stores, userKind, admin('bob'));
  equal(await put(stores, userKind, someUser('ada'), true), 'replaced');
  deepEqual(await members(stores), ['u_bob']);
});

test('an admin who was the last may go when another one comes further down', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, admin('ada'));
  const { summary } = await bringIn(stores, fileOf(linesFor(userKind, someUser('ada'), admin('zoe'))), {
    replace: true,
  });
  deepEqual([summary.created, summary.replaced, summary.problems], [1, 1, 0]);
  deepEqual(await members(stores), ['u_zoe']);
});

test('an admin who cannot be changed after all stays one', async () => {
  const stores = await emptyStores();
  for (const one of [admin('ada'), admin('bob'), someUser('eve', { email: 'e@example.test' })])
    await put(stores, userKind, one);
  const given = someUser('ada', { email: 'e@example.test' });
  equal(await put(stores, userKind, given, true), 'another user has the same email');
  deepEqual(new Set(await members(stores)), new Set(['u_ada', 'u_bob']));
});

test('a user who is replaced by an admin is one; an admin takes the place of another, who is the only one', async () => {
  const stores = await emptyStores();
  await put(stores, userKind, admin('ada'));
  await put(stores, userKind, someUser('bob'));
  equal(await put(stores, userKind, admin('bob'), true), 'replaced');
  deepEqual(await members(stores), ['u_ada', 'u_bob']);
  equal(await put(stores, userKind, someUser('ada'), true), 'replaced');
  equal(await put(stores, userKind, admin('bob', { id: 'u_2' }), true), 'replaced');
  deepEqual(await members(stores), ['u_2']);
});

for (const place of [0, 1, 7]) {
  test(`signing keys come in as older than one that has the place ${place}`, async () => {
    const stores = await emptyStores();
    await stores.records.add(signingKeyKind, aSigningKey('own', place, { createdAt: 9_000 }));
    const given = [aSigningKey('a', 2, { createdAt: 3 }), aSigningKey('b', 1, { createdAt: 2 }), aSigningKey('c', 3)];
    for (const outcome of ['created', 'unchanged'] as const) {
      const { summary, problems } = await bringIn(stores, fileOf(linesFor(signingKeyKind, ...given)));
      deepEqual([problems, summary[outcome]], [[], 3]);
    }
    const { items } = await stores.records.list(signingKeyKind, { limit: 10, order: 'place' });
    deepEqual(
      items.map(({ id }) => id),
      ['b', 'a', 'c', 'own'],
    );
  });
}
