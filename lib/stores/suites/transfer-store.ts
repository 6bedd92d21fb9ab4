import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe } from 'node:test';
import type { TransferEntry } from '../records/transfer.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aKey, anAdmin, anEvent, aRefreshToken, aUser, minute, start } from './records.ts';
import { describeConflicts } from './transfer-conflicts.ts';
import { admin, exported, fact, type Moving, put, retired, token, user } from './transfer-entries.ts';

export type { Moving };

const full = {
  email: 'Ada@example.test',
  emailConfirmed: true,
  displayName: 'Ada, Gräfin 🦉',
  passwordHash: '$gw1$x',
  epoch: 7,
  lastLoginAt: start + 5,
  ended: [
    { id: 's9', until: start + minute },
    { id: 's1', until: start + 2 * minute },
  ],
};

/** Entries of every kind, in the order of an export. */
const everything: readonly TransferEntry[] = [
  fact('a', ''),
  fact('installation', 'ünïcode 😀'),
  { kind: 'key', record: aKey('k2', start + 1) },
  { kind: 'key', record: aKey('k1') },
  retired('gone'),
  admin('Ada', full),
  user('bob', { state: 'pending' }),
  user('carl', { state: 'disabled' }),
  token('ci', { id: 't1', role: 'viewer', scopes: [], lastUsedAt: start + 1, expiresAt: start + minute }),
  token('cd', { id: 't2', scopes: ['b', 'a'] }),
  token('made', { id: 't0', parentId: 't1', createdAt: start + 1 }),
  token('made again', { id: 't00', parentId: 't0', createdAt: start + 2 }),
  { kind: 'refresh-token', record: aRefreshToken('h2', { sessionId: 's1' }) },
  { kind: 'refresh-token', record: aRefreshToken('h1', { sessionId: 's2', clientId: 'cli' }) },
  {
    kind: 'spent-refresh-token',
    record: { hash: 'h0', sessionId: 's1', usedAt: start + 1, expiresAt: start + minute },
  },
  { kind: 'audit', record: anEvent(1) },
  {
    kind: 'audit',
    record: anEvent(2, {
      actor: '',
      address: '::1',
      agent: 'x',
      subject: 'user:ada',
      detail: { b: 1.5, a: 'x', c: true },
    }),
  },
];

/** The contract of `TransferStore`, checked through the stores that it fills. */
export function describeTransferStore(name: string, open: Open<Moving>): void {
  describe(`${name} transfer store`, () => {
    describeMoving(open);
    describeConflicts(open);
    describeReplacing(open);
    describeAdmins(open);
    describeMany(open);
  });
}

function describeMoving(open: Open<Moving>): void {
  const check = caseOf(open);
  check('gives back everything that was put in, in one order', async (store) => {
    const mixed = everything.toSorted((a, b) => (a.kind === b.kind ? 0 : a.kind < b.kind ? 1 : -1));
    deepEqual(tally(await store.transfer.put(mixed)), { created: everything.length });
    same(await exported(store), everything);
  });
  check('counts what there is of each kind', async (store) => {
    await store.transfer.put(everything);
    const counts = await store.transfer.count();
    deepEqual(
      [counts.fact, counts.key, counts['retired-name'], counts.user, counts.token, counts.audit],
      [2, 2, 1, 3, 4, 2],
    );
  });
  check('changes nothing when the same comes again, replacing or not', async (store) => {
    await store.transfer.put(everything);
    for (const replace of [false, true]) {
      deepEqual(tally(await store.transfer.put(everything, { replace })), { unchanged: everything.length });
      same(await exported(store), everything);
    }
  });
  check('fills the stores that everything else reads', async (store) => {
    await store.transfer.put(everything);
    same(await store.users.byEmail('ada@EXAMPLE.test'), anAdmin('Ada', full));
    equal((await store.tokens.byHash('hash of made again'))?.id, 't00');
    equal((await store.tokens.remove('u_ada', 'ci')).length, 3);
    same(await store.refreshTokens.find('h1', start), aRefreshToken('h1', { sessionId: 's2', clientId: 'cli' }));
    equal((await store.refreshTokens.rotate('h0', aRefreshToken('h3'), start + 2)).kind, 'reused');
    equal((await store.keys.list())[0]?.kid, 'k2');
    equal(await store.facts.get('installation'), 'ünïcode 😀');
    equal((await store.audit.list({ limit: 5 })).items.length, 2);
    equal(await store.users.insert(aUser('gone')), 'name-retired');
  });
  check('puts keys behind those that are there', async (store) => {
    await store.keys.add(aKey('own', start + 9), undefined);
    for (const entry of everything.filter(({ kind }) => kind === 'key')) equal(await put(store, entry), 'created');
    same(
      (await store.keys.list()).map(({ kid }) => kid),
      ['own', 'k2', 'k1'],
    );
    equal(await store.keys.add(aKey('next', start + 10), 'own'), true);
    same(
      (await store.keys.list()).map(({ kid }) => kid),
      ['next', 'own', 'k2', 'k1'],
    );
  });
}

function describeReplacing(open: Open<Moving>): void {
  const check = caseOf(open);
  const epochOf = async (store: Moving) => (await store.users.byName('ada'))?.epoch;
  check('never lowers an epoch', async (store) => {
    await put(store, user('ada', { epoch: 5 }));
    equal(await put(store, user('ada', { epoch: 2 }), true), 'unchanged');
    equal(await put(store, user('ada', { epoch: 2, displayName: 'A' }), true), 'replaced');
    equal(await epochOf(store), 5);
    equal(await put(store, user('ada', { epoch: 9 }), true), 'replaced');
    equal(await epochOf(store), 9);
  });
  check('ends what a user held where role, state or password change, once', async (store) => {
    await put(store, user('ada', { epoch: 5 }));
    const given = user('ada', { epoch: 5, passwordHash: 'another' });
    equal(await put(store, given, true), 'replaced');
    equal(await epochOf(store), 6);
    equal(await put(store, given, true), 'unchanged');
    equal(await epochOf(store), 6);
  });
  check('leaves an ended session ended', async (store) => {
    await put(store, user('ada', { ended: [{ id: 's1', until: start }] }));
    await put(store, user('ada', { ended: [{ id: 's2', until: start }] }), true);
    same(
      (await store.users.byName('ada'))?.ended?.map(({ id }) => id),
      ['s1', 's2'],
    );
  });
  check('ends the tokens of a user whose name is another user’s now', async (store) => {
    await store.transfer.put([user('ada'), token('ci')]);
    equal(await put(store, user('ada', { id: 'u_2' }), true), 'replaced');
    equal(await store.tokens.byHash('hash of ci'), undefined);
    equal(await store.users.byId('u_ada'), undefined);
  });
}

function describeAdmins(open: Open<Moving>): void {
  const check = caseOf(open);
  check('makes an admin of an admin, and protects the last one', async (store) => {
    equal(await put(store, admin('ada')), 'created');
    equal(await store.users.hasAdmin(), true);
    equal(await store.users.insertFirstAdmin(anAdmin('eve')), 'admin-exists');
    equal(await store.users.remove('u_ada', start), 'last-admin');
    equal(await put(store, admin('bob')), 'created');
    equal(await store.users.remove('u_ada', start), 'removed');
    equal(await store.users.remove('u_bob', start), 'last-admin');
  });
  check('takes no admin away who is the last', async (store) => {
    await put(store, admin('ada'));
    for (const given of [user('ada'), admin('ada', { state: 'disabled' }), user('ada', { id: 'u_2' })]) {
      equal(await put(store, given, true), 'last-admin');
      equal((await store.users.byId('u_ada'))?.role, 'admin');
    }
    await put(store, admin('bob'));
    equal(await put(store, user('ada'), true), 'replaced');
    equal(await store.users.remove('u_bob', start), 'last-admin');
  });
  check('makes an admin of a user who is replaced by one', async (store) => {
    await store.transfer.put([admin('ada'), user('bob')]);
    equal(await put(store, admin('bob'), true), 'replaced');
    equal((await store.users.byId('u_bob'))?.role, 'admin');
    equal(await store.users.remove('u_ada', start), 'removed');
    equal(await store.users.remove('u_bob', start), 'last-admin');
  });
  check('puts one admin in the place of another, who is the only one', async (store) => {
    await put(store, admin('ada'));
    equal(await put(store, admin('ada', { id: 'u_2' }), true), 'replaced');
    equal((await store.users.byId('u_2'))?.role, 'admin');
    equal(await store.users.remove('u_2', start), 'last-admin');
  });
}

function describeMany(open: Open<Moving>): void {
  const check = caseOf(open);
  check('moves more than a page of each kind, each once', async (store) => {
    const many = Array.from({ length: 1201 }, (_, n) => String(n).padStart(5, '0'));
    const entries: TransferEntry[] = [
      ...many.map((n) => retired(`r${n}`)),
      ...many.map((n) => user(`u${n}`)),
      ...many.map((n) => token(n, { userId: `u_u${n}` })),
      ...many.map((n): TransferEntry => ({ kind: 'refresh-token', record: aRefreshToken(n, { sessionId: `s${n}` }) })),
      ...many.map((n): TransferEntry => ({ kind: 'audit', record: anEvent(Number(n)) })),
    ];
    deepEqual(tally(await store.transfer.put(entries)), { created: entries.length });
    same(await exported(store), entries);
  });
  check('takes what stands twice in one batch once', async (store) => {
    deepEqual(await store.transfer.put([user('ada'), user('ada'), user('ada', { id: 'u_2' })]), [
      'created',
      'unchanged',
      'different',
    ]);
    deepEqual(await store.transfer.put([token('ci'), token('ci'), token('ci', { id: 't2', hash: 'h2' })]), [
      'created',
      'unchanged',
      'name-taken',
    ]);
  });
  check('puts the same in from ten sides at once, each record once', async (store) => {
    const entries = Array.from({ length: 50 }, (_, n) => user(`u${n}`));
    const outcomes = (await atOnce(10, () => store.transfer.put(entries))).flat();
    deepEqual(tally(outcomes), { created: 50, unchanged: 450 });
    ok((await store.users.list({ limit: 100 })).items.length === 50);
  });
}
