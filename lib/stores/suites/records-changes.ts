import { deepEqual, equal, rejects } from 'node:assert/strict';
import { describe } from 'node:test';
import { apiTokenKind } from '../records/kinds/api-token.ts';
import { factKind } from '../records/kinds/fact.ts';
import { type UserRecord, userKind } from '../records/kinds/user.ts';
import type { Decide, Records } from '../records/records.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { someToken, someUser } from './record-samples.ts';

const ada = someUser('Ada', { email: 'ada@example.com' });

/** A decision that writes these fields over those of a record that is there. */
const setting =
  (fields: Partial<UserRecord>): Decide<UserRecord, string> =>
  (user) =>
    user === undefined
      ? { kind: 'keep', answer: 'missing' }
      : { kind: 'put', record: { ...user, ...fields }, answer: 'written' };

/** Holds an engine to `change`, `put` and `note`. */
export function describeRecordChanges(name: string, open: Open<Records>): void {
  describe(`${name}: changes of records`, () => {
    describeOne(open);
    describeConcurrent(open);
    describeByKey(open);
    describeNotes(open);
  });
}

function describeOne(open: Open<Records>): void {
  const check = caseOf(open);
  check('a change raises the version and answers what it decided', async (store) => {
    await store.add(userKind, ada);
    const changed = await store.change(userKind, ada.id, setting({ role: 'viewer', displayName: 'A.' }));
    same(changed, {
      kind: 'done',
      answer: 'written',
      record: { ...ada, role: 'viewer', displayName: 'A.', version: 2 },
    });
    same(await store.get(userKind, ada.id), { ...ada, role: 'viewer', displayName: 'A.', version: 2 });
  });
  check('a field that a change leaves out is gone', async (store) => {
    await store.add(userKind, ada);
    await store.change(userKind, ada.id, setting({ email: undefined }));
    equal((await store.get(userKind, ada.id))?.email, undefined);
    equal((await store.add(userKind, someUser('eve', { email: 'ada@example.com' }))).kind, 'added');
  });
  check('what is kept keeps its version', async (store) => {
    await store.add(userKind, ada);
    const changed = await store.change(userKind, ada.id, () => ({ kind: 'keep', answer: 7 }));
    same(changed, { kind: 'done', answer: 7, record: { ...ada, version: 1 } });
    same(await store.change(userKind, 'u_nobody', setting({})), { kind: 'done', answer: 'missing' });
  });
  check('a change adds a record that is not there', async (store) => {
    const put: Decide<{ id: string; value: string }, undefined> = (fact) => ({
      kind: 'put',
      record: { id: 'a', value: `${fact?.value ?? ''}x` },
      answer: undefined,
    });
    await store.change(factKind, 'a', put);
    await store.change(factKind, 'a', put);
    same(await store.get(factKind, 'a'), { id: 'a', value: 'xx', version: 2 });
  });
  check('a change that would take the key of another writes nothing', async (store) => {
    await store.addMany(userKind, [ada, someUser('bob')]);
    deepEqual(await store.change(userKind, 'u_bob', setting({ email: 'ADA@example.com' })), {
      kind: 'taken',
      key: 'email',
    });
    same(await store.get(userKind, 'u_bob'), { ...someUser('bob'), version: 1 });
  });
  check('a change cannot write another record', async (store) => {
    await store.add(userKind, ada);
    await rejects(store.change(userKind, ada.id, setting({ id: 'u_other' })), TypeError);
    await rejects(store.change(userKind, ada.id, setting({ epoch: 0.5 })), TypeError);
    same(await store.get(userKind, ada.id), { ...ada, version: 1 });
  });
  check('the decision gets the clock of the store', async (store) => {
    await store.change(userKind, 'u_x', (_, now) => {
      equal(Math.abs(now - store.now()) < 60_000, true);
      return { kind: 'keep', answer: undefined };
    });
  });
}

function describeConcurrent(open: Open<Records>): void {
  const check = caseOf(open);
  check('of 100 changes at once each sees what the one before has written', async (store) => {
    await store.add(userKind, ada);
    await atOnce(100, () =>
      store.change(userKind, ada.id, (user) =>
        user === undefined
          ? { kind: 'keep', answer: undefined }
          : { kind: 'put', record: { ...user, epoch: user.epoch + 1 }, answer: undefined },
      ),
    );
    const after = await store.get(userKind, ada.id);
    deepEqual([after?.epoch, after?.version], [100, 101]);
  });
  check('of 50 at once that want to be the first one is', async (store) => {
    const answers = await atOnce(50, (at) =>
      store.change(factKind, 'first', (fact) =>
        fact === undefined
          ? { kind: 'put', record: { id: 'first', value: String(at) }, answer: 'mine' }
          : { kind: 'keep', answer: 'taken' },
      ),
    );
    deepEqual(tally(answers.map((one) => (one.kind === 'done' ? one.answer : one.key))), { mine: 1, taken: 49 });
  });
  check('of 20 that want one unique key one gets it', async (store) => {
    await store.addMany(
      userKind,
      Array.from({ length: 20 }, (_, at) => someUser(`n${at}`)),
    );
    const answers = await atOnce(20, (at) => store.change(userKind, `u_n${at}`, setting({ email: 'one@example.com' })));
    deepEqual(tally(answers.map((one) => (one.kind === 'done' ? one.answer : one.key))), { written: 1, email: 19 });
  });
}

function describeByKey(open: Open<Records>): void {
  const check = caseOf(open);
  check('a record takes over the key that another one left, and that one is removed', async (store) => {
    await store.add(userKind, someUser('Ada', { state: 'removed' }));
    const next = someUser('ada', { id: 'u_next' });
    const changed = await store.put(userKind, 'name', 'ada', (user) =>
      user?.state === 'removed'
        ? { kind: 'put', record: next, answer: 'given again' }
        : { kind: 'keep', answer: 'in use' },
    );
    same(changed, { kind: 'done', answer: 'given again', record: { ...next, version: 1 } });
    equal(await store.get(userKind, 'u_ada'), undefined);
    equal((await store.byKey(userKind, 'name', 'ada'))?.id, 'u_next');
  });
  check('of 30 at once one takes it over', async (store) => {
    await store.add(userKind, someUser('Ada', { state: 'removed' }));
    const answers = await atOnce(30, (at) =>
      store.put(userKind, 'name', 'ada', (user) =>
        user?.state === 'removed'
          ? { kind: 'put', record: someUser('ada', { id: `u_${at}` }), answer: 'mine' }
          : { kind: 'keep', answer: 'in use' },
      ),
    );
    const mine = answers.filter((one) => one.kind === 'done' && one.answer === 'mine');
    equal(mine.length, 1);
    equal((await store.list(userKind, { limit: 10 })).items.length, 1);
  });
  check('a record is changed by its key', async (store) => {
    await store.add(apiTokenKind, someToken('ci'));
    await store.put(apiTokenKind, 'hash', 'hash of ci', (token) =>
      token === undefined ? { kind: 'keep', answer: 0 } : { kind: 'put', record: { ...token, endedAt: 9 }, answer: 1 },
    );
    const ended = await store.get(apiTokenKind, 't_ci');
    deepEqual([ended?.endedAt, ended?.version], [9, 2]);
    equal(await store.byKey(apiTokenKind, 'name', 'u_ada\nci'), undefined);
  });
  check('a key that nobody has is given to the record that is put', async (store) => {
    const changed = await store.put(userKind, 'name', 'ada', () => ({ kind: 'put', record: ada, answer: 1 }));
    same(changed, { kind: 'done', answer: 1, record: { ...ada, version: 1 } });
  });
}

function describeNotes(open: Open<Records>): void {
  const check = caseOf(open);
  check('the last use is kept beside the version, and never goes back', async (store) => {
    await store.add(apiTokenKind, someToken('ci'));
    await store.note(apiTokenKind, 't_ci', 5_000);
    await store.note(apiTokenKind, 't_ci', 4_000);
    same(await store.get(apiTokenKind, 't_ci'), { ...someToken('ci'), lastUsedAt: 5_000, version: 1 });
  });
  check('a change leaves the last use as it is', async (store) => {
    await store.add(userKind, { ...ada, lastLoginAt: 3_000 });
    await store.note(userKind, ada.id, 6_000);
    await store.change(userKind, ada.id, setting({ role: 'viewer', lastLoginAt: 1 }));
    equal((await store.get(userKind, ada.id))?.lastLoginAt, 6_000);
  });
  check('a record that is put without its last use forgets it', async (store) => {
    await store.add(userKind, { ...ada, lastLoginAt: 3_000 });
    await store.change(userKind, ada.id, setting({ state: 'removed', lastLoginAt: undefined }));
    equal((await store.get(userKind, ada.id))?.lastLoginAt, undefined);
  });
  check('a use of what is not there is not an error', async (store) => {
    await store.note(apiTokenKind, 't_nobody', 5_000);
    equal(await store.get(apiTokenKind, 't_nobody'), undefined);
  });
}
