import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening } from './ports.ts';
import { type Started, start } from './processes.ts';
import { program } from './services.ts';

/** Where redis-server is, or why it cannot be had. */
export const redisServer = await program('redis-server');

/** What the tests that only need some Redis use: the server named by `TEST_REDIS_URL`, else one of their own. */
export const redisSkip = process.env.TEST_REDIS_URL === undefined ? redisServer.skip : false;

/** A redis-server of a test's own, on loopback, that it may hang and kill. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The process hangs: its connections stay open, and nothing is answered. */
  hang(): void;
  resume(): void;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what its append-only file holds. */
  restart(): Promise<void>;
}

/** Starts one; `options` are redis-server's, such as `['--requirepass', 'secret']`. */
export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'gatewarden-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...options];
  let process = await started(args, port);
  const signal = (name: NodeJS.Signals) => globalThis.process.kill(process.pid, name);

  async function kill(): Promise<void> {
    await process.stop('SIGKILL');
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    hang: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    kill,
    async restart() {
      process = await started(args, port);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function started(args: readonly string[], port: number): Promise<Started> {
  const server = start(redisServer.path ?? 'redis-server', args);
  await listening(port, 60_000);
  return server;
}
