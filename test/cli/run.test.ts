import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';

let gateway: RunningGateway & AsyncDisposable;
let admin: Client;

before(async () => {
  gateway = await startDemo();
  admin = await gateway.firstAdmin();
});

after(() => gateway[Symbol.asyncDispose]());

const api = (path: string) => `/_gatewarden/api/v1/${path}`;

async function addUser(username: string, role: string): Promise<number> {
  const user = { username, password: adminPassword, role, active: true, current_password: adminPassword };
  return (await admin.json(api('users'), user)).status;
}

async function signedIn(username: string): Promise<Client> {
  const someone = gateway.client();
  const answer = await someone.form('/_gatewarden/login', { username, password: adminPassword, next: '/' });
  equal(answer.status, 303);
  return someone;
}

const local = (...args: string[]) =>
  gatewardenCommand(['user', ...args, '--local'], { settings: { DATA_DIR: gateway.dataDir } });

test("a viewer reads, and gets 403 on an operator's path", async () => {
  equal(await addUser('vera', 'viewer'), 201);
  const vera = await signedIn('vera');
  const statuses = await Promise.all(['/', '/operator', '/notes'].map(async (path) => (await vera.send(path)).status));
  deepEqual(statuses, [200, 403, 404]);
});

async function makeToken(name: string): Promise<string> {
  const made = await admin.json(api('tokens'), { name, current_password: adminPassword });
  const text = await made.text();
  equal(made.status, 201, text);
  return JSON.parse(text).token;
}

test('a token made through the API works without a cookie, and says who asks', async () => {
  const token = await makeToken('laptop');
  match(token, /^gwt_[0-9A-Za-z]{36}$/);
  const answer = await fetch(`${gateway.address}/headers`, { headers: { authorization: `Bearer ${token}` } });
  const seen = JSON.parse(await answer.text());
  deepEqual(
    [answer.status, seen['x-forwarded-user'], seen.authorization, seen.cookie],
    [200, 'ada', undefined, undefined],
  );
});

/** Asks until the status is there. What is promised within a second is waited for longer: the machine may be busy. */
async function within(ms: number, someone: Client, path: string, status: number): Promise<void> {
  const end = Date.now() + ms;
  let seen = 0;
  while (Date.now() < end) {
    seen = (await someone.send(path)).status;
    if (seen === status) return;
  }
  equal(seen, status, `${path} within ${ms} ms`);
}

const changes: readonly [what: string, args: string[], path: string, status: number][] = [
  ['deactivated', ['deactivate', 'otto'], '/', 401],
  ['given another role', ['set-role', 'otto', 'viewer'], '/operator', 403],
  ['deleted', ['delete', 'otto', '--yes'], '/', 401],
];

for (const [what, args, path, status] of changes) {
  test(`a user ${what} by the command is refused by the running gateway within a second`, async () => {
    const name = `otto-${args[0]}`;
    equal(await addUser(name, 'operator'), 201);
    const otto = await signedIn(name);
    equal((await otto.send(path)).status, 200);
    const { code, stderr } = await local(...args.map((arg) => arg.replace('otto', name)));
    equal(code, 0, stderr);
    await within(5_000, otto, path, status);
  });
}

test('a restart of the process keeps the session', async () => {
  await gateway.restart();
  equal((await admin.send('/')).status, 200);
});

test('kill -9 during 100 concurrent user creations loses none that was answered 201', async () => {
  const headers = { authorization: `Bearer ${await makeToken('hundred')}`, 'content-type': 'application/json' };
  const acknowledged: string[] = [];

  // Each of the hundred goes on until the process is gone, so that it is always killed in the midst of writing.
  async function createUntilKilled(_: unknown, lane: number): Promise<void> {
    for (let at = 0; ; at += 1) {
      const body = JSON.stringify({ username: `user-${lane}-${at}`, role: 'viewer' });
      const answer = await fetch(gateway.address + api('users'), { method: 'POST', headers, body }).catch(
        () => undefined,
      );
      if (answer === undefined) return;
      equal(answer.status, 201);
      acknowledged.push(`user-${lane}-${at}`);
      if (acknowledged.length === 250) process.kill(gateway.process.pid, 'SIGKILL');
    }
  }

  await Promise.all(Array.from({ length: 100 }, createUntilKilled));
  await gateway.restart('SIGKILL');
  const { stdout } = await local('list', '-o', 'json');
  const kept = new Set(JSON.parse(stdout).map((user: { username: string }) => user.username));
  const lost = acknowledged.filter((name) => !kept.has(name));
  deepEqual(lost, []);
});

const run = (settings: Record<string, string>) =>
  gatewardenCommand(['run'], { settings: { UPSTREAM: 'http://127.0.0.1:9', ...settings } });

test('a port in use ends the start with 5, and says which', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = address !== null && typeof address === 'object' ? String(address.port) : '';
  await using folder = await temporaryFolder();
  const { code, stderr } = await run({ PORT: port, DATA_DIR: folder.path });
  taken.close();
  equal(code, 5);
  match(stderr, new RegExp(`${port}.*in use`, 's'));
});

test('a data directory that cannot be one ends the start with 5', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'a-file'), '');
  const { code, stderr } = await run({ DATA_DIR: join(folder.path, 'a-file', 'data') });
  equal(code, 5, stderr);
  match(stderr, /a-file/);
});

test('a corrupt database ends the start with 3, and is left as it was', async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.path, { recursive: true });
  const path = join(folder.path, 'gatewarden.db');
  const damaged = 'SQLite format 3\0 and then something else entirely';
  await writeFile(path, damaged);
  await chmod(path, 0o600);
  const { code, stderr } = await run({ DATA_DIR: folder.path });
  equal(code, 3, stderr);
  match(stderr, /gatewarden\.db cannot be used/);
  equal(await readFile(path, 'utf8'), damaged);
});

test('a secret key that is too short ends the start with 5, and is not repeated', async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await run({ DATA_DIR: folder.path, SECRET_KEY: 'c2hvcnQtc2VjcmV0' });
  equal(code, 5);
  match(stderr, /GATEWARDEN_SECRET_KEY/);
  equal((stdout + stderr).includes('c2hvcnQtc2VjcmV0'), false);
});
