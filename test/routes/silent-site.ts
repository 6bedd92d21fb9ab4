import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { NotToldError } from '../../lib/errors.ts';
import { type Gatewarden, published } from '../../lib/gatewarden.ts';
import { type Invalidation, type InvalidationBus, listOf } from '../../lib/invalidation/bus.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import type { Log } from '../../lib/log.ts';
import { compose } from '../../lib/start/compose.ts';
import { gateOver } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { type Client, client } from '../support/http.ts';

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A bus that tells this process, and while `mute` nobody else. */
export function mutableBus(): InvalidationBus & { mute: boolean; readonly told: Invalidation[] } {
  const local = localBus();
  const told: Invalidation[] = [];
  const bus = {
    mute: false,
    told,
    healthy: true,
    subscribe: local.subscribe,
    async publish(messages: Invalidation | readonly Invalidation[]) {
      await local.publish(messages);
      if (bus.mute) throw new NotToldError('redis channel');
      told.push(...listOf(messages));
    },
  };
  return bus;
}

/** Our routes below `/auth`, over a store in memory and a bus that can fall silent. */
export interface SilentSite extends AsyncDisposable {
  readonly gate: Gatewarden;
  readonly bus: ReturnType<typeof mutableBus>;
  readonly address: string;
  client(): Client;
}

export async function silentSite(build: (app: express.Express, gate: Gatewarden) => void): Promise<SilentSite> {
  const bus = mutableBus();
  const given = { secretKey: [makeSecretKey()] };
  const resolved = loadSettings({ env: {}, given, applies: 'middleware' });
  const opened = { ...ofOneProcess(await openSqlite({ memory: true })), bus };
  const gate = published(
    gateOver(await compose(resolved, { log: quiet, opened, hasher: passwordHasher({ cost: 4 }) })),
  );
  const app = express();
  // Express prints errors that reach it, except in tests.
  app.set('env', 'test');
  app.use('/auth', gate.router());
  build(app, gate);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    gate,
    bus,
    address,
    client: () => client(address),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
}
