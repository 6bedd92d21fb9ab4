import { deepEqual, equal, ok } from 'node:assert/strict';
import test, { after, before, type TestContext } from 'node:test';
import type { MongoStores } from '../../lib/stores/mongo/index.ts';
import { ensureIndexes } from '../../lib/stores/mongo/indexes.ts';
import {
  aKey,
  anAdmin,
  anEvent,
  aRefreshToken,
  aToken,
  aUser,
  minute,
  start,
} from '../../lib/stores/suites/records.ts';
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
  for (const name of ['users', 'api_tokens', 'refresh_families', 'spent_refresh_tokens', 'audit']) {
    for (const { key, unique, sparse } of await raw(name).indexes()) {
      const demands = `${unique ? ' unique' : ''}${sparse ? ' sparse' : ''}`;
      if (!('_id' in key && Object.keys(key).length === 1)) found.push(`${name} ${Object.keys(key)}${demands}`);
    }
  }
  deepEqual(found.sort(), [
    'api_tokens hash unique',
    'api_tokens madeBy',
    'api_tokens userId,name unique',
    'audit actor,_id',
    'audit event,_id',
    'audit event,share,_id',
    'refresh_families live.expiresAt',
    'refresh_families live.hash',
    'spent_refresh_tokens expiresAt',
    'spent_refresh_tokens sessionId',
    'users emailKey unique sparse',
    'users id unique sparse',
  ]);
});

test('the start makes an index that went missing, and fails where another one is in its place', async (t) => {
  const { raw, connection, collections } = await openWatched(t, server);
  await raw('users').dropIndex('by_email');
  await ensureIndexes(connection, collections);
  ok(await raw('users').indexExists('by_email'));
  await raw('users').dropIndex('by_email');
  await raw('users').createIndex({ emailKey: 1 }, { name: 'by_email' });
  const message = await ensureIndexes(connection, collections).then(
    () => 'it starts',
    (error: Error) => error.message,
  );
  ok(/index/i.test(message), message);
});

type Verb = (stores: MongoStores) => Promise<unknown>;

const verbs: [what: string, verb: Verb][] = [
  ['a user by id', ({ users }) => users.byId('u_user7')],
  ['an admin by id', ({ users }) => users.byId('u_root')],
  ['a user by name, for sign-in', ({ users }) => users.byName('user7')],
  ['a user by address', ({ users }) => users.byEmail('user7@example.com')],
  ['the first page of users', ({ users }) => users.list({ limit: 20 })],
  ['the next page of users', ({ users }) => users.list({ limit: 20, after: 'user3' })],
  ['users by the beginning of their names', ({ users }) => users.list({ limit: 20, prefix: 'user1', after: 'user10' })],
  ['whether there is an admin', ({ users }) => users.hasAdmin()],
  ['a new user', ({ users }) => users.insert(aUser('new', { email: 'new@example.com' }))],
  ['a user whose name is taken', ({ users }) => users.insert(aUser('user7'))],
  ['a new admin', ({ users }) => users.insert(anAdmin('second'))],
  ['another role', ({ users }) => users.update('u_user7', { role: 'viewer' }, start)],
  ['another address', ({ users }) => users.update('u_user7', { email: 'seven@example.com' }, start)],
  ['another password', ({ users }) => users.update('u_user7', { passwordHash: 'new' }, start)],
  ['an admin who goes', ({ users }) => users.update('u_second', { role: 'user' }, start)],
  ['a sign-in', ({ users }) => users.signedIn('u_user7', start)],
  ['a better hash', ({ users }) => users.rehash('u_user7', 'new', 'better')],
  ['an ended session', ({ users }) => users.noteEnded('u_user7', [{ id: 's1', until: start + 1 }], start)],
  ['a removed user', ({ users }) => users.remove('u_user7', start)],
  ['a new API token', ({ tokens }) => tokens.create(aToken('new', { parentId: 't_token7' }))],
  ['an API token', ({ tokens }) => tokens.byHash('hash of token7')],
  ['an API token that another made', ({ tokens }) => tokens.byHash('hash of new')],
  ['the API tokens of a user', ({ tokens }) => tokens.listOf('u_ada')],
  ['an API token’s last use', ({ tokens }) => tokens.touch('t_token7', start)],
  ['a removed API token', ({ tokens }) => tokens.remove('u_ada', 'token7')],
  ['all removed API tokens of a user', ({ tokens }) => tokens.removeAllOf('u_ada')],
  ['a new refresh token', ({ refreshTokens }) => refreshTokens.create(aRefreshToken('new', { sessionId: 's7' }))],
  ['a refresh token', ({ refreshTokens }) => refreshTokens.find('hash7', start)],
  ['a rotation', ({ refreshTokens }) => refreshTokens.rotate('hash7', aRefreshToken('next'), start)],
  ['a rotation of a spent one', ({ refreshTokens }) => refreshTokens.rotate('hash7', aRefreshToken('again'), start)],
  ['the end of a family', ({ refreshTokens }) => refreshTokens.endFamily('s7')],
  ['a sweep of refresh tokens', ({ refreshTokens }) => refreshTokens.sweep(start + 90 * minute, 10)],
  ['the signing keys', ({ keys }) => keys.list()],
  ['a fact', ({ facts }) => facts.putIfAbsent('id', 'one')],
  ['the first page of the audit log', ({ audit }) => audit.list({ limit: 20 })],
  ['the next page of the audit log', ({ audit }) => audit.list({ limit: 20, after: '000100' })],
  ['one event of the audit log', ({ audit }) => audit.list({ limit: 20, event: 'logout', after: '000100' })],
  ['one actor of the audit log', ({ audit }) => audit.list({ limit: 20, actor: 'ada', after: '000100' })],
  ['a trimmed audit log', ({ audit }) => audit.trim('logout', 10)],
  ['a sweep of the audit log', ({ audit }) => audit.sweep(start + minute, 10)],
];

async function fill({ users, tokens, refreshTokens, keys, audit }: MongoStores): Promise<void> {
  const some = Array.from({ length: 150 }, (_, n) => n);
  await users.insertFirstAdmin(anAdmin('root'));
  await Promise.all(some.map((n) => users.insert(aUser(`user${n}`, { email: `user${n}@example.com` }))));
  await Promise.all(some.map((n) => tokens.create(aToken(`token${n}`))));
  await Promise.all(some.map((n) => refreshTokens.create(aRefreshToken(`hash${n}`, { sessionId: `s${n}` }))));
  await keys.add(aKey('k1'), undefined);
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
    const query = { commandName: 'find', command: { find: 'gatewarden_users', filter: { displayName: 'Ada' } } };
    equal((await uncovered(watched, [query])).length, 1);
  });
});
