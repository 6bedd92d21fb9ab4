import { deepEqual, match, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { answered, bearer, call, logIn, until, whoIs } from '../instances/asking.ts';
import { crowd, type Kept, type Maker } from '../instances/crowd.ts';
import { type Fleet, type Instance, type Servers, startFleet, startServers } from '../instances/fleet.ts';
import { adminPassword } from '../support/gateway.ts';
import { redisServer } from '../support/redis.ts';

const clients = 50;
/** After an outage all is well again within so long, without anybody's doing. */
const recovery = 20_000;

describe(`${clients} clients while the stores fail`, { skip: redisServer.skip }, () => {
  let servers: Servers;
  let fleet: Fleet;
  let admin: string;
  let makers: Maker[];
  const kept: Kept = {
    users: [],
    tokens: new Map(),
    revoked: new Set(),
    refusals: new Map(),
    slowest: 0,
    oneIsDown: false,
    strange: [],
  };
  before(async () => {
    servers = await startServers();
    fleet = await startFleet(servers.urls);
    const [first] = fleet.all;
    ok(first);
    admin = await logIn(first, 'ada', adminPassword);
    makers = await Promise.all(Array.from({ length: 10 }, (_, index) => makerOf(first, `maker-${index}`)));
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  /** An admin with an API token. There are several, since what one user makes in an hour is limited. */
  async function makerOf(at: Instance, name: string): Promise<Maker> {
    const account = { username: name, password: adminPassword, role: 'admin' };
    await answered(await call(at, '/users', { method: 'POST', token: admin, body: account }), 201);
    const token = await logIn(at, name, adminPassword);
    const made = await call(at, '/tokens', { method: 'POST', token, body: { name: 'crowd' } });
    return { name, token: String((await answered(made, 201)).token) };
  }

  const ready = async ({ address, prefix }: Instance) => {
    const response = await fetch(`${address}${prefix}/readyz`);
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
  };

  const allReady = () =>
    until(
      async () => (await Promise.all(fleet.all.map(ready))).every(({ status }) => status === 200),
      'everybody is ready again',
      recovery,
    );

  /** Every instance says so by itself, whichever is asked. */
  async function saidToBeDown(store: string): Promise<void> {
    await Promise.all(
      fleet.all.map(async (one) => {
        const answers: Awaited<ReturnType<typeof ready>>[] = [];
        const down = async () => answers[answers.push(await ready(one)) - 1]?.status === 503;
        await until(down, `${store} is missed`, recovery);
        const { text = '', retryAfter } = answers.at(-1) ?? {};
        match(text, new RegExp(`Cannot answer: .*${store}`));
        match(retryAfter ?? '', /^\d+$/);
      }),
    );
  }

  type Failure = Readonly<{ what: string; store: string; begin(): unknown; atLeast: number; end(): unknown }>;
  const failures: readonly Failure[] = [
    {
      what: 'Redis is stopped and started',
      store: 'redis',
      begin: () => servers.redis.kill(),
      atLeast: 0,
      end: () => servers.redis.restart(),
    },
    {
      what: 'MongoDB is killed and started',
      store: 'mongodb',
      begin: () => servers.mongod.process.kill(),
      atLeast: 0,
      end: () => servers.mongod.process.startAgain(),
    },
    {
      what: 'Redis hangs for ten seconds',
      store: 'redis',
      begin: () => servers.redis.hang(),
      atLeast: 10_000,
      end: () => servers.redis.resume(),
    },
    {
      what: 'MongoDB hangs for ten seconds',
      store: 'mongodb',
      begin: () => servers.mongod.process.signal('SIGSTOP'),
      atLeast: 10_000,
      end: () => servers.mongod.process.signal('SIGCONT'),
    },
  ];

  for (const { what, store, begin, atLeast, end } of failures) {
    it(`${what}: refused calls are 503 with Retry-After, and all goes on afterwards`, async (t) => {
      const before = kept.users.length;
      const running = crowd({ fleet, makers, admin, clients, kept });
      t.after(() => running.stop());
      await until(async () => kept.users.length > before + clients / 2, 'the crowd works', recovery);
      await begin();
      await Promise.all([saidToBeDown(store), wait(atLeast)]).finally(end);
      await allReady();
      const after = kept.users.length;
      await until(async () => kept.users.length > after + clients / 2, 'the crowd works again', recovery);
      await running.stop();
      deepEqual(kept.strange, []);
      ok(kept.slowest < recovery, `an answer took ${kept.slowest} ms`);
      t.diagnostic(`the slowest answer: ${Math.round(kept.slowest)} ms`);
      kept.slowest = 0;
    });
  }

  it('a gateway is killed at random moments and started again: all goes on, at the others meanwhile', async (t) => {
    const running = crowd({ fleet, makers, admin, clients, kept });
    t.after(() => running.stop());
    kept.oneIsDown = true;
    for (let round = 0; round < 3; round += 1) {
      const before = kept.users.length;
      await until(async () => kept.users.length > before + clients / 2, 'the crowd works', recovery);
      await wait(Math.random() * 500);
      await fleet.gateways[round % 2]?.restart('SIGKILL');
    }
    await allReady();
    await running.stop();
    kept.oneIsDown = false;
    deepEqual(kept.strange, []);
  });

  /** Asks about each at one of the instances, some at the same time. */
  async function each<T, R>(these: readonly T[], ask: (one: T, at: Instance) => Promise<R>): Promise<R[]> {
    const found: R[] = [];
    for (let from = 0; from < these.length; from += 20) {
      const some = these.slice(from, from + 20);
      found.push(...(await Promise.all(some.map((one, at) => ask(one, fleet.all[at % 3] ?? fleet.app)))));
    }
    return found;
  }

  it('nothing that was acknowledged is lost', async () => {
    const names = new Set<string>();
    let after = '';
    do {
      const path = `/users?limit=200${after === '' ? '' : `&cursor=${encodeURIComponent(after)}`}`;
      const page = await answered(await call(fleet.app, path, { token: admin }), 200);
      for (const { username } of Array.isArray(page.items) ? page.items : []) names.add(username);
      after = typeof page.next_cursor === 'string' ? page.next_cursor : '';
    } while (after !== '');
    deepEqual(
      kept.users.filter((name) => !names.has(name)),
      [],
    );
    const asked = await each([...kept.tokens], async ([token, name], one) => [name, await whoIs(one, bearer(token))]);
    deepEqual(
      asked.filter(([name, who]) => who?.split(' ')[0] !== name),
      [],
    );
  });

  it('nothing that was revoked is accepted by anybody', async () => {
    ok(kept.revoked.size > 0);
    const asked = await each([...kept.revoked], (token, one) => whoIs(one, bearer(token)));
    deepEqual(
      asked.filter((who) => who !== '401'),
      [],
    );
  });

  it('was borne by the processes that were not killed', (t) => {
    for (const { process } of fleet.all) globalThis.process.kill(process.pid, 0);
    const refusals = [...kept.refusals].map(([what, count]) => `${what}: ${count}`);
    t.diagnostic(`${kept.users.length} users, ${kept.revoked.size} revocations, refused: ${refusals.join(', ')}`);
  });
});
