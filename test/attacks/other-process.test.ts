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

/** Asks until `end`, or until each credential is answered with its status. */
async function answeredBy(end: number, credentials: readonly Credential[], wanted: readonly number[]): Promise<void> {
  let statuses = await statusesOf(credentials);
  while (Date.now() < end && statuses.some((status, at) => status !== wanted[at])) {
    statuses = await statusesOf(credentials);
  }
  deepEqual(statuses, wanted);
}

type Command = Readonly<{
  args: readonly string[];
  input?: string;
  /** What a session, an access token and an API token of the user are answered with afterwards. */
  answers: readonly [number, number, number];
  /** Whether the sockets and streams of the API token end: one that holds a role of its own is told no other one. */
  tokenEnds: boolean;
}>;

const gone = [401, 401, 401] as const;
const still = [200, 200, 200] as const;

const commands: Readonly<Record<string, Command>> = {
  deactivated: { args: ['deactivate', 'NAME'], answers: gone, tokenEnds: true },
  'given a lower role': { args: ['set-role', 'NAME', 'viewer'], answers: still, tokenEnds: true },
  'given a higher role': { args: ['set-role', 'NAME', 'admin'], answers: still, tokenEnds: false },
  'given another password': {
    args: ['set-password', 'NAME', '--password-stdin'],
    input: 'some herons stand in the rain\n',
    answers: [401, 401, 200],
    tokenEnds: false,
  },
  deleted: { args: ['delete', 'NAME', '--yes'], answers: gone, tokenEnds: true },
};

for (const [at, [what, { args, input = '', answers, tokenEnds }]] of Object.entries(commands).entries()) {
  test(`listening on after one was ${what} by the command: what that ends, ends within a second`, async () => {
    const username = `otto${at}`;
    const user = { username, password: adminPassword, role: 'operator', current_password: adminPassword };
    equal((await admin.json(api('users'), user)).status, 201);
    const credentials = await credentialsOf(username);
    deepEqual(await statusesOf(credentials), still);
    const held = await Promise.all(credentials.map((one) => heldOpen(gateway.address, one)));
    const [ending, staying] = tokenEnds ? [held.flat(), []] : [held.slice(0, 2).flat(), held.slice(2).flat()];
    const settings = { DATA_DIR: gateway.dataDir };
    const given = ['user', ...args.map((one) => one.replace('NAME', username)), '--local'];
    const { code, stderr } = await gatewardenCommand(given, { settings, input });
    const end = Date.now() + 1000;
    equal(code, 0, stderr);
    await Promise.all([answeredBy(end, credentials, answers), closedWithin(1000, ending)]);
    equal(
      staying.every((one) => one.open),
      true,
    );
    for (const one of staying) one.letGo();
    equal((await admin.send('/')).status, 200);
  });
}
