import { deepEqual, doesNotMatch, equal, match, ok, rejects } from 'node:assert/strict';
import test from 'node:test';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { openStores } from '../../lib/stores/open.ts';
import { openRedis } from '../../lib/stores/redis/index.ts';
import { aSession, start } from '../../lib/stores/suites/records.ts';
import { fromEnv } from '../settings/settings.ts';
import { freePort } from '../support/ports.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { listening, opened, rawClient, silent, until } from './redis-opened.ts';

const { skip } = redisServer;

/** The message with which the start fails, and how long that took. */
async function failure(url: string, patience = 15_000): Promise<{ message: string; ms: number }> {
  const from = performance.now();
  const error = await openRedis({ url, log: silent, patience }).then(
    async (stores) => {
      await stores.close();
      return new Error('it opened');
    },
    (reason: unknown) => reason,
  );
  ok(error instanceof Error);
  doesNotMatch(`${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`, /sesame/);
  return { message: error.message, ms: performance.now() - from };
}

test('a server that is not there fails the start after a bounded wait, by name and reason', async () => {
  const port = await freePort();
  const { message, ms } = await failure(`redis://ada:sesame@127.0.0.1:${port}`, 500);
  equal(message, `redis at 127.0.0.1:${port} cannot be used: nobody listens there`);
  ok(ms < 5_000);
});

test('a host that nobody knows is told as such', async () => {
  const { message } = await failure('redis://:sesame@no-such-host.invalid', 500);
  match(
    message,
    /^redis at no-such-host\.invalid:6379 cannot be used: the host name (is not known|cannot be looked up)$/,
  );
});

test('sentinels and cluster nodes that are not there fail the start too', async () => {
  const port = await freePort();
  for (const [scheme, path] of [
    ['redis+sentinel', '/mymaster'],
    ['redis+cluster', ''],
  ]) {
    const { message, ms } = await failure(`${scheme}://u:sesame@127.0.0.1:${port}${path}`, 500);
    match(message, new RegExp(`^redis at (sentinel|cluster) 127\\.0\\.0\\.1:${port} cannot be used: \\w`));
    ok(ms < 5_000);
  }
});

test('a server that hangs fails the start after the wait', { skip }, async () => {
  await using server = await startRedis();
  server.hang();
  const { message } = await failure(server.url, 500);
  match(message, /cannot be used: it does not answer$/);
  server.resume();
});

test('a wrong password fails the start at once', { skip }, async () => {
  await using server = await startRedis(['--requirepass', 'open sesame']);
  for (const url of [server.url, server.url.replace('//', '//:sesame@'), server.url.replace('//', '//ada:sesame@')]) {
    const { message, ms } = await failure(url);
    match(message, /does not accept the user or the password$/);
    ok(ms < 5_000);
  }
  const right = await openRedis({ url: server.url.replace('//', '//:open%20sesame@'), log: silent });
  equal(
    (await right.health()).every((one) => one.ok),
    true,
  );
  doesNotMatch(JSON.stringify(right.describe()), /sesame/);
  await right.close();
});

test('a URL that cannot be read is a TypeError before anything is connected', async () => {
  await rejects(openRedis({ url: 'redis://r/x', log: silent }), TypeError);
});

test('a server that takes no writes fails the start after the wait, with its reason', { skip }, async (t) => {
  await using server = await startRedis();
  const raw = await rawClient(t, server.url);
  await raw.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
  match((await failure(server.url, 1_000)).message, /cannot be used: its memory is full$/);
  await raw.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
  const stores = await openRedis({ url: server.url, log: silent });
  await stores.close();
  await raw.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
  match((await failure(server.url, 1_000)).message, /cannot be used: its memory is full$/);
});

test('a server that is still loading its data is waited for', { skip }, async (t) => {
  await using server = await startRedis([
    '--appendonly',
    'yes',
    '--key-load-delay',
    '20000',
    '--loading-process-events-interval-bytes',
    '1024',
  ]);
  const raw = await rawClient(t, server.url);
  await raw.sendCommand(['DEBUG', 'POPULATE', '100']).catch(() => undefined);
  for (let n = 0; n < 100; n += 1) await raw.set(`key${n}`, 'x'.repeat(1_000));
  raw.destroy();
  await server.kill();
  await server.restart();
  const stores = await openRedis({ url: server.url, log: silent });
  equal(stores.bus.healthy, true);
  await stores.close();
});

test('the version of the data is noted, and a newer one is refused in a sentence that names both', {
  skip,
}, async (t) => {
  await using server = await startRedis();
  const raw = await rawClient(t, server.url);
  for (let n = 0; n < 2; n += 1) {
    const stores = await openRedis({ url: server.url, log: silent, prefix: 'wiki:' });
    await stores.close();
    equal(await raw.get('wiki:schema'), '1');
  }
  await raw.del('wiki:told');
  const refusals: [version: string, problem: RegExp][] = [
    ['2', /a newer version of Gatewarden \(its schema is 2, this version knows 1\)/],
    ['many', /holds a schema version that is no number/],
  ];
  for (const [version, problem] of refusals) {
    await raw.set('wiki:schema', version);
    const opening = openRedis({ url: server.url, log: silent, prefix: 'wiki:' });
    await rejects(opening, (error: Error) => error.name === 'SettingsError' && problem.test(error.message));
  }
  equal(await raw.exists('wiki:told'), 0);
});

test('installations with prefixes of their own share a server without hearing of each other', { skip }, async (t) => {
  await using server = await startRedis();
  const [wiki, blog] = [await opened(t, server.url, silent, 'wiki:'), await opened(t, server.url, silent, 'blog:')];
  const raw = await rawClient(t, server.url);
  await wiki.sessions.create(aSession('s1'));
  await wiki.attempts.hit('ada', 60_000);
  await wiki.bus.publish({ kind: 'user', id: 'u_ada' });
  equal(await blog.sessions.find('s1', start), undefined);
  const channels = await raw.sendCommand(['PUBSUB', 'CHANNELS']);
  deepEqual([channels].flat().map(String).sort(), ['blog:told:0', 'wiki:told:0']);
  deepEqual(blog.heard, []);
  equal((await raw.keys('*')).filter((key) => !/^(wiki|blog):/.test(key)).join(), '');
});

test('REDIS_PREFIX begins every key, and a newer Redis stops the start as a bad setting does', { skip }, async (t) => {
  await using server = await startRedis();
  const raw = await rawClient(t, server.url);
  const settings = fromEnv({ REDIS_URL: server.url, REDIS_PREFIX: 'wiki:', SECRET_KEY: makeSecretKey() });
  const { stores, bus } = await openStores(settings, silent, { memory: true });
  await stores.sessions.create(aSession('s1'));
  await bus.publish({ kind: 'user', id: 'u_ada' });
  await stores.close();
  const lists = ['wiki:sessions-by-age', 'wiki:sessions-by-end', 'wiki:sessions-of:u_ada'];
  deepEqual((await raw.keys('*')).sort(), ['wiki:schema', 'wiki:session:s1', ...lists, 'wiki:told']);
  await raw.set('wiki:schema', '2');
  await rejects(openStores(settings, silent, { memory: true }), { name: 'SettingsError' });
});

const configured: [what: string, options: readonly string[], warning: RegExp | undefined][] = [
  ['no limit of memory', ['--maxmemory-policy', 'allkeys-lru'], undefined],
  ['a limit, and noeviction', ['--maxmemory', '100mb', '--maxmemory-policy', 'noeviction'], undefined],
  ['allkeys-lru', ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'], /^warn: maxmemory-policy allkeys-lru/],
  [
    'volatile-ttl',
    ['--maxmemory', '100mb', '--maxmemory-policy', 'volatile-ttl'],
    /^warn: maxmemory-policy volatile-ttl/,
  ],
];
for (const [what, options, warning] of configured) {
  test(`a server with ${what} is ${warning ? 'warned about' : 'as it should be'}`, { skip }, async () => {
    await using server = await startRedis(options);
    const log = listening();
    const stores = await openRedis({ url: server.url, log });
    await stores.close();
    equal(log.lines.length, warning ? 1 : 0, log.lines.join());
    if (warning) match(log.lines[0] ?? '', warning);
  });
}

test('a master with replicas is warned about while it needs none of them to acknowledge', { skip }, async (t) => {
  await using server = await startRedis();
  await using replica = await startRedis([
    '--replicaof',
    '127.0.0.1',
    String(server.port),
    '--repl-diskless-sync-delay',
    '0',
  ]);
  const raw = await rawClient(t, server.url);
  ok(replica.port > 0);
  await until(async () => /state=online/.test(await raw.info('replication')));
  const warnings = async () => {
    const log = listening();
    const stores = await openRedis({ url: server.url, log });
    await stores.close();
    return log.lines;
  };
  const [warning = '', ...more] = await warnings();
  match(warning, /^warn: min-replicas-to-write 0: /);
  deepEqual(more, []);
  await raw.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '1']);
  await until(async () => /min_slaves_good_slaves:1/.test(await raw.info('replication')));
  deepEqual(await warnings(), []);
});

test('a user who may not ask for the configuration is none the worse', { skip }, async (t) => {
  await using server = await startRedis(['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru']);
  const raw = await rawClient(t, server.url);
  await raw.sendCommand([
    'ACL',
    'SETUSER',
    'ada',
    'on',
    '>sesame',
    '~gatewarden:*',
    '&gatewarden:*',
    '+@all',
    '-@admin',
    '-@dangerous',
  ]);
  const log = listening();
  const stores = await openRedis({ url: server.url.replace('//', '//ada:sesame@'), log });
  await stores.bus.publish({ kind: 'user', id: 'u_ada' });
  equal(
    (await stores.health()).every((one) => one.ok),
    true,
  );
  await stores.close();
  deepEqual(log.lines, []);
});

test('a closed store leaves no timer behind', { skip }, async () => {
  await using server = await startRedis();
  const timers = () =>
    process.getActiveResourcesInfo().filter((one) => one === 'Timeout' || one === 'Immediate').length;
  const before = timers();
  const stores = await openRedis({ url: server.url, log: silent });
  await stores.bus.publish({ kind: 'user', id: 'u_ada' });
  await stores.close();
  await stores.close();
  await until(() => timers() <= before);
});
