import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe } from 'node:test';
import { apiTokenKind } from '../records/kinds/api-token.ts';
import { endedSessionKind } from '../records/kinds/ended-session.ts';
import { factKind } from '../records/kinds/fact.ts';
import { userKind } from '../records/kinds/user.ts';
import type { Change, Records } from '../records/records.ts';
import { allPages, atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { someEnded, someToken, someUser } from './record-samples.ts';
import { describeRecordChanges } from './records-changes.ts';

/** Holds an engine to the verbs of `Records`. `open` returns an empty store each time. */
export function describeRecords(name: string, open: Open<Records>): void {
  describe(`${name}: records`, () => {
    describeReading(open);
    describeAdding(open);
    describeLists(open);
    describeRemoving(open);
  });
  describeRecordChanges(name, open);
}

const ada = someUser('Ada', { email: 'Ada@Example.com', emailConfirmed: true, displayName: 'Ada, Countess 🜲' });

function describeReading(open: Open<Records>): void {
  const check = caseOf(open);
  check('a record is read as it was added, with version 1', async (store) => {
    same(await store.add(userKind, ada), { kind: 'added', record: { ...ada, version: 1 } });
    same(await store.get(userKind, ada.id), { ...ada, version: 1 });
  });
  check('what is not there is undefined', async (store) => {
    equal(await store.get(userKind, 'u_nobody'), undefined);
    equal(await store.byKey(userKind, 'name', 'nobody'), undefined);
  });
  check('a record is found by each of its unique keys, as the kind normalises them', async (store) => {
    await store.add(userKind, ada);
    equal((await store.byKey(userKind, 'name', 'ada'))?.id, ada.id);
    equal((await store.byKey(userKind, 'email', 'ada@example.com'))?.id, ada.id);
    equal(await store.byKey(userKind, 'email', 'Ada@Example.com'), undefined);
  });
  check('several records are read at once, in the order of the ids', async (store) => {
    await store.addMany(userKind, [ada, someUser('bob')]);
    const found = await store.getMany(userKind, ['u_bob', 'u_nobody', 'u_ada', 'u_bob']);
    deepEqual(
      found.map((user) => user?.username),
      ['bob', undefined, 'Ada', 'bob'],
    );
    deepEqual(await store.getMany(userKind, []), []);
  });
  check('a key or an order that the kind does not declare is a mistake of the caller', async (store) => {
    await rejects(store.byKey(userKind, 'shoe size', '42'), TypeError);
    await rejects(store.list(userKind, { limit: 1, order: 'shoe size' }), TypeError);
  });
  check('the clock tells the time of now', async (store) => {
    ok(Math.abs(store.now() - Date.now()) < 3_600_000);
  });
  check('a snapshot reads what was there', async (store) => {
    await store.addMany(userKind, [ada, someUser('bob')]);
    const snapshot = await store.snapshot();
    await store.change(userKind, 'u_bob', () => ({ kind: 'remove', answer: undefined }));
    equal((await snapshot.get(userKind, ada.id))?.username, 'Ada');
    if (snapshot.consistent) equal((await snapshot.list(userKind, { limit: 10 })).items.length, 2);
    await snapshot.close();
  });
}

function describeAdding(open: Open<Records>): void {
  const check = caseOf(open);
  check('an id and each unique key are given once, and the answer names the one that is taken', async (store) => {
    await store.add(userKind, ada);
    deepEqual(await store.add(userKind, { ...ada, nameKey: 'eve', email: 'eve@example.com' }), {
      kind: 'taken',
      key: 'id',
    });
    deepEqual(await store.add(userKind, someUser('ADA', { id: 'u_2' })), { kind: 'taken', key: 'name' });
    deepEqual(await store.add(userKind, someUser('bob', { email: 'aDa@eXample.com' })), {
      kind: 'taken',
      key: 'email',
    });
    equal(await store.get(userKind, 'u_2'), undefined);
    equal(await store.get(userKind, 'u_bob'), undefined);
  });
  check('records without a unique key do not collide', async (store) => {
    const added = await store.addMany(userKind, [someUser('ann'), someUser('bob')]);
    deepEqual(
      added.map(({ kind }) => kind),
      ['added', 'added'],
    );
  });
  check('of many added at once each is answered for itself', async (store) => {
    await store.add(userKind, ada);
    const added = await store.addMany(userKind, [someUser('ann'), someUser('Ada', { id: 'u_other' }), someUser('bob')]);
    deepEqual(
      added.map((one) => (one.kind === 'taken' ? one.key : one.record.username)),
      ['ann', 'name', 'bob'],
    );
  });
  check('of 50 at once with one name one is added', async (store) => {
    const added = await atOnce(50, (at) => store.add(userKind, someUser('ada', { id: `u_${at}` })));
    deepEqual(tally(added.map((one) => (one.kind === 'taken' ? one.key : one.kind))), { added: 1, name: 49 });
    equal((await store.list(userKind, { limit: 10 })).items.length, 1);
  });
  check('a record that does not fit its schema is not written', async (store) => {
    await rejects(store.add(userKind, { ...ada, epoch: -1 }), TypeError);
    await rejects(store.add(factKind, { id: 'half', value: '\ud800' }), TypeError);
    equal(await store.get(userKind, ada.id), undefined);
  });
}

function describeLists(open: Open<Records>): void {
  const check = caseOf(open);
  const names = ['ann', 'bob', 'bobby', 'bobó', 'cid', 'zoë', '\u{1f600}'];
  const fill = (store: Records) =>
    store.addMany(
      userKind,
      names.toReversed().map((name, at) => someUser(name, { id: `u_${at}` })),
    );

  check('are paged in an order, each record once', async (store) => {
    await fill(store);
    const pages = await allPages((after) =>
      store.list(userKind, { limit: 3, order: 'name', ...(after !== undefined && { after }) }),
    );
    deepEqual(
      pages.map((page) => page.map(({ nameKey }) => nameKey)),
      [['ann', 'bob', 'bobby'], ['bobó', 'cid', 'zoë'], ['\u{1f600}']],
    );
  });
  check('are ordered by id where no order is named', async (store) => {
    await fill(store);
    const { items } = await store.list(userKind, { limit: 100 });
    deepEqual(
      items.map(({ id }) => id),
      names.map((_, at) => `u_${at}`),
    );
  });
  check('select by prefix, and go on within it', async (store) => {
    await fill(store);
    const page = await store.list(userKind, { limit: 2, order: 'name', prefix: 'bob' });
    deepEqual(
      page.items.map(({ nameKey }) => nameKey),
      ['bob', 'bobby'],
    );
    const rest = await store.list(userKind, { limit: 2, order: 'name', prefix: 'bob', after: page.next ?? '' });
    deepEqual(
      rest.items.map(({ nameKey }) => nameKey),
      ['bobó'],
    );
    equal(rest.next, undefined);
  });
  check('select by owner', async (store) => {
    await store.addMany(apiTokenKind, [
      someToken('b'),
      someToken('a'),
      someToken('c', { userId: 'u_bob' }),
      someToken('old', { endedAt: 5 }),
    ]);
    const { items } = await store.list(apiTokenKind, { limit: 10, order: 'name', owner: 'u_ada' });
    deepEqual(
      items.map(({ name }) => name),
      ['a', 'b'],
    );
    equal((await store.list(apiTokenKind, { limit: 10, owner: 'u_ada' })).items.length, 3);
  });
  check('leave out a record that has no place in the order', async (store) => {
    await store.addMany(userKind, [ada, someUser('gone', { state: 'removed' })]);
    equal((await store.list(userKind, { limit: 10, order: 'name' })).items.length, 1);
    equal((await store.list(userKind, { limit: 10 })).items.length, 2);
  });
  check('are counted', async (store) => {
    equal(await store.count(userKind), 0);
    await fill(store);
    const counted = (prefix: string, most: number) => store.count(userKind, { order: 'name', prefix, most });
    equal(await counted('bob', 10), 3);
    equal(await counted('', 5), 5);
    equal(await counted('nobody', 5), 0);
    await rejects(store.count(userKind, { order: 'shoe size', prefix: '', most: 1 }), TypeError);
  });
  check('follow a change of the text that they are ordered by', async (store) => {
    await store.addMany(userKind, [someUser('ann'), someUser('bob'), someUser('cid', { state: 'pending' })]);
    const listed = async (order: string, prefix: string) =>
      (await store.list(userKind, { limit: 10, order, prefix })).items.map(({ username }) => username);
    deepEqual(await listed('state', 'active '), ['ann', 'bob']);
    deepEqual(await listed('roleState', 'user pending '), ['cid']);
    await store.change(userKind, 'u_cid', () => {
      const record = someUser('cid', { state: 'active', role: 'viewer' });
      return { kind: 'put', record, answer: undefined };
    });
    deepEqual(await listed('state', 'active '), ['ann', 'bob', 'cid']);
    deepEqual(await listed('state', 'pending '), []);
    deepEqual(await listed('role', 'viewer '), ['cid']);
    deepEqual(await listed('roleState', 'user pending '), []);
  });
}

function describeRemoving(open: Open<Records>): void {
  const check = caseOf(open);
  const remove: Change<never, string> = { kind: 'remove', answer: 'removed' };

  check('a removed record is gone, and its keys are free', async (store) => {
    await store.add(userKind, ada);
    same(await store.change(userKind, ada.id, () => remove), { kind: 'done', answer: 'removed', record: undefined });
    equal(await store.get(userKind, ada.id), undefined);
    equal((await store.add(userKind, { ...ada, id: 'u_new' })).kind, 'added');
  });
  check('all of an owner go in one step, except those named', async (store) => {
    const mine = Array.from({ length: 60 }, (_, at) => someToken(`n${at}`));
    await store.addMany(apiTokenKind, [...mine, someToken('other', { userId: 'u_bob' })]);
    equal(await store.removeAll(apiTokenKind, 'u_ada', ['t_n7', 't_other']), 59);
    deepEqual(
      (await store.list(apiTokenKind, { limit: 100 })).items.map(({ id }) => id),
      ['t_n7', 't_other'],
    );
    equal(await store.removeAll(apiTokenKind, 'u_nobody'), 0);
  });
  check('expired records are swept, some at a time, and no others', async (store) => {
    const now = store.now();
    await store.addMany(endedSessionKind, [
      someEnded('s1', now - 2),
      someEnded('s2', now - 1),
      someEnded('s3', now - 3),
      someEnded('s4', now + 60_000),
    ]);
    equal(await store.sweep(endedSessionKind, 2), 2);
    equal(await store.sweep(endedSessionKind, 2), 1);
    equal(await store.sweep(endedSessionKind, 2), 0);
    equal((await store.get(endedSessionKind, 's4'))?.id, 's4');
    await store.add(apiTokenKind, someToken('lasting'));
    equal(await store.sweep(apiTokenKind, 10), 0);
  });
}
