import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { type MongoStores, openMongo } from '../../lib/stores/mongo/index.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Decide, Records } from '../../lib/stores/records/records.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { ownMongod } from '../support/mongod.ts';
import { mongoProxy } from './mongo-proxy.ts';

/** A server of its own, which is killed and made to hang, with a user on it. */
async function open(t: TestContext) {
  const server = await ownMongod();
  t.after(() => server.stop());
  const stores = await openMongo({ url: server.url('gate') });
  t.after(() => stores.close());
  await stores.records.add(userKind, someUser('ada'));
  return { server, stores, records: stores.records };
}

async function back({ records }: MongoStores): Promise<void> {
  let reason: unknown;
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(50)) {
    try {
      await records.get(userKind, 'u_ada');
      return;
    } catch (error) {
      reason = error;
    }
  }
  throw new Error('the stores did not come back', { cause: reason });
}

const setting =
  (fields: Partial<UserRecord>): Decide<UserRecord, boolean> =>
  (user) =>
    user === undefined
      ? { kind: 'keep', answer: false }
      : { kind: 'put', record: { ...user, ...fields }, answer: true };

const gone: Decide<{ id: string }, undefined> = () => ({ kind: 'remove', answer: undefined });

test('a server that hangs is told of within a bound, by every verb; when it goes on, so does all', async (t) => {
  const { server, stores, records } = await open(t);
  const verbs: [what: string, verb: () => Promise<unknown>][] = [
    ['a record', () => records.get(userKind, 'u_ada')],
    ['some records', () => records.getMany(userKind, ['u_ada', 'u_bob'])],
    ['a record by its key', () => records.byKey(userKind, 'name', 'ada')],
    ['a list', () => records.list(userKind, { limit: 10 })],
    ['how many there are', () => records.count(userKind)],
    ['a new record', () => records.add(userKind, someUser('new'))],
    ['many new records', () => records.addMany(userKind, [someUser('one'), someUser('two')])],
    ['a change', () => records.change(userKind, 'u_ada', setting({ role: 'viewer' }))],
    ['a second one of the same record', () => records.change(userKind, 'u_ada', setting({ role: 'user' }))],
    ['a change by key', () => records.put(userKind, 'name', 'ada', setting({ displayName: 'A.' }))],
    ['a last use', () => records.note(userKind, 'u_ada', 5)],
    ['a removal', () => records.removeAll(endedSessionKind, 'u_ada')],
    ['a sweep', () => records.sweep(endedSessionKind, 10)],
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
  ok(Date.now() - began < 30_000);
  deepEqual(health, { store: 'mongodb', ok: false, problem: 'it does not answer' });
  await back(stores);
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: true }]);
});

test('a server that is gone is told of, in words without an address, and found again without a restart', async (t) => {
  const { server, stores, records } = await open(t);
  await server.process.kill();
  await rejects(records.get(userKind, 'u_ada'), StoreUnavailableError);
  await rejects(records.get(userKind, 'u_ada'), StoreUnavailableError);
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: false, problem: 'the connection was refused' }]);
  await server.process.startAgain();
  await back(stores);
});

test('a server that closes all its connections again and again is found again each time', async (t) => {
  const { server, records } = await open(t);
  const proxy = await mongoProxy(t, server.process.port);
  const stores = await openMongo({ url: `mongodb://127.0.0.1:${proxy.port}/gate` });
  t.after(() => stores.close());
  const asking = new AbortController();
  t.after(() => asking.abort());
  const askers = Array.from({ length: 8 }, async () => {
    while (!asking.signal.aborted) await stores.records.get(userKind, 'u_ada').catch(() => wait(5));
  });
  for (let round = 0; round < 8; round += 1) {
    // Past the half second after a heartbeat, in which the driver sends no other one by default.
    await wait(600 + Math.random() * 400);
    await proxy.restart(50);
    await back(stores);
  }
  asking.abort();
  await Promise.all(askers);
  ok(await records.get(userKind, 'u_ada'));
});

/** What is acknowledged, verb by verb: the look-up that must find it afterwards. */
type Kept = () => Promise<unknown>;

/** Writes until the server is gone, and collects what was acknowledged. */
async function write(records: Records, own: string, kept: Kept[]): Promise<void> {
  try {
    for (let n = 0; ; n += 1) {
      const name = `${own}x${n}`;
      await records.add(userKind, someUser(name));
      kept.push(async () => ok(await records.byKey(userKind, 'name', name), `the user ${name}`));
      await records.change(userKind, `u_${name}`, setting({ epoch: 7 }));
      kept.push(async () => equal((await records.get(userKind, `u_${name}`))?.epoch, 7, `the epoch of ${name}`));
      const next = someUser(`${name}r`, { id: `u_${name}_next` });
      await records.add(userKind, someUser(`${name}r`));
      await records.put(userKind, 'name', `${name}r`, () => ({ kind: 'put', record: next, answer: undefined }));
      kept.push(async () => equal(await records.get(userKind, `u_${name}r`), undefined, `the one before ${next.id}`));
      kept.push(async () => ok(await records.get(userKind, next.id), next.id));
      await records.add(apiTokenKind, someToken(name));
      await records.change(apiTokenKind, `t_${name}`, gone);
      kept.push(async () =>
        equal(await records.get(apiTokenKind, `t_${name}`), undefined, `the removed token ${name}`),
      );
      await records.addMany(endedSessionKind, [someEnded(name, 9), { ...someEnded(`${name}y`, 9), userId: name }]);
      await records.removeAll(endedSessionKind, name);
      kept.push(async () => ok(await records.get(endedSessionKind, name), `the ended session ${name}`));
      kept.push(async () => equal(await records.get(endedSessionKind, `${name}y`), undefined, `the one of ${name}`));
    }
  } catch (error) {
    ok(error instanceof StoreUnavailableError, String(error));
  }
}

/** Not only the first moments of the writers: each has gone round once, and then some. */
async function underWay(kept: readonly Kept[], enough: number): Promise<void> {
  for (const end = Date.now() + 60_000; kept.length < enough && Date.now() < end; ) await wait(5);
  await wait(Math.random() * 50);
}

test('kill -9 among eight writers loses nothing that was acknowledged, three times over', async (t) => {
  const { server, stores, records } = await open(t);
  for (let round = 0; round < 3; round += 1) {
    const kept: Kept[] = [];
    const writers = Array.from({ length: 8 }, (_, n) => write(records, `round${round}n${n}`, kept));
    await underWay(kept, 100);
    await server.process.kill();
    await Promise.all(writers);
    await server.process.startAgain();
    await back(stores);
    ok(kept.length >= 100, `only ${kept.length} were acknowledged`);
    for (const check of kept) await check();
  }
});
