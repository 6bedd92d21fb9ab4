import { deepEqual, equal, ok } from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from 'redis';
import { answered, bearer, call, logIn, signIn, until, whoIs } from '../instances/asking.ts';
import { type Fleet, type OwnMongod, startFleet } from '../instances/fleet.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { ownMongod } from '../support/mongod.ts';
import { type RedisServer, redisServer, startRedis } from '../support/redis.ts';

const password = 'dunlins along the ebb';

async function saveDump(url: string): Promise<void> {
  const raw = createClient({ url }).on('error', () => undefined);
  await raw.connect();
  await raw.sendCommand(['SAVE']);
  raw.destroy();
}

describe('a Redis that comes back with old data', { skip: redisServer.skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let mongod: OwnMongod;
  let redis: RedisServer;
  let fleet: Fleet;
  before(async () => {
    folder = await temporaryFolder();
    [mongod, redis] = await Promise.all([ownMongod(), startRedis(['--dir', folder.path])]);
    fleet = await startFleet({ MONGODB_URL: mongod.url('gatewarden'), REDIS_URL: redis.url });
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
    await mongod?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const at = (index: number) => fleet.all[index % 3] ?? fleet.app;
  const dump = (name: string) => join(folder.path, name);

  async function cookieOf(username: string, index: number) {
    const browser = client(at(index).address);
    await signIn(browser, at(index).prefix, username, password);
    return { cookie: browser.jar.header };
  }

  const edit = async (admin: string, username: string, body: object) =>
    answered(await call(at(1), `/users/${username}`, { method: 'PATCH', token: admin, body }), 200);

  async function signOut(index: number, credential: { cookie: string }, form: Record<string, string> = {}) {
    const { address, prefix } = at(index);
    const signedOut = await fetch(`${address}${prefix}/logout`, {
      method: 'POST',
      headers: { ...credential, origin: address },
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
    equal(signedOut.status, 303);
  }

  /** How a session ends, by its owner or an admin. */
  const ends: Readonly<
    Record<string, (credential: { cookie: string }, admin: string, name: string) => Promise<unknown>>
  > = {
    signing: (credential) => signOut(2, credential),
    everywhere: (credential) => signOut(1, credential, { all: 'true' }),
    ended: async (_credential, admin, name) =>
      answered(await call(at(2), `/users/${name}/end`, { method: 'POST', token: admin, body: {} }), 204),
    activity: async (_credential, admin, name) => {
      await edit(admin, name, { active: false });
      await edit(admin, name, { active: true });
    },
    password: (_credential, admin, name) => edit(admin, name, { password: adminPassword }),
  };

  it('revives no session that has ended since, and keeps those that have not', async () => {
    const admin = await logIn(at(0), 'ada', adminPassword);
    const names = [...Object.keys(ends), 'staying'];
    for (const username of names) {
      const body = { username, password, role: 'operator' };
      await answered(await call(at(0), '/users', { method: 'POST', token: admin, body }), 201);
    }
    const cookies = await Promise.all(names.map((name, index) => cookieOf(name, index)));
    const api = bearer(await logIn(at(0), 'staying', password));
    const tokens = bearer(await logIn(at(1), 'signing', password));
    await saveDump(redis.url);
    await copyFile(dump('dump.rdb'), dump('old.rdb'));
    for (const [index, end] of Object.values(ends).entries()) {
      const cookie = cookies[index];
      ok(cookie);
      await end(cookie, admin, names[index] ?? '');
    }
    const revoked = await fetch(`${at(0).address}${at(0).prefix}/api/v1/session`, {
      method: 'DELETE',
      headers: tokens,
    });
    equal(revoked.status, 204);
    await redis.kill();
    await copyFile(dump('old.rdb'), dump('dump.rdb'));
    await redis.restart();
    await until(async () => (await whoIs(at(0), api)) === 'staying operator', 'the stores answer again', 20_000);
    await until(
      async () => (await Promise.all(fleet.all.map((one) => whoIs(one, api)))).every((who) => who !== '503'),
      'all of them',
      20_000,
    );
    const seen = await Promise.all(
      [...cookies, tokens, api].map((one) => Promise.all(fleet.all.map((instance) => whoIs(instance, one)))),
    );
    const refused = ['401', '401', '401'];
    const stays = ['staying operator', 'staying operator', 'staying operator'];
    deepEqual(seen, [refused, refused, refused, refused, refused, stays, refused, stays]);
  });
});
