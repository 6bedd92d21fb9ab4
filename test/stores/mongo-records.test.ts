import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before } from 'node:test';
import { inspect } from 'node:util';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import type { AnyKind } from '../../lib/stores/records/kind.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Decide, Records, Unreadable } from '../../lib/stores/records/records.ts';
import { someEnded, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { openWatched } from './mongo-open.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

/** What a list could not read. */
async function unreadableIn(records: Records, kind: AnyKind, limit: number) {
  const unreadable: Unreadable[] = [];
  const { items, next } = await records.list(kind, { limit }, (record) => unreadable.push(record));
  return { ids: items.map(({ id }) => id), unreadable, next };
}

const because = (message: RegExp) => (error: Error) => {
  ok(error instanceof StoreUnavailableError);
  ok(error.cause instanceof Error);
  match(error.cause.message, message);
  return true;
};

test('a record that does not fit its kind is an error for that record alone, and a list reports it', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  const { records } = stores;
  await records.addMany(
    userKind,
    ['ada', 'bob', 'cyd', 'dan'].map((name) => someUser(name)),
  );
  await raw('user_v1').updateOne({ _id: 'u_bob' }, { $set: { epoch: 'secret' } });
  await raw('user_v1').updateOne({ _id: 'u_cyd' }, { $unset: { _mark: 1 } });
  await rejects(
    records.get(userKind, 'u_bob'),
    because(/^the record "u_bob" of the kind "user" cannot be read: .*epoch/s),
  );
  await rejects(records.byKey(userKind, 'name', 'cyd'), because(/_mark/));
  await rejects(
    records.change(userKind, 'u_bob', () => ({ kind: 'remove', answer: 1 })),
    because(/epoch/),
  );
  await rejects(records.getMany(userKind, ['u_ada', 'u_bob']), StoreUnavailableError);
  equal((await records.get(userKind, 'u_ada'))?.username, 'ada');
  const cyd = { kind: 'user', id: 'u_cyd' };
  deepEqual(await unreadableIn(records, userKind, 3), {
    ids: ['u_ada'],
    unreadable: [{ kind: 'user', id: 'u_bob' }, cyd],
    next: 'u_cyd',
  });
});

test('the message about a record that cannot be read has no value of it', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  await stores.records.add(userKind, someUser('ada'));
  await raw('user_v1').updateOne({ _id: 'u_ada' }, { $set: { state: 'secret', passwordHash: 5 } });
  await rejects(stores.records.get(userKind, 'u_ada'), (error: Error) => {
    equal(inspect(error).includes('secret'), false);
    return true;
  });
});

const setting =
  (fields: Partial<UserRecord>): Decide<UserRecord, undefined> =>
  (user) =>
    user === undefined
      ? { kind: 'keep', answer: undefined }
      : { kind: 'put', record: { ...user, ...fields }, answer: undefined };

test('a change writes only what differs, and keeps fields that are not known, at every depth', async (t) => {
  const { stores, raw, commands } = await openWatched(t, server);
  const kept = { id: 's1', epoch: 1, was: 's0', at: 5 };
  await stores.records.add(userKind, someUser('ada', { email: 'ada@example.com', kept }));
  await raw('user_v1').updateOne({ _id: 'u_ada' }, { $set: { color: 'red', 'kept.place': 'home' } });
  commands.length = 0;
  await stores.records.change(
    userKind,
    'u_ada',
    setting({ email: undefined, kept: { id: 's2', epoch: 1, at: 5 }, role: 'viewer' }),
  );
  const sent = commands.find(({ commandName }) => commandName === 'findAndModify')?.command.update;
  const orders = ['order_role', 'order_roleState'];
  deepEqual(Object.keys(sent.$set).sort(), ['_mark', 'kept.id', ...orders, 'role', 'version']);
  deepEqual(Object.keys(sent.$unset).sort(), ['email', 'kept.was', 'key_email']);
  const stored = await raw('user_v1').findOne({ _id: 'u_ada' });
  deepEqual([stored?.color, stored?.kept, stored?.version], ['red', { id: 's2', epoch: 1, at: 5, place: 'home' }, 2]);
});

test('what is stored is the record, with what it is found by beside it', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  await stores.records.add(userKind, someUser('ada', { email: 'Ada@example.com', displayName: undefined }));
  await stores.records.add(endedSessionKind, someEnded('s1', 7));
  const { _mark, ...user } = { _mark: undefined, ...(await raw('user_v1').findOne({ _id: 'u_ada' })) };
  match(String(_mark), /^[0-9a-f-]{36}$/);
  const { id: _id, ...fields } = someUser('ada', { email: 'Ada@example.com' });
  const found = { key_name: 'ada', key_email: 'ada@example.com' };
  const orders = { name: 'ada', state: 'active ada', role: 'user ada', roleState: 'user active ada' };
  const places = Object.fromEntries(Object.entries(orders).map(([order, text]) => [`order_${order}`, text]));
  deepEqual(user, { ...fields, ...found, ...places, _id, version: 1, _schema: 2 });
  const ended = await raw('ended_session_v1').findOne({ _id: 's1' });
  deepEqual([ended?._owner, ended?._expires], ['u_ada', 7]);
});

const raised: Decide<UserRecord, undefined> = (user) =>
  user === undefined
    ? { kind: 'keep', answer: undefined }
    : { kind: 'put', record: { ...user, epoch: user.epoch + 1 }, answer: undefined };

test('of the changes of several instances, by id and by key, each sees what the one before has written', async (t) => {
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const instances = await Promise.all([1, 2, 3].map(() => openMongo({ url })));
  t.after(() => Promise.all(instances.map((one) => one.close())));
  await instances[0]?.records.add(userKind, someUser('ada'));
  const changes = instances.flatMap(({ records }) =>
    Array.from({ length: 30 }, (_, n) =>
      n % 2 ? records.put(userKind, 'name', 'ada', raised) : records.change(userKind, 'u_ada', raised),
    ),
  );
  await Promise.all(changes);
  const after = await instances[0]?.records.get(userKind, 'u_ada');
  deepEqual([after?.epoch, after?.version], [90, 91]);
});

test('a text that no record can have is found nowhere', async (t) => {
  const { stores } = await openWatched(t, server);
  const { records } = stores;
  await records.add(userKind, someUser('ada'));
  for (const text of ['\0', 'ada\0', '\ud800', 'x'.repeat(70_000)]) {
    equal(await records.get(userKind, text), undefined);
    equal(await records.byKey(userKind, 'name', text), undefined);
    deepEqual(await records.getMany(userKind, [text]), [undefined]);
    deepEqual((await records.list(userKind, { limit: 5, prefix: text })).items, []);
  }
});

test('a prefix may end in the last character that there is', async (t) => {
  const { stores } = await openWatched(t, server);
  const { records } = stores;
  const ids = ['a', 'a\u{10ffff}', 'a\u{10ffff}b', 'b', '\ud7ff', '\ue000', '\u{10ffff}'];
  await records.addMany(
    factKind,
    ids.map((id) => ({ id, value: '' })),
  );
  const found = async (prefix: string) =>
    (await records.list(factKind, { limit: 10, prefix })).items.map(({ id }) => id);
  deepEqual(await found('a'), ['a', 'a\u{10ffff}', 'a\u{10ffff}b']);
  deepEqual(await found('a\u{10ffff}'), ['a\u{10ffff}', 'a\u{10ffff}b']);
  deepEqual(await found('\ud7ff'), ['\ud7ff']);
  deepEqual(await found('\u{10ffff}'), ['\u{10ffff}']);
});

test('the clock is the server’s, not that of this process', async (t) => {
  const { stores } = await openWatched(t, server);
  t.mock.method(Date, 'now', () => 1_000);
  ok(stores.records.now() > 1_700_000_000_000);
  await stores.records.addMany(endedSessionKind, [someEnded('s1', 2_000), someEnded('s2', 9_000_000_000_000)]);
  equal(await stores.records.sweep(endedSessionKind, 10), 1);
});

test('a damaged event is left out, a damaged detail says so', async (t) => {
  const { stores, raw } = await openWatched(t, server);
  await stores.audit.append([anEvent(1), anEvent(2), anEvent(3)]);
  await raw('audit').updateOne({ _id: '000002' }, { $set: { at: 'once' } });
  await raw('audit').updateOne({ _id: '000003' }, { $set: { detail: [1] } });
  deepEqual(
    (await stores.audit.list({ limit: 10 })).items.map(({ id, detail }) => [id, detail]),
    [
      ['000003', { unreadable: true }],
      ['000001', undefined],
    ],
  );
});
