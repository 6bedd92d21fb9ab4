import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';
import { start } from './processes.ts';
import { type RedisServer, redisServer, startRedis } from './redis.ts';

/** A master with a replica, and one sentinel that makes the replica master half a second after the master is gone. */
export interface RedisSentinel extends AsyncDisposable {
  readonly url: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
}

const asked = (port: number) => `port ${port}
bind 127.0.0.1
sentinel down-after-milliseconds mymaster 500
sentinel failover-timeout mymaster 2000
`;

export async function startSentinel(): Promise<RedisSentinel> {
  const master = await startRedis();
  const replica = await startRedis([
    '--replicaof',
    '127.0.0.1',
    String(master.port),
    '--repl-diskless-sync-delay',
    '0',
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'gatewarden-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const port = await freePort();
  writeFileSync(file, `sentinel monitor mymaster 127.0.0.1 ${master.port} 1\n${asked(port)}`);
  const sentinel = start(redisServer.path ?? 'redis-server', [file, '--sentinel']);
  await listening(port);
  await sentinel.printed(/\+slave slave/);
  return {
    master,
    replica,
    url: `redis+sentinel://127.0.0.1:${port}/mymaster`,
    async [Symbol.asyncDispose]() {
      await sentinel.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      await master[Symbol.asyncDispose]();
      await replica[Symbol.asyncDispose]();
    },
  };
}
