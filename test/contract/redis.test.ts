import { randomUUID } from 'node:crypto';
import { after, before, describe } from 'node:test';
import { openRedis, type RedisStores } from '../../lib/stores/redis/index.ts';
import { describeAttemptStore, describeSessionStore } from '../../lib/stores/suites/index.ts';
import { silent } from '../stores/redis-opened.ts';
import { redisServer, redisSkip, startRedis } from '../support/redis.ts';
import { startCluster } from '../support/redis-cluster.ts';

type Server = AsyncDisposable & { readonly url: string };

/** The suites, in keys that nobody else has: the server may be one that others use too. */
function describeRedis(name: string, skip: string | false, start: () => Promise<Server>): void {
  describe(name, { skip }, () => {
    let server: Server | undefined;
    before(async () => {
      server = await start();
    });
    after(() => server?.[Symbol.asyncDispose]());
    const part =
      <S>(choose: (stores: RedisStores) => S) =>
      async () => {
        const stores = await openRedis({ url: server?.url ?? '', log: silent, prefix: `gatewarden-${randomUUID()}:` });
        return { store: choose(stores), close: stores.close };
      };
    describeSessionStore(
      name,
      part((stores) => stores.sessions),
    );
    describeAttemptStore(
      name,
      part((stores) => stores.attempts),
    );
  });
}

async function given(): Promise<Server> {
  const url = process.env.TEST_REDIS_URL;
  return url === undefined ? startRedis() : { url, async [Symbol.asyncDispose]() {} };
}

describeRedis('Redis', redisSkip, given);
describeRedis('Redis Cluster', redisServer.skip, startCluster);
