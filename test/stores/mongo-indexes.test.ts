import { deepEqual, equal, ok } from 'node:assert/strict';
import test, { after, before, type TestContext } from 'node:test';
import type { MongoStores } from '../../lib/stores/mongo/index.ts';
import { ensureIndexes } from '../../lib/stores/mongo/indexes.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Change } from '../../lib/stores/records/records.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent, minute, start } from '../../lib/stores/suites/records.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { openWatched } from './mongo-open.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

test('every index that uniqueness and the lists stand on is there', async (t) => {
  const { raw } = await openWatched(t, server);
  const found: string[] = [];
  for (const name of ['user_v1', 'ended_session_v1', 'audit']) {
    for (const { key, unique, sparse } of await raw(name).indexes()) {
      const demands = `${unique ? ' unique' : ''}${sparse ? ' sparse' : ''}`;
      if (!('_id' in key && Object.keys(key).length === 1)) found.push(`${name} ${Object.keys(key)}${demands}`);
    }
  }
  deepEqual(found.sort(), [
    'audit actor,_id',
    'audit actor,event,_id',
    'audit event,_id',
    'audit event,outcome,_id',
    'audit event,share,_id',
    'audit outcome,_id',
    'audit subject,_id',
    'ended_session_v1 _expires',
    'ended_session_v1 _owner,_id',
    'user_v1 key_email unique sparse',
    'user_v1 key_name unique sparse',
    'user_v1 order_name',
    'user_v1 order_role',
    'user_v1 order_roleState',
    'user_v1 order_state',
  ]);
});

test('the start makes an index that went missing, and fails where another one is in its place', async (t) => {
  const { raw, connection, collections } = await openWatched(t, server);
  await raw('user_v1').dropIndex('by_key_email');
  await ensureIndexes(connection, collections);
  ok(await raw('user_v1').indexExists('by_key_email'));
  await raw('user_v1').dropIndex('by_key_email');
  await raw('user_v1').createIndex({ key_email: 1 }, { name: 'by_key_email' });
  const message = await ensureIndexes(connection, collections).then(
    () => 'it starts',
    (error: Error) => error.message,
  );
  ok(/index/i.test(message), message);
});

type Verb = (stores: MongoStores) => Promise<unknown>;

const renewed = <R>(record: R | undefined, fields: Partial<R>): Change<R, undefined> =>
  record === undefined
    ? { kind: 'keep', answer: undefined }
    : { kind: 'put', record: { ...record, ...fields }, answer: undefined };

const verbs: [what: string, verb: Verb][] = [
  ['a record', ({ records }) => records.get(userKind, 'u_user7')],
  ['some records', ({ records }) => records.getMany(userKind, ['u_user7', 'u_user8'])],
  ['a record by its key', ({ records }) => records.byKey(userKind, 'email', 'user7@example.com')],
  ['the first page by id', ({ records }) => records.list(userKind, { limit: 20 })],
  ['the next page by id', ({ records }) => records.list(userKind, { limit: 20, after: 'u_user3' })],
  ['the first page in an order', ({ records }) => records.list(userKind, { limit: 20, order: 'name' })],
  ['the next page in an order', ({ records }) => records.list(userKind, { limit: 20, order: 'name', after: 'user3' })],
  [
    'a page by the beginning of the names',
    ({ records }) => records.list(userKind, { limit: 20, order: 'name', prefix: 'user1', after: 'user10' }),
  ],
  ['a count in an order', ({ records }) => records.count(userKind, { order: 'state', prefix: 'pending ', most: 1000 })],
  ['a page of an owner', ({ records }) => records.list(apiTokenKind, { limit: 20, owner: 'u_3' })],
  [
    'a page of an owner in an order',
    ({ records }) => records.list(apiTokenKind, { limit: 20, owner: 'u_3', order: 'name', after: 'token1' }),
  ],
  ['a new record', ({ records }) => records.add(userKind, someUser('new', { email: 'new@example.com' }))],
  ['a record whose key is taken', ({ records }) => records.add(userKind, someUser('user7', { id: 'u_other' }))],
  ['many new records', ({ records }) => records.addMany(userKind, [someUser('one'), someUser('user7')])],
  ['a change', ({ records }) => records.change(userKind, 'u_user7', (user) => renewed(user, { role: 'viewer' }))],
  [
    'a change to a key that is taken',
    ({ records }) => records.change(userKind, 'u_user7', (user) => renewed(user, { email: 'user8@example.com' })),
  ],
  [
    'a change by key, to another id',
    ({ records }) => records.put(userKind, 'name', 'user9', (user) => renewed(user, { id: 'u_next' })),
  ],
  ['a removal', ({ records }) => records.change(userKind, 'u_user7', () => ({ kind: 'remove', answer: undefined }))],
  ['a last use', ({ records }) => records.note(apiTokenKind, 't_token7', start)],
  ['the end of all of an owner', ({ records }) => records.removeAll(apiTokenKind, 'u_3', ['t_token13'])],
  ['a sweep', ({ records }) => records.sweep(endedSessionKind, 10)],
  ['the first page of the audit log', ({ audit }) => audit.list({ limit: 20 })],
  ['the next page of the audit log', ({ audit }) => audit.list({ limit: 20, after: '000100' })],
  ['one event of the audit log', ({ audit }) => audit.list({ limit: 20, event: 'logout', after: '000100' })],
  ['one actor of the audit log', ({ audit }) => audit.list({ limit: 20, actor: 'ada', after: '000100' })],
  ['one event with one outcome', ({ audit }) => audit.list({ limit: 20, event: 'logout', outcome: 'ok' })],
  ['one event of one actor', ({ audit }) => audit.list({ limit: 20, event: 'logout', actor: 'ada' })],
  ['a trimmed audit log', ({ audit }) => audit.trim('logout', 10)],
  ['a sweep of the audit log', ({ audit }) => audit.sweep(start + minute, 10)],
];

async function fill({ records, audit }: MongoStores): Promise<void> {
  const some = Array.from({ length: 150 }, (_, n) => n);
  await records.addMany(
    userKind,
    some.map((n) => someUser(`user${n}`, { email: `user${n}@example.com` })),
  );
  await records.addMany(
    apiTokenKind,
    some.map((n) => someToken(`token${n}`, { userId: `u_${n % 10}` })),
  );
  await records.addMany(
    endedSessionKind,
    some.map((n) => someEnded(`s${n}`, n)),
  );
  await audit.append(some.map((n) => anEvent(n)));
}

type Sent = Readonly<{ commandName: string; command: Record<string, unknown> }>;
type Query = Readonly<{ collection: string; filter: object; sort: object; limit: number }>;

const fieldOf = (source: unknown, name: string): unknown =>
  typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;

/** The driver keeps the order of a sort in a map. */
function objectIn(value: unknown): object {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'object' && value !== null ? value : {};
}

/** What a command looks for: its own filter, or those of the writes in it. */
function queriesOf({ commandName, command }: Sent): Query[] {
  const collection = String(command[commandName]);
  const { updates, deletes } = command;
  const writes = Array.isArray(updates) ? updates : Array.isArray(deletes) ? deletes : undefined;
  const limit = Number(command.limit ?? 0);
  if (writes) return writes.map((write) => ({ collection, filter: objectIn(write.q), sort: {}, limit: 0 }));
  const filter = command.filter ?? command.query;
  return filter === undefined ? [] : [{ collection, filter: objectIn(filter), sort: objectIn(command.sort), limit }];
}

/** The indexes that a plan reads, by name: as MongoDB says it, and as servers on PostgreSQL do. */
function indexesIn(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(indexesIn);
  if (typeof plan !== 'object' || plan === null) return [];
  const stage = fieldOf(plan, 'stage');
  const own = /^(IDHACK|CLUSTERED_IXSCAN)$/.test(String(stage)) ? ['_id_'] : [];
  const named = [fieldOf(plan, 'indexName'), fieldOf(plan, 'Index Name')].filter((name) => typeof name === 'string');
  const below = Object.entries(plan).filter(([key]) => !/^(IndexCosts|rejectedPlans)$/.test(key));
  return [...own, ...named.map(String), ...below.flatMap(([, value]) => indexesIn(value))];
}

type Watched = Awaited<ReturnType<typeof openWatched>>;

/** The queries among them for which no index is read that begins with a field which the query asks or sorts by. */
async function uncovered({ connection }: Watched, sent: readonly Sent[]): Promise<string[]> {
  const bad: string[] = [];
  for (const { collection, filter, sort, limit } of sent.flatMap(queriesOf)) {
    const found = connection.collection(collection);
    const asked = [...Object.keys(filter), ...Object.keys(sort)];
    const plan = await found
      .find({ ...filter })
      .sort(Object.fromEntries(Object.entries(sort)))
      .limit(limit)
      .explain('queryPlanner');
    const used = indexesIn(fieldOf(plan, 'queryPlanner'));
    const there = await found.indexes();
    const fitting = there.filter(({ key }) => asked.includes(Object.keys(key)[0] ?? ''));
    if (!fitting.some(({ name }) => used.includes(String(name)))) {
      bad.push(`${collection} ${JSON.stringify(filter)} reads ${used}`);
    }
  }
  return bad;
}

/** All in one database: it is the same for a query whether another came before. */
test('every query is answered from an index', async (t: TestContext) => {
  const watched = await openWatched(t, server);
  await fill(watched.stores);
  for (const [what, verb] of verbs) {
    await t.test(what, async () => {
      watched.commands.length = 0;
      await verb(watched.stores);
      const sent = watched.commands.map(({ commandName, command }) => ({ commandName, command: { ...command } }));
      ok(sent.length > 0);
      deepEqual(await uncovered(watched, sent), []);
    });
  }
  await t.test('a query without an index is found out', async () => {
    const query = { commandName: 'find', command: { find: 'gatewarden_user_v1', filter: { displayName: 'Ada' } } };
    equal((await uncovered(watched, [query])).length, 1);
  });
});
