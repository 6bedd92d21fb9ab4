import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword, type RunningGateway, startGateway } from '../support/gateway.ts';
import { startLegacyApp } from '../support/installation.ts';
import { freePort } from '../support/ports.ts';
import { redisServer } from '../support/redis.ts';
import { answered, bearer, call, logIn, openSocket, signIn, until, whoIs, within } from './asking.ts';
import { type Servers, sharedSettings, startServers } from './fleet.ts';

const password = 'avocets in the shallows';

type Urls = Partial<Servers['urls']>;
type Places = Readonly<Record<string, RegExp>>;

const mongodb = /^mongodb \(127\.0\.0\.1:\d+\/[a-z]+\)$/;
const redis = /^redis \(127\.0\.0\.1:\d+\)$/;
const sqlite = /^sqlite \(.*gatewarden\.db\)$/;

const combinations: readonly [what: string, urlsOf: (urls: Servers['urls']) => Urls, places: Places][] = [
  ['SQLite alone', () => ({}), { users: sqlite, sessions: sqlite }],
  [
    'MongoDB and SQLite',
    ({ MONGODB_URL }) => ({ MONGODB_URL: MONGODB_URL.replace('gatewarden', 'alone') }),
    { users: mongodb, sessions: sqlite },
  ],
  [
    'Redis and SQLite',
    ({ REDIS_URL }) => ({ REDIS_URL: `${REDIS_URL}/1` }),
    { users: sqlite, sessions: redis, attempts: redis, invalidations: redis },
  ],
  ['MongoDB and Redis', (urls) => urls, { users: mongodb, sessions: redis, attempts: redis, invalidations: redis }],
];

/** Ends, whatever becomes of the test, all that was started for it, the last one first. */
async function inTurn(these: readonly AsyncDisposable[]): Promise<void> {
  for (const one of these.toReversed()) await one[Symbol.asyncDispose]();
}

function matches(places: Readonly<Record<string, unknown>>, expected: Places): void {
  deepEqual(Object.keys(places).sort(), Object.keys(expected).sort());
  for (const [what, place] of Object.entries(expected)) match(String(places[what]), place);
}

describe('the four combinations of stores', { skip: redisServer.skip }, () => {
  let servers: Servers;
  let legacy: Awaited<ReturnType<typeof startLegacyApp>>;
  let notThere: Awaited<ReturnType<typeof checkWithout>>;
  before(async () => {
    [servers, legacy] = await Promise.all([startServers(), startLegacyApp()]);
    // The start waits for it a while: meanwhile there is something to do.
    notThere = await checkWithout(legacy.url);
  });
  after(() => inTurn([servers, legacy].filter(Boolean)));

  for (const [what, urlsOf, places] of combinations) {
    it(`${what}: two gateways sign in, keep and sign out, and check says what is where`, async () => {
      const folder = await temporaryFolder();
      const settings = { ...sharedSettings, DATA_DIR: folder.path, ...urlsOf(servers.urls) };
      const before = await checked(settings, legacy.url);
      equal(before.stdout.includes('there is no admin yet'), true);
      const started = await Promise.all(
        [1, 2].map(() => startGateway({ upstream: legacy.url, settings, dataDir: folder.path })),
      );
      try {
        const [first, second] = started;
        ok(first && second);
        matches(storesInStartUpLine(first), places);
        await signInAndOut(first, second);
        const after = await checked(settings, legacy.url);
        matches(after.places, places);
        equal(after.stdout.includes('there is no admin yet'), false);
        for (const secret of [settings.SECRET_KEY, adminPassword]) equal(after.stdout.includes(secret), false);
      } finally {
        await inTurn([folder, ...started]);
      }
    });
  }

  it('a server that is not there ends the start with 2, and is named without its password', async () => {
    const { code, stderr } = await notThere.ended;
    equal(code, 2);
    match(stderr, new RegExp(`redis: redis at 127\\.0\\.0\\.1:${notThere.port} cannot be used: nobody listens there`));
    equal(stderr.includes('hunter2'), false);
  });
});

/** Looks for a Redis where none is. */
async function checkWithout(upstream: string) {
  const port = await freePort();
  const settings = { ...sharedSettings, REDIS_URL: `redis://:hunter2hunter2@127.0.0.1:${port}` };
  return { port, ended: gatewardenCommand(['check', '--upstream', upstream], { settings }) };
}

async function checked(settings: Readonly<Record<string, string>>, upstream: string) {
  const { code, stdout, stderr } = await gatewardenCommand(['check', '--upstream', upstream, '-o', 'json'], {
    settings,
  });
  equal(code, 0, stderr);
  const { places } = JSON.parse(stdout);
  return { stdout, places };
}

function storesInStartUpLine({ process }: RunningGateway): Record<string, unknown> {
  const lines = (process.stdout + process.stderr).split('\n');
  const line = lines.find((one) => one.includes('the gateway is listening')) ?? '{}';
  return JSON.parse(line).stores;
}

async function signInAndOut(first: RunningGateway, second: RunningGateway): Promise<void> {
  const at = [first, second].map(({ address, process }) => ({ address, process, prefix: '/_gatewarden' }));
  const [here, there] = at;
  ok(here && there);
  const admin = await logIn(here, 'ada', adminPassword);
  const body = { username: 'fay', password, role: 'operator' };
  await answered(await call(here, '/users', { method: 'POST', token: admin, body }), 201);
  const browser = first.client();
  await signIn(browser, here.prefix, 'fay', password);
  const cookie = { cookie: browser.jar.header };
  const { token } = await answered(
    await call(there, '/tokens', { method: 'POST', token: await logIn(there, 'fay', password), body: { name: 'ci' } }),
    201,
  );
  const held = [cookie, bearer(String(token))];
  for (const one of at) for (const credential of held) equal(await whoIs(one, credential), 'fay operator');
  const signedOut = await browser.form(`${here.prefix}/logout`, {});
  equal(signedOut.status, 303);
  await until(async () => (await whoIs(there, cookie)) === '401', 'the cookie refused by the other');
  equal(await whoIs(here, cookie), '401');
  const socket = await openSocket(here.address, bearer(String(token)));
  const closed = once(socket, 'close');
  const change = { method: 'PATCH', token: admin, body: { role: 'viewer' } };
  await answered(await call(there, '/users/fay', change), 200);
  const lowered = async () => (await whoIs(here, bearer(String(token)))) === 'fay viewer';
  await until(lowered, 'the lower role at the other');
  equal(await whoIs(there, bearer(String(token))), 'fay viewer');
  await within(closed, 'its socket at the other closed');
}
