import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { type Gatewarden, published } from '../../lib/gatewarden.ts';
import type { Log } from '../../lib/log.ts';
import { compose } from '../../lib/start/compose.ts';
import { gateOver } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import type { AuditStore } from '../../lib/stores/audit.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { type Client, client } from '../support/http.ts';
import { password } from './site.ts';

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Our routes below `/auth`, over a store in memory whose audit log is read only as `onList` allows, and which is as `health` says. */
export interface HeldLog extends AsyncDisposable {
  readonly gate: Gatewarden;
  readonly address: string;
  /** Awaited before each page of the log. `after`: where the page begins, undefined for the first. */
  onList: (after: string | undefined) => Promise<void>;
  health: Stores['health'];
  signedIn(username: string, role: string): Promise<Client>;
}

export async function heldLog(): Promise<HeldLog> {
  const stores = await openSqlite({ memory: true });
  const list: AuditStore['list'] = async (query) => {
    await here.onList(query.after);
    return stores.audit.list(query);
  };
  const health = () => here.health();
  const opened = ofOneProcess({ ...stores, health, audit: { ...stores.audit, list } });
  const resolved = loadSettings({ env: {}, given: { secretKey: [makeSecretKey()] }, applies: 'middleware' });
  const hasher = passwordHasher({ cost: 4 });
  const gate = published(gateOver(await compose(resolved, { log: quiet, opened, hasher })));
  const server = createServer(express().use('/auth', gate.router()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const here: HeldLog = {
    gate,
    address,
    onList: async () => undefined,
    health: stores.health,
    async signedIn(username, role) {
      await gate.users.create({ username, password, role });
      const one = client(address);
      await one.form('/auth/login', { username, password });
      return one;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await gate.close();
    },
  };
  return here;
}
