import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const at = (name: string) => join(folder.path, name);

type Settings = Readonly<Record<string, string>>;
const backUp = (file: string, settings: Settings, args: readonly string[] = []) =>
  gatewardenCommand(['backup', file, ...args], { settings });

const api = '/_gatewarden/api/v1';
const json = { 'content-type': 'application/json' };

/** Signs in as the admin; gives what calls need that carry the token. */
async function signedIn(address: string): Promise<Record<string, string>> {
  const answer = await client(address).json(`${api}/login`, { username: 'ada', password: adminPassword });
  equal(answer.status, 200, await answer.clone().text());
  const { token }: { token: string } = JSON.parse(await answer.text());
  return { ...json, authorization: `Bearer ${token}` };
}

/** Adds users, four at a time, until it is stopped. `acknowledged` are those that were answered with 201. */
function load(address: string, headers: Record<string, string>) {
  const acknowledged: string[] = [];
  const others: number[] = [];
  let stopped = false;
  async function add(worker: number): Promise<void> {
    for (let n = 0; !stopped; n += 1) {
      const username = `u${worker}x${n}`;
      const body = JSON.stringify({ username, active: true });
      const { status } = await fetch(`${address}${api}/users`, { method: 'POST', headers, body });
      if (status === 201) acknowledged.push(username);
      else others.push(status);
    }
  }
  const done = Promise.all([0, 1, 2, 3].map(add));
  return {
    acknowledged,
    others,
    async stop() {
      stopped = true;
      await done;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(20);
}

/** Every username in the store, by the command. */
async function usersIn(dataDir: string): Promise<ReadonlySet<string>> {
  const { code, stdout, stderr } = await gatewardenCommand(['user', 'list', '--local', '-o', 'json'], {
    settings: { DATA_DIR: dataDir },
  });
  equal(code, 0, stderr);
  const listed: { username: string }[] = JSON.parse(stdout);
  return new Set(listed.map(({ username }) => username));
}

test('a copy that is made under load has all that was acknowledged before, and is restored by putting it in place', async () => {
  await using demo = await startDemo();
  await demo.firstAdmin();
  const copy = at('under-load.db');
  const writing = load(demo.address, await signedIn(demo.address));
  await until(() => writing.acknowledged.length > 100);
  const before = [...writing.acknowledged];
  const { code, stderr } = await backUp(copy, { DATA_DIR: demo.dataDir });
  equal(code, 0, stderr);
  match(stderr, /secret key is not in it: keep .*secret_key/);
  const during = writing.acknowledged.length;
  await until(() => writing.acknowledged.length > during + 20);
  await writing.stop();
  deepEqual(writing.others, [], 'the copy held nobody up');
  await demo.process.stop();

  const database = join(demo.dataDir, 'gatewarden.db');
  for (const old of [database, `${database}-wal`, `${database}-shm`]) await rm(old, { force: true });
  await copyFile(copy, database);
  await demo.restart();
  const users = await usersIn(demo.dataDir);
  deepEqual(
    before.filter((name) => !users.has(name)),
    [],
  );
  ok(users.size < writing.acknowledged.length, 'what came later is not in it');
  await signedIn(demo.address);
});

/** A store with something in it. */
async function aStore(name: string): Promise<string> {
  const dataDir = at(name);
  const stores = await openSqlite({ dataDir });
  await stores.records.add(factKind, { id: 'installation', value: name });
  await stores.close();
  return dataDir;
}

test('a copy is whole, for its owner alone, and leaves nothing beside it', async () => {
  const dataDir = await aStore('plain');
  await mkdir(at('copies'));
  const copy = at('copies/a.db');
  const { code, stdout } = await backUp(copy, { DATA_DIR: dataDir }, ['-o', 'json']);
  equal(code, 0);
  deepEqual(JSON.parse(stdout), { file: copy, bytes: (await stat(copy)).size });
  equal((await stat(copy)).mode & 0o777, 0o600);
  deepEqual(await readdir(at('copies')), ['a.db']);
  await mkdir(at('restored'), { mode: 0o700 });
  await copyFile(copy, at('restored/gatewarden.db'));
  const restored = await openSqlite({ dataDir: at('restored') });
  equal((await restored.records.get(factKind, 'installation'))?.value, 'plain');
  await restored.close();
  deepEqual(
    (await readdir(dataDir)).filter((name) => /wal|shm/.test(name)),
    [],
    'nothing is left beside the store',
  );
});

test('a file that is there is replaced only with --yes, and then at once', async () => {
  const dataDir = await aStore('twice');
  await writeFile(at('kept.db'), 'before');
  const refused = await backUp(at('kept.db'), { DATA_DIR: dataDir });
  equal(refused.code, 5);
  match(refused.stderr, /Replace .*kept\.db\? Say --yes/);
  equal(await readFile(at('kept.db'), 'utf8'), 'before');
  equal((await backUp(at('kept.db'), { DATA_DIR: dataDir }, ['--yes'])).code, 0);
  equal(
    new DatabaseSync(at('kept.db'), { readOnly: true }).prepare('PRAGMA integrity_check').get()?.integrity_check,
    'ok',
  );
});

test('a damaged store is not copied, and the copy of before stays', async () => {
  const dataDir = await aStore('damaged');
  const database = join(dataDir, 'gatewarden.db');
  const bytes = await readFile(database);
  await writeFile(database, Buffer.concat([bytes.subarray(0, 4096), randomBytes(bytes.length - 4096)]));
  await writeFile(at('good.db'), 'before');
  const { code, stderr } = await backUp(at('good.db'), { DATA_DIR: dataDir }, ['--yes']);
  equal(code, 3);
  match(stderr, /cannot be backed up: it is damaged/);
  equal(await readFile(at('good.db'), 'utf8'), 'before');
});

const MONGODB_URL = 'mongodb://127.0.0.1:1/none';
const usage: readonly [what: string, file: string, settings: Settings, code: number, said: RegExp][] = [
  ['no store', 'a.db', { DATA_DIR: at('nowhere') }, 1, /There is no store/],
  ['a folder that is not there', 'no/where/a.db', { DATA_DIR: at('usage') }, 5, /cannot be written/],
  ['the database itself', 'usage/gatewarden.db', { DATA_DIR: at('usage') }, 5, /is the database itself/],
  ['MongoDB', 'a.db', { DATA_DIR: at('usage'), MONGODB_URL, SECRET_KEY: makeSecretKey() }, 5, /use `mongodump`/],
];
for (const [what, file, settings, code, said] of usage) {
  test(`a copy of, or to, ${what} ends with ${code} and a sentence`, async () => {
    await aStore('usage');
    const ran = await backUp(at(file), settings, ['--yes']);
    deepEqual([ran.code, ran.stdout], [code, '']);
    match(ran.stderr, said);
  });
}
