import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { gatewardenCommand } from '../support/command.ts';
import { adminPassword } from '../support/gateway.ts';
import { client } from '../support/http.ts';
import { redisServer } from '../support/redis.ts';
import { answered, bearer, call, logIn, openSocket, promised, signIn, until, whoIs, within } from './asking.ts';
import { type Fleet, type Servers, startFleet, startServers } from './fleet.ts';

const password = 'curlews on the tide line';
const otherPassword = 'plovers on the mud flats';

describe('two gateways and an Express app on the same MongoDB and Redis', { skip: redisServer.skip }, () => {
  let servers: Servers;
  let fleet: Fleet;
  let admin: string;
  before(async () => {
    servers = await startServers();
    fleet = await startFleet(servers.urls);
    const [first] = fleet.all;
    ok(first);
    admin = await logIn(first, 'ada', adminPassword);
  });
  after(async () => {
    await fleet?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  const at = (index: number) => fleet.all[index % 3] ?? fleet.app;

  async function newUser(username: string): Promise<void> {
    const body = { username, password, role: 'operator' };
    await answered(await call(at(0), '/users', { method: 'POST', token: admin, body }), 201);
  }

  async function newToken(username: string, name: string): Promise<string> {
    const token = await logIn(at(0), username, password);
    const made = await answered(await call(at(1), '/tokens', { method: 'POST', token, body: { name } }), 201);
    return String(made.token);
  }

  /** A signed-in browser's cookies. */
  async function cookieOf(username: string, index: number) {
    const one = client(at(index).address);
    await signIn(one, at(index).prefix, username, password);
    return { cookie: one.jar.header };
  }

  const whoAtEach = (credential: Readonly<Record<string, string>>) =>
    Promise.all(fleet.all.map((one) => whoIs(one, credential)));

  const refusedEverywhere = (credential: Readonly<Record<string, string>>) =>
    until(async () => (await whoAtEach(credential)).every((who) => who === '401'), 'refused by all three');

  it('made their signing keys once, though all started at the same moment', async () => {
    const sets = await Promise.all(
      fleet.all.map(async ({ address, prefix }) => answered(await fetch(`${address}${prefix}/jwks.json`), 200)),
    );
    equal(Array.isArray(sets[0]?.keys) && sets[0].keys.length, 1);
    deepEqual(sets[1], sets[0]);
    deepEqual(sets[2], sets[0]);
  });

  it('take a sign-in on one for a sign-in on all, and a sign-out for a sign-out', async () => {
    await newUser('bea');
    for (const [where] of fleet.all.entries()) {
      const credential = await cookieOf('bea', where);
      deepEqual(await whoAtEach(credential), ['bea operator', 'bea operator', 'bea operator']);
      const page = await fetch(`${at(0).address}/headers`, { headers: credential });
      equal((await answered(page, 200))['x-forwarded-user'], 'bea');
      const { address, prefix } = at(where + 2);
      const signedOut = await fetch(`${address}${prefix}/logout`, {
        method: 'POST',
        headers: { ...credential, origin: address },
        body: new URLSearchParams(),
        redirect: 'manual',
      });
      equal(signedOut.status, 303);
      equal(await whoIs(at(where + 2), credential), '401');
      await refusedEverywhere(credential);
    }
  });

  it('close WebSockets and event streams that another instance has open', async () => {
    await newUser('cid');
    const credential = await cookieOf('cid', 0);
    const [, second] = fleet.gateways;
    const socket = await openSocket(second.address, credential);
    const stream = await fetch(`${second.address}/events`, { headers: credential });
    const reader = stream.body?.getReader();
    ok((await reader?.read())?.value);
    const ended = Promise.all([once(socket, 'close'), readToEnd(reader)]);
    const signedOut = await fetch(`${fleet.app.address}/auth/logout`, {
      method: 'POST',
      headers: { ...credential, origin: fleet.app.address },
      body: new URLSearchParams(),
      redirect: 'manual',
    });
    equal(signedOut.status, 303);
    await within(ended, 'closed');
  });

  it('close what a revoked token has open on another instance', async () => {
    await newUser('dov');
    const token = await newToken('dov', 'ci');
    const [, second] = fleet.gateways;
    const socket = await openSocket(second.address, bearer(token));
    const ended = once(socket, 'close');
    const owner = await logIn(at(2), 'dov', password);
    equal((await call(at(2), '/tokens/ci', { method: 'DELETE', token: owner, body: {} })).status, 204);
    await within(ended, 'closed');
    await refusedEverywhere(bearer(token));
  });

  const edit = (username: string, body: object) =>
    call(at(1), `/users/${username}`, { method: 'PATCH', token: admin, body });
  const command = (args: string[], input = '') =>
    gatewardenCommand(['--yes', 'user', ...args], { settings: fleet.settings, input });

  type Make = (username: string) => Promise<unknown>;

  const everything = ['cookie', 'apiToken', 'accessToken'] as const;
  const signIns = ['cookie', 'accessToken'] as const;

  const changes: readonly [what: string, ends: readonly (typeof everything)[number][], make: Make][] = [
    ['no more activity', everything, async (name) => equal((await edit(name, { active: false })).status, 200)],
    ['another password', signIns, async (name) => equal((await edit(name, { password: otherPassword })).status, 200)],
    [
      'the end of all',
      everything,
      async (name) => {
        const ended = await call(at(1), `/users/${name}/end`, { method: 'POST', token: admin, body: {} });
        equal(ended.status, 204);
      },
    ],
    [
      'the end of all but API tokens',
      signIns,
      async (name) => {
        const body = { tokens: false };
        equal((await call(at(1), `/users/${name}/end`, { method: 'POST', token: admin, body })).status, 204);
      },
    ],
    [
      'their end',
      everything,
      async (name) => {
        const deleted = await call(at(1), `/users/${name}`, { method: 'DELETE', token: admin, body: {} });
        equal(deleted.status, 204);
      },
    ],
    [
      'no more activity by the command',
      everything,
      async (name) => done(await command(['deactivate', name, '--local'])),
    ],
    [
      'another password by the command',
      signIns,
      async (name) => done(await command(['set-password', name, '--local', '--password-stdin'], otherPassword)),
    ],
    ['their end by the command', everything, async (name) => done(await command(['delete', name, '--local']))],
  ];
  async function credentialsOf(name: string, index: number) {
    await newUser(name);
    const [cookie, apiToken, accessToken] = await Promise.all([
      cookieOf(name, index),
      newToken(name, 'ci').then(bearer),
      logIn(at(index), name, password).then(bearer),
    ]);
    return { cookie, apiToken, accessToken };
  }

  for (const [index, [what, ends, make]] of changes.entries()) {
    it(`refuse within a second what a user held before ${what}: ${ends.join(', ')}`, async () => {
      const name = `eva${index}`;
      const held = await credentialsOf(name, index);
      const alike = Array.from({ length: 3 }, () => `${name} operator`);
      for (const one of everything) deepEqual(await whoAtEach(held[one]), alike);
      await make(name);
      await Promise.all(ends.map((one) => refusedEverywhere(held[one])));
      for (const one of everything) if (!ends.some((end) => end === one)) deepEqual(await whoAtEach(held[one]), alike);
    });
  }

  const roles: readonly [how: string, make: Make][] = [
    ['by an admin', async (name) => equal((await edit(name, { role: 'viewer' })).status, 200)],
    ['by the command', async (name) => done(await command(['set-role', name, 'viewer', '--local']))],
  ];
  for (const [index, [how, make]] of roles.entries()) {
    it(`know another role that was given ${how} within a second, and end nothing but connections`, async () => {
      const name = `ivo${index}`;
      const held = await credentialsOf(name, index);
      const [, second] = fleet.gateways;
      const closed = once(await openSocket(second.address, held.apiToken), 'close');
      await make(name);
      const isLower = async (credential: Readonly<Record<string, string>>) =>
        (await whoAtEach(credential)).every((who) => who === `${name} viewer`);
      for (const one of everything) await until(() => isLower(held[one]), 'the lower role at all three');
      await within(closed, 'closed');
    });
  }

  it('hear of 200 revocations, each well within a second', async (t) => {
    const took: number[] = [];
    const api = String(
      (await answered(await call(at(0), '/tokens', { method: 'POST', token: admin, body: { name: 'many' } }), 201))
        .token,
    );
    for (let count = 0; count < 200; count += 1) {
      const body = { name: `one-${count}` };
      const made = await answered(await call(at(0), '/tokens', { method: 'POST', token: api, body }), 201);
      const credential = bearer(String(made.token));
      equal(await whoIs(at(1), credential), 'ada admin');
      const revoked = await call(at(0), `/tokens/${body.name}`, { method: 'DELETE', token: api, body: {} });
      const acknowledged = performance.now();
      equal(revoked.status, 204);
      while ((await whoIs(at(1), credential)) !== '401') {
        ok(performance.now() - acknowledged < promised, 'it is accepted still');
      }
      took.push(performance.now() - acknowledged);
    }
    t.diagnostic(`p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms`);
  });

  it('refuse what is revoked while Redis is gone, and close what it has open', async () => {
    await newUser('gil');
    const token = await newToken('gil', 'ci');
    const staying = await newToken('gil', 'staying');
    const [, second] = fleet.gateways;
    const [socket, other] = [
      await openSocket(second.address, bearer(token)),
      await openSocket(second.address, bearer(staying)),
    ];
    const ended = once(socket, 'close');
    await servers.redis.kill();
    const revoked = await call(at(0), '/tokens/ci', { method: 'DELETE', token, body: {} });
    equal((await answered(revoked, 503)).applied, true);
    await Promise.all([refusedEverywhere(bearer(token)), within(ended, 'closed')]);
    deepEqual(await whoAtEach(bearer(staying)), ['gil operator', 'gil operator', 'gil operator']);
    await servers.redis.restart();
    equal(other.readyState, WebSocket.OPEN);
    other.terminate();
  });
});

/** The value below which that part of them lies. */
function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function done({ code, stderr }: { code: number | null; stderr: string }): void {
  equal(code, 0, stderr);
}

async function readToEnd(reader: ReadableStreamDefaultReader | undefined): Promise<void> {
  try {
    while ((await reader?.read())?.done === false);
  } catch {
    // Broken off: it has ended.
  }
}
