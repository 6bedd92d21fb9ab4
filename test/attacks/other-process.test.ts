import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';
import { type Credential, closedWithin, heldOpen } from './held.ts';

let gateway: RunningGateway & AsyncDisposable;
let admin: Client;
before(async () => {
  gateway = await startDemo();
  admin = await gateway.firstAdmin();
});
after(() => gateway[Symbol.asyncDispose]());

const api = (path: string) => `/_gatewarden/api/v1/${path}`;

/** A session, an access token and an API token of one user. */
async function credentialsOf(username: string): Promise<Credential[]> {
  const someone = gateway.client();
  equal((await someone.form('/_gatewarden/login', { username, password: adminPassword })).status, 303);
  const signedIn = await gateway.client().json(api('login'), { username, password: adminPassword });
  const { token } = (await signedIn.json()) as { token: string };
  const access = { authorization: `Bearer ${token}` };
  const made = await gateway.client().json(api('tokens'), { name: 'ci' }, { headers: access });
  const kept = (await made.json()) as { token: string };
  return [{ cookie: someone.jar.header }, access, { authorization: `Bearer ${kept.token}` }];
}

const statusesOf = (credentials: readonly Credential[]) =>
  Promise.all(credentials.map(async (headers) => (await fetch(`${gateway.address}/`, { headers })).status));

async function refusedBy(end: number, credentials: readonly Credential[]): Promise<void> {
  let statuses = await statusesOf(credentials);
  while (Date.now() < end && statuses.some((status) => status !== 401)) statuses = await statusesOf(credentials);
  deepEqual(
    statuses,
    credentials.map(() => 401),
  );
}

const commands: Readonly<Record<string, readonly [args: readonly string[], input?: string]>> = {
  deactivated: [['deactivate', 'NAME']],
  'given a lower role': [['set-role', 'NAME', 'viewer']],
  'given a higher role': [['set-role', 'NAME', 'admin']],
  'given another password': [['set-password', 'NAME', '--password-stdin'], 'some herons stand in the rain\n'],
  deleted: [['delete', 'NAME', '--yes']],
};

for (const [at, [what, [args, input = '']]] of Object.entries(commands).entries()) {
  test(`going on after one was ${what} by the command: every credential, socket and stream ends within a second`, async () => {
    const username = `otto${at}`;
    const user = { username, password: adminPassword, role: 'operator', current_password: adminPassword };
    equal((await admin.json(api('users'), user)).status, 201);
    const credentials = await credentialsOf(username);
    deepEqual(await statusesOf(credentials), [200, 200, 200]);
    const open = (await Promise.all(credentials.map((one) => heldOpen(gateway.address, one)))).flat();
    const settings = { DATA_DIR: gateway.dataDir };
    const given = ['user', ...args.map((one) => one.replace('NAME', username)), '--local'];
    const { code, stderr } = await gatewardenCommand(given, { settings, input });
    const end = Date.now() + 1000;
    equal(code, 0, stderr);
    await Promise.all([refusedBy(end, credentials), closedWithin(1000, open)]);
    equal((await admin.send('/')).status, 200);
  });
}
