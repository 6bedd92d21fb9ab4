import { equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { mongo } from 'mongoose';
import { createClient } from 'redis';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
import { anyMongod } from '../support/mongod.ts';
import { freePort } from '../support/ports.ts';
import { redisServer, startRedis } from '../support/redis.ts';

const upstream = 'http://127.0.0.1:1';
type Settings = Readonly<Record<string, string>>;

/** Starts this program on a store that it fills, and again after `raise` has written there what a newer one would. */
async function startOnNewer(t: TestContext, settings: Settings, raise: (dataDir: string) => void | Promise<void>) {
  const folder = await temporaryFolder();
  t.after(() => folder[Symbol.asyncDispose]());
  const gateway = await startGateway({ upstream, dataDir: folder.path, settings });
  await gateway[Symbol.asyncDispose]();
  await raise(folder.path);
  const own = { DATA_DIR: folder.path, HOST: '127.0.0.1', PORT: String(await freePort()) };
  return gatewardenCommand(['run', '--upstream', upstream], { settings: { ...own, ...settings } });
}

/** One more than it was. */
function raiseLayout(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'gatewarden.db'));
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  database.exec(`PRAGMA user_version = ${version + 1}`);
  database.close();
}

function raiseKind(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, 'gatewarden.db'));
  database.exec("UPDATE kinds SET version = version + 1 WHERE name = 'user'");
  database.close();
}

for (const [what, raise, names] of [
  ['layout', raiseLayout, /newer version of Gatewarden \(its layout has version (\d+), this one knows (\d+)\)/],
  [
    'kind of record',
    raiseKind,
    /newer version of Gatewarden \(its kind "user" has version (\d+), this one knows (\d+)\)/,
  ],
] as const) {
  test(`an older program does not start on an SQLite file with a newer ${what}`, async (t) => {
    const { code, stdout, stderr } = await startOnNewer(t, {}, raise);
    const [, newer, known] = names.exec(stderr) ?? [];
    equal(Number(newer), Number(known) + 1, stderr);
    equal(code, 3, stdout);
  });
}

test('an older program does not start on a MongoDB with a newer kind of record', async (t) => {
  const server = await anyMongod();
  t.after(() => server.stop());
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const settings = { MONGODB_URL: url, SECRET_KEY: makeSecretKey() };
  const { code, stdout, stderr } = await startOnNewer(t, settings, async () => {
    const client = await new mongo.MongoClient(url).connect();
    const versions = client.db().collection<{ _id: string }>('gatewarden_schema');
    await versions.updateOne({ _id: 'user' }, { $inc: { version: 1 } });
    await client.close();
  });
  const [, newer, known] =
    /newer version of Gatewarden.*"user" have version (\d+), this version knows version (\d+)/.exec(stderr) ?? [];
  equal(Number(newer), Number(known) + 1, stderr);
  equal(code, 5, stdout);
});

test('an older program does not start on a Redis with newer keys', { skip: redisServer.skip }, async (t) => {
  const server = await startRedis();
  t.after(() => server[Symbol.asyncDispose]());
  const settings = { REDIS_URL: server.url, SECRET_KEY: makeSecretKey() };
  const { code, stdout, stderr } = await startOnNewer(t, settings, async () => {
    const client = await createClient({ url: server.url }).connect();
    await client.incr('gatewarden:schema');
    client.destroy();
  });
  const [, newer, known] =
    /newer version of Gatewarden \(its schema is (\d+), this version knows (\d+)\)/.exec(stderr) ?? [];
  equal(Number(newer), Number(known) + 1, stderr);
  equal(code, 5, stdout);
});
