import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before, type TestContext } from 'node:test';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Decide } from '../../lib/stores/records/records.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { mongoProxy } from './mongo-proxy.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

/** Two clients of one database: one through a proxy, and one that is never disturbed. */
async function open(t: TestContext) {
  const url = new URL(server.url(`gatewarden_test_${randomUUID()}`));
  const other = await openMongo({ url: url.href });
  t.after(() => other.close());
  const proxy = await mongoProxy(t, Number(url.port || 27017));
  url.port = String(proxy.port);
  const stores = await openMongo({ url: url.href });
  t.after(() => stores.close());
  return { proxy, records: stores.records, other: other.records };
}

const raised: Decide<UserRecord, string> = (user) =>
  user === undefined
    ? { kind: 'keep', answer: 'missing' }
    : { kind: 'put', record: { ...user, epoch: user.epoch + 1 }, answer: 'raised' };

const removed: Decide<UserRecord, string> = (user) =>
  user === undefined ? { kind: 'keep', answer: 'missing' } : { kind: 'remove', answer: 'removed' };

for (const lose of ['request', 'answer'] as const) {
  test(`a change whose ${lose} is lost is made once`, async (t) => {
    const { proxy, records, other } = await open(t);
    await records.add(userKind, someUser('ada'));
    proxy.intercept({ command: 'findAndModify', lose });
    const changed = await records.change(userKind, 'u_ada', raised);
    equal(proxy.hits, 1);
    deepEqual(changed.kind === 'done' && [changed.answer, changed.record?.version], ['raised', 2]);
    const after = await other.get(userKind, 'u_ada');
    deepEqual([after?.epoch, after?.version], [1, 2]);
  });

  test(`a record whose addition loses its ${lose} is added once, and is not taken by itself`, async (t) => {
    const { proxy, records, other } = await open(t);
    proxy.intercept({ command: 'insert', lose });
    equal((await records.add(userKind, someUser('ada'))).kind, 'added');
    equal(proxy.hits, 1);
    equal((await other.get(userKind, 'u_ada'))?.version, 1);
  });

  test(`of many added each is answered for itself, though the ${lose} is lost`, async (t) => {
    const { proxy, records, other } = await open(t);
    await other.add(userKind, someUser('bob', { id: 'u_other' }));
    proxy.intercept({ command: 'insert', lose });
    const added = await records.addMany(userKind, [someUser('ada'), someUser('bob'), someUser('cyd')]);
    equal(proxy.hits, 1);
    deepEqual(
      added.map((one) => (one.kind === 'taken' ? one.key : one.kind)),
      ['added', 'name', 'added'],
    );
    equal((await other.list(userKind, { limit: 10 })).items.length, 3);
  });
}

test('a change before which another one came decides again on what that one wrote', async (t) => {
  const { proxy, records, other } = await open(t);
  await records.add(userKind, someUser('ada'));
  proxy.intercept({
    command: 'findAndModify',
    lose: 'request',
    meanwhile: () => other.change(userKind, 'u_ada', raised),
  });
  const changed = await records.change(userKind, 'u_ada', raised);
  deepEqual(changed.kind === 'done' && [changed.record?.epoch, changed.record?.version], [2, 3]);
});

test('a change after which others came before it was answered is an outage: it is not known whose write was first', async (t) => {
  const { proxy, records, other } = await open(t);
  await records.add(userKind, someUser('ada'));
  proxy.intercept({
    command: 'findAndModify',
    lose: 'answer',
    meanwhile: () => other.change(userKind, 'u_ada', raised),
  });
  await rejects(records.change(userKind, 'u_ada', raised), StoreUnavailableError);
  const after = await other.get(userKind, 'u_ada');
  deepEqual([after?.epoch, after?.version], [2, 3]);
});

test('a removal whose request is lost is made; one whose answer is lost is an outage, and its repetition finds nothing', async (t) => {
  const { proxy, records } = await open(t);
  await records.add(userKind, someUser('ada'));
  proxy.intercept({ command: 'delete', lose: 'request' });
  const gone = await records.change(userKind, 'u_ada', removed);
  equal(gone.kind === 'done' && gone.answer, 'removed');
  await records.add(userKind, someUser('bob'));
  proxy.intercept({ command: 'delete', lose: 'answer' });
  await rejects(records.change(userKind, 'u_bob', removed), StoreUnavailableError);
  const again = await records.change(userKind, 'u_bob', removed);
  equal(again.kind === 'done' && again.answer, 'missing');
  equal(proxy.hits, 2);
});

test('changes that wait behind one which is not answered are an outage with it, not one after another', async (t) => {
  const { proxy, records, other } = await open(t);
  await records.add(userKind, someUser('ada'));
  proxy.intercept({
    command: 'findAndModify',
    lose: 'answer',
    meanwhile: () => other.change(userKind, 'u_ada', raised),
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => records.change(userKind, 'u_ada', raised)),
  );
  ok(outcomes.every((one) => one.status === 'rejected' && one.reason instanceof StoreUnavailableError));
  equal((await records.change(userKind, 'u_ada', raised)).kind, 'done');
  equal((await other.get(userKind, 'u_ada'))?.epoch, 3);
});
