import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { type ReadersShell, readersShell } from './shell.ts';

/** `command` is what runs `gatewarden` in the shell. Default: from the sources. */
type Options = Readonly<{ settings?: Readonly<Record<string, string>>; command?: string }>;

/** What the pages of the documentation take for granted: a gateway, some people and a client, and a shell beside it. */
export interface ReadersInstallation extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly shell: ReadersShell;
}

const another = 'a kettle on seven stilts';

/** Makes something with the admin's cookie, and gives what came back. */
async function made(admin: Client, path: string, body: object): Promise<Readonly<Record<string, string>>> {
  const answer = await admin.json(`/_gatewarden/api/v1/${path}`, { ...body, current_password: adminPassword });
  if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}

/**
 * `ada` is an admin, with her password in `ada.txt`; `bert` a user (`bert.txt`); `robot` a client with `gatewarden:read`
 * (`robot.txt`). `cleo.txt` and `root2.txt` have passwords of people who are not there yet, `.env` the settings of a gateway on
 * the same store and another port, and `$TOKEN` is an API token of ada's.
 */
export async function readersInstallation({ settings = {}, command }: Options = {}): Promise<ReadersInstallation> {
  const gateway = await startGateway({ upstream: 'http://127.0.0.1:1', settings });
  const admin = await gateway.firstAdmin('ada');
  await made(admin, 'users', { username: 'bert', password: another });
  const robot = await made(admin, 'clients', { client_id: 'robot', name: 'Robot', scopes: ['gatewarden:read'] });
  const { token } = await made(admin, 'tokens', { name: 'by-hand' });
  const shell = await readersShell({ TOKEN: token }, command);
  await shell.write('ada.txt', `${adminPassword}\n`);
  await shell.write('robot.txt', `${robot.client_secret}\n`);
  for (const name of ['bert', 'cleo', 'root2']) await shell.write(`${name}.txt`, `${another}\n`);
  await shell.write('.env', await envFileOf(gateway));
  return {
    gateway,
    shell,
    async [Symbol.asyncDispose]() {
      await shell[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

async function envFileOf({ dataDir }: RunningGateway): Promise<string> {
  const settings = { DATA_DIR: dataDir, UPSTREAM: 'http://127.0.0.1:1', PORT: String(await freePort()) };
  return Object.entries(settings)
    .map(([name, value]) => `GATEWARDEN_${name}=${value}\n`)
    .join('');
}
