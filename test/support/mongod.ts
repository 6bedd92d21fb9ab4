import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { mongo } from 'mongoose';
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
  /** Starts it again, after a kill, on the same data and port. */
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

/**
 * Makes all indexes anew. MongoDB keeps them over `kill -9`; the RUM indexes of servers that stand on PostgreSQL are broken
 * after it, though every document is there, and reading them ends the server's own processes.
 */
async function rebuildIndexes(client: mongo.MongoClient): Promise<void> {
  const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
  for (const { name } of databases.filter((one) => !['admin', 'config', 'local'].includes(one.name))) {
    for (const collection of await client.db(name).collections()) {
      const made = (await collection.indexes()).filter((index) => index.name !== '_id_');
      for (const { name: index = '' } of made) await collection.dropIndex(index);
      for (const { key, name: index = '', unique = false, sparse = false } of made) {
        await collection.createIndex(key, { name: index, unique, sparse });
      }
    }
  }
}

/** It listens before it has looked through what it had not finished. */
async function ready(client: mongo.MongoClient): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      await client.db().admin().listDatabases({ nameOnly: true });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(50);
    }
  }
}

/** After a kill, on a port that nobody knows: clients find the server only when it is well. */
async function recover(dbPath: string): Promise<void> {
  const server = await launch(dbPath);
  const client = new mongo.MongoClient(server.getUri());
  try {
    await ready(client);
    const standsIn = 'ferretdb' in (await client.db().admin().command({ buildInfo: 1 }));
    if (standsIn) await rebuildIndexes(client);
  } finally {
    await client.close();
    await server.stop({ doCleanup: false });
  }
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
        await recover(folder);
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
