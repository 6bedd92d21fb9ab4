import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { startGateway } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { setupTokenOf, tokenIn } from '../support/setup-link.ts';
import { besieged, own, password } from './fronts.ts';

const api = (path: string) => `${own}/api/v1/${path}`;
const hundred = <T>(one: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: 100 }, (_, at) => one(at)));

const countOf = <T>(all: readonly T[], wanted: T) => all.filter((one) => one === wanted).length;

test('the setup link, opened and sent 100 times at once, through every front', async () => {
  await using here = await besieged({ loginMaxFailures: 200, loginMaxFailuresAddress: 200 });
  const token = (await setupTokenOf(here.gate)) ?? '';
  const replies = await hundred((at) => {
    const front = here.fronts[at % here.fronts.length] ?? here.gateway;
    return front.form(`${own}/setup`, { token, username: `first${at}`, password });
  });
  const statuses = replies.map(({ status }) => status);
  equal(countOf(statuses, 303), 1);
  deepEqual(
    [...new Set(statuses)].filter((status) => status !== 303 && status !== 404),
    [],
  );
  equal(replies.flatMap(({ setCookie }) => setCookie).length, 1);
  equal(here.rows('user'), 1);
  equal((await here.gateway.form(`${own}/setup`, { token, username: 'late', password })).status, 404);
});

test('the setup link and the command, both making the first admin: one of them does', async () => {
  await using gateway = await startGateway({ upstream: 'http://127.0.0.1:9' });
  const token = tokenIn(await gateway.setupLink());
  const settings = { DATA_DIR: gateway.dataDir };
  const given = ['superuser', '--username', 'bycommand', '--password-stdin'];
  const command = gatewardenCommand(given, { settings, input: `${password}\n` });
  const form = { token, username: 'bylink', password };
  const [{ code }, { status }] = await Promise.all([command, client(gateway.address).form(`${own}/setup`, form)]);
  const listed = await gatewardenCommand(['user', 'list', '--local', '-o', 'json'], { settings });
  const admins = (JSON.parse(listed.stdout) as { username: string }[]).map(({ username }) => username);
  if (status === 303) deepEqual(admins.slice(-1), ['bylink']);
  else deepEqual([code, status, admins], [0, 404, ['bycommand']]);
  equal((await client(gateway.address).form(`${own}/setup`, form)).status, 404);
});

test('a refresh token, used 100 times at once, through every front', async () => {
  await using here = await besieged();
  await here.addUser('ada');
  const reply = await here.gateway.json('POST', api('login'), { username: 'ada', password });
  const { refresh_token } = JSON.parse(reply.text) as { refresh_token: string };
  const form = { grant_type: 'refresh_token', refresh_token };
  const replies = await hundred((at) => {
    const front = here.fronts[at % here.fronts.length] ?? here.gateway;
    return front.form(`${own}/oauth/token`, form);
  });
  equal(
    countOf(
      replies.map(({ status }) => status),
      200,
    ),
    1,
  );
  equal(
    countOf(
      replies.map(({ status, code }) => `${status} ${code}`),
      '400 invalid_grant',
    ),
    99,
  );
});

test('two admins who demote, deactivate and delete each other 100 times at once: one stays', async () => {
  for (const round of [1, 2, 3]) {
    await using here = await besieged();
    const names = ['left', 'right'] as const;
    for (const name of names) await here.addUser(name, { role: 'admin' });
    const bearers = await Promise.all(
      names.map(async (username) => {
        const reply = await here.gateway.json('POST', api('login'), { username, password });
        return { authorization: `Bearer ${JSON.parse(reply.text).token}` };
      }),
    );
    const changes = [
      ['PATCH', { role: 'viewer' }],
      ['PATCH', { active: false }],
      ['DELETE', {}],
    ] as const;
    const statuses = await hundred(async (at) => {
      const [method, body] = changes[(at + round) % changes.length] ?? changes[0];
      const front = here.fronts[at % here.fronts.length] ?? here.gateway;
      // Each on the other, and on themselves.
      const victim = names[Math.floor(at / 2) % 2] ?? 'left';
      return (await front.json(method, api(`users/${victim}`), body, bearers[at % 2] ?? {})).status;
    });
    const left = await Promise.all(names.map((name) => here.gate.users.get(name)));
    const admins = left.filter((user) => user?.role === 'admin' && user.active);
    equal(admins.length, 1, `${statuses}`);
  }
});

test('a name and the name of a token, taken 100 times at once', async () => {
  await using here = await besieged();
  await here.addUser('boss', { role: 'admin' });
  const reply = await here.gateway.json('POST', api('login'), { username: 'boss', password });
  const boss = { authorization: `Bearer ${JSON.parse(reply.text).token}` };
  for (const [path, body] of [
    ['users', { username: 'twin' }],
    ['tokens', { name: 'twin' }],
  ] as const) {
    const statuses = await hundred(async (at) => {
      const front = here.fronts[at % here.fronts.length] ?? here.gateway;
      const twin = path === 'users' && at % 2 ? { username: 'TWIN' } : body;
      return (await front.json('POST', api(path), twin, boss)).status;
    });
    deepEqual([countOf(statuses, 201), countOf(statuses, 409)], [1, 99]);
  }
});

test('the id of a client, taken 100 times at once, and its secrets, made 100 times at once: one client, two secrets', async () => {
  await using here = await besieged({ loginMaxFailures: 200, loginMaxFailuresAddress: 200 });
  await here.addUser('boss', { role: 'admin' });
  const login = await here.gateway.json('POST', api('login'), { username: 'boss', password });
  const boss = { authorization: `Bearer ${JSON.parse(login.text).token}` };
  const made = await hundred((at) => {
    const front = here.fronts[at % here.fronts.length] ?? here.gateway;
    return front.json('POST', api('clients'), { client_id: 'twin', name: `Twin ${at}` }, boss);
  });
  const statuses = made.map(({ status }) => status);
  deepEqual([countOf(statuses, 201), countOf(statuses, 409)], [1, 99]);
  const issued = await hundred(() => here.gateway.json('POST', api('clients/twin/secret'), {}, boss));
  const secrets = issued.map(({ text }) => (JSON.parse(text) as { client_secret: string }).client_secret);
  const signedIn = await Promise.all(
    secrets.map(async (client_secret) => {
      const form = { grant_type: 'client_credentials', client_id: 'twin', client_secret };
      return (await here.gateway.form(`${own}/oauth/token`, form)).status;
    }),
  );
  deepEqual([countOf(signedIn, 200), (await here.gate.clients.get('twin'))?.secrets.length], [2, 2]);
});
