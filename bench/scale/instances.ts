import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { dataFolder, launchGateway } from '../contenders/gateway.ts';
import { residentMemory } from '../process.ts';
import { cookieSigner } from './people.ts';
import type { StoreUrls } from './servers.ts';

type Gateway = Awaited<ReturnType<typeof launchGateway>>;

/** Two gateways on the same stores, in processes of their own, and a service behind them. */
export interface Pair {
  readonly one: Gateway;
  readonly other: Gateway;
  readonly cookieOf: (n: number) => string;
  stop(): Promise<void>;
}

/** Answers everything, and opens every WebSocket. */
export async function startUpstream() {
  const server = createServer((_req, res) => res.writeHead(200).end('{}')).listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ server });
  await once(server, 'listening');
  const stop = () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close().closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

export async function startPair(place: StoreUrls, secretKey: string): Promise<Pair> {
  const folder = await dataFolder();
  const upstream = await startUpstream();
  const launch = () => launchGateway(upstream.url, folder.path, environment(place, secretKey));
  const [one, other] = [await launch(), await launch()];
  return {
    one,
    other,
    cookieOf: cookieSigner(secretKey),
    async stop() {
      upstream.stop();
      await Promise.all([one.stop(), other.stop()]);
      await folder.remove();
    },
  };
}

const environment = ({ mongodbUrl, redisUrl }: StoreUrls, secretKey: string): NodeJS.ProcessEnv => ({
  GATEWARDEN_MONGODB_URL: mongodbUrl,
  GATEWARDEN_REDIS_URL: redisUrl,
  GATEWARDEN_SECRET_KEY: secretKey,
});

/** How long a gateway takes to its first answer, in milliseconds, and what it holds a second later, in megabytes. */
export async function startOnce(place: StoreUrls, secretKey: string): Promise<{ firstAnswer: number; memory: number }> {
  const folder = await dataFolder();
  const gateway = await launchGateway('http://127.0.0.1:9', folder.path, environment(place, secretKey));
  await wait(1000);
  const memory = residentMemory(gateway.pid);
  await gateway.stop();
  await folder.remove();
  return { firstAnswer: gateway.firstAnswer, memory };
}

async function statusOf(gateway: Gateway, cookie: string): Promise<number> {
  const answer = await fetch(gateway.url, { headers: { cookie, accept: 'application/json' }, redirect: 'manual' });
  await answer.arrayBuffer();
  return answer.status;
}

async function expectStatus(gateway: Gateway, cookie: string, status: number): Promise<void> {
  const answered = await statusOf(gateway, cookie);
  if (answered !== status) throw new Error(`a request was answered with ${answered}, not ${status}`);
}

async function signOut({ url }: Gateway, cookie: string): Promise<void> {
  const body = new URLSearchParams();
  const options = { method: 'POST', headers: { cookie, origin: url }, body, redirect: 'manual' } as const;
  const answer = await fetch(`${url}/_gatewarden/logout`, options);
  await answer.arrayBuffer();
  if (answer.status >= 400) throw new Error(`signing out was answered with ${answer.status}`);
}

/** Milliseconds until the other instance's first refusal has arrived. */
export interface Revocation {
  /** From the request to sign out. */
  readonly asked: number;
  /** From its answer; 0 where the refusal came first. */
  readonly answered: number;
}

/** Signs the n-th session out at one gateway while the other, which knows it, is asked again and again. */
async function revocation({ one, other, cookieOf }: Pair, n: number): Promise<Revocation> {
  const cookie = cookieOf(n);
  await expectStatus(other, cookie, 200);
  await expectStatus(other, cookie, 200);
  const startedAt = performance.now();
  const signingOut = signOut(one, cookie).then(() => performance.now());
  while ((await statusOf(other, cookie)) === 200) {
    // Asked without a pause, it would take the processor from the gateway that signs out.
    await wait(1);
    if (performance.now() - startedAt > 10_000) throw new Error('a session that was ended is still accepted');
  }
  const refusedAt = performance.now();
  return { asked: refusedAt - startedAt, answered: Math.max(0, refusedAt - (await signingOut)) };
}

/** What the first ones load and compile is not for each. */
const warmUps = 5;

/** `times` revocations, each of another session. */
export async function revocations(pair: Pair, times: number): Promise<Revocation[]> {
  const took: Revocation[] = [];
  for (let n = 0; n < warmUps + times; n++) took.push(await revocation(pair, n));
  return took.slice(warmUps);
}

/** Kilobytes of resident memory that the gateway took for each of `count` WebSockets, open and idle. */
export async function memoryPerSocket({ other, cookieOf }: Pair, n: number, count: number): Promise<number> {
  const sockets: WebSocket[] = [];
  const open = async (more: number) => {
    for (let at = 0; at < more; at++) {
      const headers = { cookie: cookieOf(n), origin: other.url };
      const socket = new WebSocket(`${other.url.replace('http', 'ws')}/socket`, { headers });
      await once(socket, 'open');
      sockets.push(socket);
    }
  };
  // What the first of them loads is not for each.
  await open(Math.ceil(count / 5));
  await wait(500);
  const before = residentMemory(other.pid);
  await open(count);
  await wait(500);
  const taken = residentMemory(other.pid) - before;
  for (const socket of sockets) socket.terminate();
  return (taken * 1000) / count;
}
