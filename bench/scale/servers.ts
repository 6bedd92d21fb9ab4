import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find, freePort, listening, startOn } from '../process.ts';

/** The addresses of the stores of one installation. */
export interface StoreUrls {
  readonly mongodbUrl: string;
  readonly redisUrl: string;
}

export interface Servers {
  /** A database of its own on each of the two servers; of Redis's there are sixteen. */
  place(name: string, number: number): StoreUrls;
  stop(): Promise<void>;
}

/** The names of the server programs that are not on the path. */
export const missingServers = (): string[] =>
  ['mongod', 'redis-server'].filter((program) => find(program) === undefined);

/** A MongoDB and a Redis of the bench's own, empty, on loopback. */
export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'gatewarden-bench-'));
  const [mongoPort, redisPort] = [await freePort(), await freePort()];
  const mongo = startOn('0-1', find('mongod') ?? 'mongod', [
    ...['--dbpath', folder, '--port', String(mongoPort), '--bind_ip', '127.0.0.1'],
  ]);
  const redis = startOn('0-1', find('redis-server') ?? 'redis-server', [
    ...['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
  ]);
  await Promise.all([listening(mongoPort), listening(redisPort)]);
  return {
    place: (name, number) => ({
      mongodbUrl: `mongodb://127.0.0.1:${mongoPort}/gatewarden_${name}`,
      redisUrl: `redis://127.0.0.1:${redisPort}/${number}`,
    }),
    async stop() {
      await Promise.all([mongo.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
