import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { onPath } from './services.ts';

/** A MongoDB that tests use. */
export interface Mongod {
  /** The URL of a database on it. */
  url(database: string): string;
  /** Undefined for a server that was there already: it is not ours to kill. */
  readonly process: MongodProcess | undefined;
  /** Ends it, and removes its data, if it was started here. */
  stop(): Promise<void>;
}

export interface MongodProcess {
  readonly port: number;
  /** Sends a signal by its process id. `SIGSTOP` makes it hang, `SIGCONT` lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  startAgain(): Promise<void>;
}

// The server on the path is taken as it is, whatever version it has.
process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false';

async function launch(dbPath: string, port?: number): Promise<MongoMemoryServer> {
  const systemBinary = onPath('mongod');
  return MongoMemoryServer.create({
    binary: systemBinary === undefined ? {} : { systemBinary },
    instance: {
      dbPath,
      storageEngine: 'wiredTiger',
      launchTimeout: 60_000,
      ...(port !== undefined && { port, portGeneration: false }),
    },
  });
}

/** Starts a server of its own: the `mongod` on the path, else one that mongodb-memory-server downloads. */
export async function ownMongod(): Promise<Mongod & { process: MongodProcess }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewarden-mongod-'));
  let server = await launch(folder);
  const port = server.instanceInfo?.port ?? 0;
  const child = () => {
    const found = server.instanceInfo?.instance.mongodProcess;
    if (found?.pid === undefined) throw new Error('mongod has no process');
    return { pid: found.pid, ended: new Promise<void>((resolve) => found.once('exit', () => resolve())) };
  };
  return {
    url: (database) => `mongodb://127.0.0.1:${port}/${database}`,
    process: {
      port,
      signal: (name) => void process.kill(child().pid, name),
      async kill() {
        const { pid, ended } = child();
        process.kill(pid, 'SIGKILL');
        await ended;
      },
      async startAgain() {
        server = await launch(folder, port);
      },
    },
    async stop() {
      await server.stop({ doCleanup: false });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server that `TEST_MONGODB_URL` names (without a database), else one of its own. */
export async function anyMongod(): Promise<Mongod> {
  const given = process.env.TEST_MONGODB_URL;
  if (given === undefined) return ownMongod();
  const [address = '', query] = given.split('?');
  const base = address.replace(/\/$/, '');
  return {
    url: (database) => `${base}/${database}${query === undefined ? '' : `?${query}`}`,
    process: undefined,
    stop: async () => {},
  };
}
