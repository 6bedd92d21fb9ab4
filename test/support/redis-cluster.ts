import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { freePort } from './ports.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** A cluster of two masters, each with half of the slots. */
export interface RedisCluster extends AsyncDisposable {
  readonly url: string;
  readonly nodes: readonly RedisServer[];
}

const halves = [
  ['0', '8191'],
  ['8192', '16383'],
] as const;

export async function startCluster(): Promise<RedisCluster> {
  const busPorts = [await freePort(), await freePort()];
  const nodes = await Promise.all(
    busPorts.map((port) => startRedis(['--cluster-enabled', 'yes', '--cluster-port', String(port)])),
  );
  const clients = await Promise.all(nodes.map((node) => createClient({ url: node.url }).connect()));
  const [one] = clients;
  await Promise.all(halves.map((slots, at) => clients[at]?.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', ...slots])));
  await one?.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(nodes[1]?.port), String(busPorts[1])]);
  for (const client of clients) {
    while (!String(await client.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) await wait(20);
    client.destroy();
  }
  return {
    nodes,
    url: `redis+cluster://${nodes.map((node) => `127.0.0.1:${node.port}`).join(',')}`,
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
}
