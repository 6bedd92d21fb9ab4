import { deepEqual, equal, match } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { commandEnvironment, commandFrom } from '../support/command.ts';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, errorOf, type Person, person } from '../support/person.ts';
import { start } from '../support/processes.ts';

const gateway = await startDemo({ settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());
const server = gateway.address;

/** A process of its own that has the lock, until it is killed. */
async function holding(lock: string): Promise<ChildProcess> {
  const code = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`;
  const holder = spawn(process.execPath, ['-e', code, lock], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(holder.stdout, 'data');
  return holder;
}

const refreshes = async () => (gateway.process.stdout.match(/"token\.revoked".*"reused"/g) ?? []).length;

test('an access token that has expired is refreshed, and what came of it is kept', async () => {
  await using ada = await person();
  await ada.login(server);
  const before = (await ada.kept()).signIn ?? {};
  await ada.tamper({ expiresAt: Date.now() - 1000 });
  equal((await ada.run(['auth', 'status'])).code, 0);
  const { accessToken, refreshToken, expiresAt } = (await ada.kept()).signIn ?? {};
  deepEqual([accessToken === before.accessToken, refreshToken === before.refreshToken], [false, false]);
  equal(Number(expiresAt) > Date.now() + 3_000_000, true);
  await ada.run(['logout']);
});

test('eight commands at once with an expired token refresh it once, and all succeed', async () => {
  await using ada = await person();
  await ada.login(server);
  await ada.tamper({ expiresAt: 0 });
  const ran = await Promise.all(Array.from({ length: 8 }, () => ada.run(['auth', 'status', '-o', 'json'])));
  deepEqual(
    ran.map(({ code }) => code),
    Array.from({ length: 8 }, () => 0),
    ran.map(({ stderr }) => stderr).join('\n'),
  );
  equal(await refreshes(), 0, 'no refresh token was used twice');
  equal((await ada.run(['auth', 'status'])).code, 0);
  await ada.run(['logout']);
});

/** A server on loopback; its URL has a path, so that it is the prefix too. */
async function scriptedServer(handler: RequestListener): Promise<{ url: string } & Disposable> {
  const scripted = createServer(handler).listen(0, '127.0.0.1');
  await once(scripted, 'listening');
  const address = scripted.address();
  const port = typeof address === 'object' ? address?.port : '';
  return { url: `http://127.0.0.1:${port}/x`, [Symbol.dispose]: () => scripted.close() };
}

/** Puts a sign-in into the context `default`. */
async function signedIn(ada: Person, url: string, expiresAt: number): Promise<void> {
  await ada.run(['context', 'create', 'default', '--server', url]);
  const tokens = { accessToken: 'old', refreshToken: 'older', expiresAt };
  await ada.tamper({ kind: 'session', server: url, user: 'ada', ...tokens });
}

test('a command does not go on as somebody else who signed in meanwhile', async () => {
  await using ada = await person();
  const asked: string[] = [];
  using scripted = await scriptedServer(async (req, res) => {
    asked.push(req.url ?? '');
    await ada.tamper({ user: 'grace', accessToken: 'of grace' });
    res.setHeader('Connection', 'close').writeHead(401).end('{"code":"token_expired"}');
  });
  await signedIn(ada, scripted.url, Date.now() + 3_600_000);
  const status = await ada.run(['auth', 'status', '-o', 'json']);
  deepEqual([status.code, status.stdout, errorOf(status).code], [4, '', 'signed_out'], status.stderr);
  deepEqual(asked, ['/x/api/v1/session']);
});

test('the lock of a command that was killed holds nobody up', async () => {
  await using ada = await person();
  await ada.login(server);
  const lock = join(ada.folder, 'contexts', 'default.lock');
  const holder = await holding(lock);
  await ada.tamper({ expiresAt: 0 });
  const waiting = ada.run(['auth', 'status']);
  const first = await Promise.race([
    waiting.then(() => 'ended'),
    new Promise((resolve) => setTimeout(resolve, 2500, 'waits')),
  ]);
  equal(first, 'waits', 'while the lock is held nothing is refreshed');
  holder.kill('SIGKILL');
  const { code: ended, stderr } = await waiting;
  equal(ended, 0, stderr);
  await ada.run(['logout']);
});

test('a command that is stopped while it refreshes keeps the new tokens first', async () => {
  const asked = Promise.withResolvers<void>();
  const refreshed = '{"access_token":"new","refresh_token":"newer","expires_in":3600}';
  using slow = await scriptedServer((_req, res) => {
    asked.resolve();
    setTimeout(() => res.setHeader('Connection', 'close').end(refreshed), 1500);
  });
  await using ada = await person();
  await signedIn(ada, slow.url, 0);
  const [program = '', ...args] = commandFrom(['auth', 'status']);
  const command = start(program, args, { env: commandEnvironment({ env: ada.env }) });
  await asked.promise;
  equal(await command.stop('SIGINT'), null, 'the signal ended it all the same');
  equal((await ada.kept()).signIn?.refreshToken, 'newer');
});

test('a clock that is behind is no reason to be signed out: the server says that the token has expired', async () => {
  await using short = await startDemo({ settings: { ...adaIsAdmin, ACCESS_TOKEN_LIFETIME: '2s' } });
  await using ada = await person();
  await ada.login(short.address);
  await ada.tamper({ expiresAt: Date.now() + 3_600_000 });
  const { accessToken } = (await ada.kept()).signIn ?? {};
  const gone = async () =>
    (
      await fetch(`${short.address}/_gatewarden/api/v1/session`, {
        headers: { authorization: `Bearer ${accessToken}` },
      })
    ).status === 401;
  while (!(await gone())) await new Promise((resolve) => setTimeout(resolve, 200));
  const status = await ada.run(['auth', 'status']);
  equal(status.code, 0, status.stderr);
  equal((await ada.kept()).signIn?.accessToken === accessToken, false);
});

test('a sign-in that was ended elsewhere is said to have ended; nothing of it is used again', async () => {
  await using ada = await person();
  await ada.login(server);
  const token = (await ada.kept()).signIn?.accessToken;
  await fetch(`${server}/_gatewarden/api/v1/session`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  const live = await ada.run(['auth', 'status', '-o', 'json']);
  deepEqual([live.code, live.stdout, errorOf(live).code], [4, '', 'token_revoked']);
  await ada.tamper({ expiresAt: 0 });
  const expired = await ada.run(['auth', 'status', '-o', 'json']);
  deepEqual([expired.code, expired.stdout, errorOf(expired).code], [4, '', 'signed_out']);
  match(errorOf(expired).hint ?? '', /gatewarden auth login/);
  equal((await ada.run(['logout'])).code, 0);
  equal((await ada.kept()).signIn, undefined);
});

test('with the server stopped nothing is forgotten, unless that is asked for', async () => {
  await using stopped = await startDemo({ settings: adaIsAdmin });
  await using ada = await person();
  await ada.login(stopped.address);
  await stopped.process.stop();
  const kept = await readFile(ada.file(), 'utf8');
  for (const args of [['auth', 'status'], ['logout'], ['login', 'ada', '--password', 'x']]) {
    const ran = await ada.run([...args, '-o', 'json']);
    deepEqual([ran.code, ran.stdout, errorOf(ran).code], [2, '', 'unreachable'], ran.stderr);
    match(errorOf(ran).message ?? '', /cannot be reached: nothing listens there/);
  }
  equal(await readFile(ada.file(), 'utf8'), kept);
  const forced = await ada.run(['logout', '--force']);
  equal(forced.code, 0);
  match(forced.stderr, /warning: the tokens are forgotten here, but the server did not confirm/);
  equal((await ada.kept()).signIn, undefined);
});

test('a context of a stopped server is deleted, with a warning that its session was not ended', async () => {
  await using stopped = await startDemo({ settings: adaIsAdmin });
  await using ada = await person();
  await ada.login(stopped.address);
  await stopped.process.stop();
  const deleted = await ada.run(['context', 'delete', 'default']);
  equal(deleted.code, 0);
  match(deleted.stderr, /warning: the sign-in of default could not be ended: .* cannot be reached/);
});

test('a write that is interrupted leaves the file that was there', async () => {
  await using ada = await person();
  await ada.login(server);
  await writeFile(`${ada.file()}.999.part`, 'half a file');
  equal((await ada.run(['auth', 'status'])).code, 0);
  equal((await ada.run(['context', 'list', '-o', 'plain'])).stdout.split('\n').length, 2);
  await ada.run(['logout']);
});
