import { deepEqual, equal, match } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, errorOf, type Person, person } from '../support/person.ts';

const gateway = await startDemo({ settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());
const server = gateway.address;

const ada = await person();
after(() => ada[Symbol.asyncDispose]());
await ada.login(server);

const newClient = { name: 'robot', role: 'operator', scopes: ['gatewarden:read', 'gatewarden:admin'] };

/** A machine whose context holds a client that may read users. */
async function machine(client_id: string): Promise<Person & AsyncDisposable> {
  const made = await ada.run(['api', 'clients', '-d', JSON.stringify({ ...newClient, client_id })]);
  equal(made.code, 0, made.stderr);
  const robot = await person();
  await robot.run(['context', 'create', 'default', '--server', server]);
  await robot.run(['context', 'set-value', 'client-id', client_id]);
  await robot.run(['context', 'set-value', 'client-secret', '-'], { input: JSON.parse(made.stdout).client_secret });
  return robot;
}

const tokenOf = async (robot: Person) => Object((await robot.kept()).clientToken).token;

test('a client works without signing in, and its token is kept until it expires', async () => {
  await using robot = await machine('robot-1');
  const status = await robot.run(['auth', 'status', '-o', 'json']);
  const { kind, user, role, credential } = JSON.parse(status.stdout || status.stderr);
  deepEqual(
    { kind, user, role, credential },
    { kind: 'client', user: 'client:robot-1', role: 'operator', credential: 'client' },
  );
  const kept = await tokenOf(robot);
  const users = await robot.run(['api', 'users']);
  deepEqual([users.code, JSON.parse(users.stdout).items[0].username], [0, 'ada']);
  equal(await tokenOf(robot), kept);
  match((await robot.run(['context', 'list', '-o', 'plain'])).stdout, /client$/m);
  equal((await robot.run(['logout'])).code, 0);
  const answer = await fetch(`${server}/_gatewarden/api/v1/session`, { headers: { authorization: `Bearer ${kept}` } });
  equal(answer.status, 401, 'its token ended on the server');
  equal(await tokenOf(robot), undefined);
});

test('a token that was revoked is replaced while the secret is valid', async () => {
  await using robot = await machine('robot-2');
  await robot.run(['auth', 'status']);
  const token = await tokenOf(robot);
  const secret = (await robot.kept())['client-secret'];
  const authorization = `Basic ${Buffer.from(`robot-2:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ token });
  await fetch(`${server}/_gatewarden/oauth/revoke`, { method: 'POST', headers: { authorization }, body });
  const status = await robot.run(['auth', 'status']);
  equal(status.code, 0, status.stderr);
  equal((await tokenOf(robot)) === token, false);
});

test('a wrong secret is 4, with what to do, and is not shown', async () => {
  await using robot = await machine('robot-3');
  await robot.run(['context', 'set-value', 'client-secret', '-'], { input: 'gws_wrong' });
  const status = await robot.run(['auth', 'status', '-o', 'json']);
  deepEqual([status.code, status.stdout, errorOf(status).code], [4, '', 'invalid_client']);
  match(errorOf(status).hint ?? '', /client-secret/);
  equal(status.stderr.includes('gws_wrong'), false);
});

test('a client and its secret go to their own server only', async () => {
  await using robot = await machine('robot-4');
  const elsewhere = await robot.run(['auth', 'status', '--server', `${server}/elsewhere`, '-o', 'json']);
  equal(elsewhere.code === 0, false);
  equal(await tokenOf(robot), undefined);
  const moved = await robot.run(['context', 'set-value', 'server', 'http://127.0.0.1:1']);
  match(moved.stderr, /warning: the client secret was for .*removed/);
  equal((await readFile(robot.file(), 'utf8')).includes('gws_'), false);
});

test('signed in, a person goes before the client of the context', async () => {
  await using robot = await machine('robot-5');
  await robot.login(server);
  const status = JSON.parse((await robot.run(['auth', 'status', '-o', 'json'])).stdout);
  deepEqual([status.user, status.credential], ['ada', 'session']);
  await robot.run(['logout']);
  const after = JSON.parse((await robot.run(['auth', 'status', '-o', 'json'])).stdout);
  deepEqual([after.user, after.credential], ['client:robot-5', 'client']);
});
