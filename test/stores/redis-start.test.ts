import { doesNotMatch, equal, match, ok, rejects } from 'node:assert/strict';
import test from 'node:test';
import { openRedis } from '../../lib/stores/redis/index.ts';
import { freePort } from '../support/ports.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { silent } from './redis-opened.ts';

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
