import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mongoose from 'mongoose';
import { createClient } from 'redis';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { redisServer } from '../support/redis.ts';
import { answered, bearer, call, logIn, signIn, whoIs } from './asking.ts';
import { type Fleet, type Servers, startFleet, startServers } from './fleet.ts';

const password = 'knots above the harbour';

describe('a record that cannot be read', { skip: redisServer.skip }, () => {
  let servers: Servers;
  let fleet: Fleet;
  let admin: string;
  before(async () => {
    servers = await startServers();
    fleet = await startFleet(servers.urls);
    admin = await logIn(at(0), 'ada', adminPassword);
    for (const username of ['bad', 'good']) {
      const body = { username, password, role: 'operator' };
      await answered(await call(at(0), '/users', { method: 'POST', token: admin, body }), 201);
    }
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  const at = (index: number) => fleet.all[index % 3] ?? fleet.app;

  async function cookieOf(username: string) {
    const browser = client(at(0).address);
    await signIn(browser, at(0).prefix, username, password);
    return { cookie: browser.jar.header };
  }

  async function refusedWith503(response: Response): Promise<void> {
    const text = await response.text();
    equal(response.status, 503, text);
    match(response.headers.get('retry-after') ?? '', /^\d+$/);
    match(text, /store_unavailable/);
  }

  const everybodyElse = async () => {
    const good = await cookieOf('good');
    for (const one of fleet.all) {
      equal(await whoIs(one, good), 'good operator');
      equal((await fetch(`${one.address}${one.prefix}/readyz`)).status, 200);
    }
  };

  it('in Redis is an error for its session alone', async (t) => {
    const bad = await cookieOf('bad');
    const raw = createClient({ url: servers.redis.url }).on('error', () => undefined);
    await raw.connect();
    t.after(() => raw.destroy());
    const keys = await raw.keys('gatewarden:session:*');
    const mine = (await Promise.all(keys.map(async (key) => [key, (await raw.get(key)) ?? ''] as const))).filter(
      ([, text]) => JSON.parse(text).kind === 'browser',
    );
    equal(mine.length, 1);
    const [key = ''] = mine[0] ?? [];
    for (const damage of ['{"id":', '[]', '"text"', '{"id":"other"}']) {
      await raw.set(key, damage);
      // By another instance: the one that signed in may answer from what it knows.
      for (const one of [at(1), at(2)]) {
        await refusedWith503(await fetch(`${one.address}${one.prefix}/api/v1/session`, { headers: bad }));
      }
      await everybodyElse();
    }
    await raw.del(key);
    await raw.lPush(key, 'not even a text');
    await refusedWith503(await fetch(`${at(1).address}${at(1).prefix}/api/v1/session`, { headers: bad }));
    equal(await whoIs(at(1), await cookieOf('bad')), 'bad operator');
  });

  it('in MongoDB is an error for its user alone', async (t) => {
    const token = await logIn(at(0), 'bad', password);
    const made = await answered(await call(at(0), '/tokens', { method: 'POST', token, body: { name: 'ci' } }), 201);
    const connection = await mongoose.createConnection(servers.urls.MONGODB_URL).asPromise();
    t.after(() => connection.close());
    const users = connection.collection<{ _id: string }>('gatewarden_user_v1');
    const bad = await users.findOne({ key_name: 'bad' });
    ok(bad);
    const { _id } = bad;
    for (const field of ['epoch', 'state', 'role']) {
      const damaged = await users.updateOne({ _id }, { $set: { [field]: [1] } });
      equal(damaged.modifiedCount, 1);
      for (const one of [at(1), at(2)]) {
        const headers = bearer(String(made.token));
        await refusedWith503(await fetch(`${one.address}${one.prefix}/api/v1/session`, { headers }));
        await refusedWith503(await call(one, '/login', { method: 'POST', body: { username: 'bad', password } }));
      }
      await everybodyElse();
      const { items } = await answered(await call(at(1), '/users', { token: admin }), 200);
      const names = Array.isArray(items) ? items.map((item) => item.username) : [];
      deepEqual(names, ['ada', 'good']);
      await users.replaceOne({ _id }, bad);
    }
    equal(await whoIs(at(1), bearer(String(made.token))), 'bad operator');
  });
});
