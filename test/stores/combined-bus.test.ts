import { deepEqual, equal } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import type { Invalidation, InvalidationBus } from '../../lib/invalidation/bus.ts';
import { combinedBus } from '../../lib/invalidation/combined.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { openStores } from '../../lib/stores/open.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { redisSkip, startRedis } from '../support/redis.ts';
import { dataFolder } from './folder.ts';
import { silent, until } from './redis-opened.ts';

const message: Invalidation = { kind: 'user', id: 'u_ada', version: 2 };

test('a combined bus hears both, publishes on the first, and is healthy while both are', async () => {
  const health = { first: true, second: true };
  const withHealth = (of: 'first' | 'second'): InvalidationBus =>
    Object.defineProperty(localBus(), 'healthy', { get: () => health[of] });
  const [first, second] = [withHealth('first'), withHealth('second')];
  const bus = combinedBus(first, second);
  const heard: Invalidation[] = [];
  const stop = bus.subscribe((one) => heard.push(one));
  await bus.publish(message);
  await second.publish({ ...message, version: 3 });
  deepEqual(heard, [message, { ...message, version: 3 }]);
  for (const which of ['first', 'second'] as const) {
    equal(bus.healthy, true);
    health[which] = false;
    equal(bus.healthy, false);
    health[which] = true;
  }
  stop();
  await first.publish(message);
  await second.publish(message);
  equal(heard.length, 2);
});

test('an instance with Redis hears of changes by a process that works on its file', { skip: redisSkip }, async (t) => {
  const { dataDir } = dataFolder(t);
  await using redis = await startRedis();
  const given = { dataDir, redisUrl: redis.url, secretKey: [randomBytes(32).toString('base64url')] };
  const { settings } = loadSettings({ env: {}, given, applies: 'middleware' });
  const { stores, bus } = await openStores(settings, silent);
  t.after(() => stores.close());
  const command = await openSqlite({ dataDir });
  t.after(() => command.close());
  await command.records.add(userKind, someUser('ada'));
  const heard: Invalidation[] = [];
  bus.subscribe((one) => heard.push(one));
  const ended = () => ({ kind: 'put', record: someUser('ada', { epoch: 1 }), answer: undefined }) as const;
  await command.records.change(userKind, 'u_ada', ended);
  await until(() => bus.healthy && heard.some(({ id, version }) => id === 'u_ada' && version === 2));
});
