import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test, { after } from 'node:test';
import { commandEnvironment, commandFrom } from '../support/command.ts';
import { adminPassword } from '../support/gateway.ts';
import type { Client } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, type Person, person } from '../support/person.ts';
import { start } from '../support/processes.ts';

const gateway = await startDemo({ settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());

/** Begins `login --web`, and resolves with the process and the code that it shows. */
async function begun(ada: Person, server: string, ...more: string[]) {
  const [program = '', ...args] = commandFrom(['login', '--web', '--server', server, ...more]);
  const command = start(program, args, { env: commandEnvironment({ env: ada.env }) });
  const [, page = '', code = ''] = await command.printed(/Open (\S+) and type the code (\S+)/, 60_000);
  return { command, page, code };
}

async function browser(): Promise<Client> {
  const client = gateway.client();
  const answer = await client.form('/_gatewarden/login', { username: 'ada', password: adminPassword });
  equal(answer.status, 303);
  return client;
}

test('a sign-in is approved in a browser, and is a fresh one', async () => {
  await using ada = await person();
  const { command, page, code } = await begun(ada, gateway.address);
  equal(page, `${gateway.address}/_gatewarden/device`);
  const fields = { user_code: code, action: 'approve', current_password: adminPassword };
  equal((await (await browser()).form('/_gatewarden/device', fields)).status, 200);
  equal(await command.ended, 0, command.stderr);
  match(command.stderr, /Signed in to .* as ada \(admin\)/);
  const made = await ada.run(['auth', 'token', 'create', 'by-web', '-q']);
  match(made.stdout, /^gwt_/, made.stderr);
  await ada.tamper({ expiresAt: 0 });
  equal((await ada.run(['auth', 'status'])).code, 0, 'it is refreshed as others are');
  equal((await ada.run(['logout'])).code, 0);
});

test('a sign-in that is denied in the browser ends with 4, and nothing is kept', async () => {
  await using ada = await person();
  const { command, code } = await begun(ada, gateway.address, '--quiet');
  equal((await (await browser()).form('/_gatewarden/device', { user_code: code, action: 'deny' })).status, 200);
  equal(await command.ended, 4, command.stderr);
  match(command.stderr, /denied/);
  equal((await ada.run(['auth', 'status'])).code, 4);
});

test('Ctrl-C while it waits stops it with a sentence', async () => {
  await using ada = await person();
  const { command } = await begun(ada, gateway.address);
  equal(await command.stop('SIGINT'), 5);
  match(command.stderr, /Stopped: nobody was signed in\./);
});

type Step = readonly [status: number, body: object];
const refusal = (error: string): Step => [400, { error }];

/** A server of device codes that answers the polls one after another, and the moments of these. */
async function polled(steps: readonly Step[], device: object) {
  const polls: number[] = [];
  const server = createServer((req, res) => {
    res.setHeader('Connection', 'close').setHeader('Content-Type', 'application/json');
    if (req.url?.endsWith('/device_authorization')) return res.end(JSON.stringify(device));
    if (req.url?.endsWith('/session'))
      return res.end('{"authenticated":true,"user":"ada","role":"user","via":"access-token"}');
    const [status, body] = steps[polls.push(Date.now()) - 1] ?? refusal('expired_token');
    return res.writeHead(status).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, polls, [Symbol.dispose]: () => server.close() };
}

const device = {
  device_code: 'd',
  user_code: 'ABCD',
  verification_uri: 'http://127.0.0.1/device',
  expires_in: 60,
  interval: 1,
};

test('it asks as often as the server allows, and goes on after an outage', async () => {
  const granted = { access_token: 'a', refresh_token: 'r', expires_in: 3600 };
  using server = await polled(
    [refusal('authorization_pending'), [503, {}], refusal('slow_down'), [200, granted]],
    device,
  );
  await using ada = await person();
  const { command } = await begun(ada, server.url);
  equal(await command.ended, 0, command.stderr);
  const pauses = server.polls.slice(1).map((at, index) => at - (server.polls[index] ?? 0));
  const least = [950, 1950, 6950];
  deepEqual(
    pauses.map((pause, at) => pause >= (least[at] ?? 0)),
    [true, true, true],
    pauses.join(),
  );
});

test('a code that expires ends with 4', async () => {
  using server = await polled([refusal('expired_token')], device);
  await using ada = await person();
  const { command } = await begun(ada, server.url);
  equal(await command.ended, 4, command.stderr);
  match(command.stderr, /in time.*--web/s);
});

test('a page that is no web page is shown to nobody', async () => {
  using server = await polled([], { ...device, verification_uri: 'file:///etc/passwd' });
  await using ada = await person();
  const ran = await ada.run(['login', '--web', '--server', server.url]);
  equal(ran.code, 3, ran.stderr);
  equal(ran.stderr.includes('file:'), false);
});
