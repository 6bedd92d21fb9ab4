import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { type MongoStores, openMongo } from '../../lib/stores/mongo/index.ts';
import { anAdmin, aRefreshToken, aToken, aUser, start } from '../../lib/stores/suites/records.ts';
import { ownMongod } from '../support/mongod.ts';

/** A server of its own, which is killed and made to hang, with a user on it. */
async function open(t: TestContext) {
  const server = await ownMongod();
  t.after(() => server.stop());
  const stores = await openMongo({ url: server.url('gate') });
  t.after(() => stores.close());
  await stores.users.insert(aUser('ada'));
  return { server, stores };
}

async function back(stores: MongoStores): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(50)) {
    if ((await stores.users.byId('u_ada').catch(() => undefined)) !== undefined) return;
  }
  throw new Error('the stores did not come back');
}

test('a server that hangs is told of within a bound, by every verb; when it goes on, so does all', async (t) => {
  const { server, stores } = await open(t);
  const verbs: [what: string, verb: () => Promise<unknown>][] = [
    ['a user', () => stores.users.byId('u_ada')],
    ['a change', () => stores.users.update('u_ada', { role: 'viewer' }, start)],
    ['a new admin', () => stores.users.insert(anAdmin('root'))],
    ['a token', () => stores.tokens.byHash('hash')],
    ['a rotation', () => stores.refreshTokens.rotate('r1', aRefreshToken('r2'), start)],
    ['the keys', () => stores.keys.list()],
    ['a fact', () => stores.facts.get('id')],
    ['the audit log', () => stores.audit.list({ limit: 10 })],
  ];
  server.process.signal('SIGSTOP');
  const began = Date.now();
  const outcomes = await Promise.all(
    verbs.map(([, verb]) =>
      verb().then(
        () => 'answered',
        (error: Error) => error,
      ),
    ),
  );
  const [health] = await stores.health();
  server.process.signal('SIGCONT');
  deepEqual(
    outcomes.map((outcome, at) => [verbs[at]?.[0], outcome instanceof StoreUnavailableError && outcome.store]),
    verbs.map(([what]) => [what, 'mongodb']),
  );
  ok(Date.now() - began < 20_000);
  deepEqual(health, { store: 'mongodb', ok: false, problem: 'it does not answer' });
  await back(stores);
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: true }]);
});

test('a server that is gone is told of, in words without an address, and found again without a restart', async (t) => {
  const { server, stores } = await open(t);
  await server.process.kill();
  await rejects(stores.users.byId('u_ada'), StoreUnavailableError);
  await rejects(stores.users.byId('u_ada'), StoreUnavailableError);
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: false, problem: 'the connection was refused' }]);
  await server.process.startAgain();
  await back(stores);
});

/** What is acknowledged, verb by verb: the look-up that must find it afterwards. */
type Kept = () => Promise<unknown>;

/** Writes until the server is gone, and gives what was acknowledged. */
async function write(stores: MongoStores, own: string): Promise<Kept[]> {
  const { users, tokens, refreshTokens } = stores;
  const kept: Kept[] = [];
  try {
    for (let n = 0; ; n += 1) {
      const name = `${own}x${n}`;
      await users.insert(aUser(name));
      kept.push(async () => ok(await users.byName(name), `the user ${name}`));
      await users.noteEnded(`u_${name}`, [{ id: name, until: start + 1 }], start);
      kept.push(async () => equal((await users.byId(`u_${name}`))?.ended?.length, 1, `the ended session of ${name}`));
      await tokens.create(aToken(name));
      await tokens.remove('u_ada', name);
      kept.push(async () => equal(await tokens.byHash(`hash of ${name}`), undefined, `the removed token ${name}`));
      await refreshTokens.create(aRefreshToken(name, { sessionId: name }));
      await refreshTokens.rotate(name, aRefreshToken(`${name}n`, { sessionId: name }), start);
      kept.push(async () => ok(await refreshTokens.find(`${name}n`, start), `the rotation of ${name}`));
      kept.push(async () => equal(await refreshTokens.find(name, start), undefined, `the spent ${name}`));
    }
  } catch (error) {
    ok(error instanceof StoreUnavailableError, String(error));
    return kept;
  }
}

test('kill -9 among eight writers loses nothing that was acknowledged, three times over', async (t) => {
  const { server, stores } = await open(t);
  for (let round = 0; round < 3; round += 1) {
    const writers = Array.from({ length: 8 }, (_, n) => write(stores, `round${round}n${n}`));
    await wait(700);
    await server.process.kill();
    const kept = (await Promise.all(writers)).flat();
    await server.process.startAgain();
    await back(stores);
    ok(kept.length > 50, `only ${kept.length} were acknowledged`);
    for (const check of kept) await check();
  }
});

test('an admin who joins or leaves while the server is killed is one or none, and the last one stays', async (t) => {
  const { server, stores } = await open(t);
  const { users } = stores;
  equal(await users.insertFirstAdmin(anAdmin('root')), 'created');
  for (let round = 0; round < 3; round += 1) {
    await users.insert(anAdmin(`admin${round}`)).catch(() => undefined);
    const changes = Array.from({ length: 6 }, async (_, n) => {
      for (const role of ['user', 'admin', 'user', 'admin', 'user', 'admin']) {
        await users.update(`u_admin${n % (round + 1)}`, { role }, start).catch(() => undefined);
        await users.update('u_root', { role: n % 2 ? 'user' : 'admin' }, start).catch(() => undefined);
      }
    });
    await wait(60 + round * 40);
    await server.process.kill();
    await server.process.startAgain();
    await Promise.all(changes);
    await back(stores);
    equal(await users.hasAdmin(), true);
    const admins = (await users.list({ limit: 100 })).items.filter(({ role }) => role === 'admin');
    ok(admins.length > 0, 'a member of the roster is believed');
    equal(await users.insertFirstAdmin(anAdmin('late')), 'admin-exists');
  }
});
